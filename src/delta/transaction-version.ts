import { readCheckpointHead } from "./checkpoint-reader.js";
import type { DeltaContext } from "./delta-context.js";
import { newestFirst, readCommits } from "./log-store.js";
import type { SetTransaction } from "./protocol/actions.js";
import type { Checkpoint } from "./protocol/log-segment.js";
import { isForgotten } from "./protocol/txn-retention.js";
import type { TableState } from "./table-state.js";

/**
 * PROTOCOL.md "Transaction Identifiers": the newest version of `appId` in the table. Read from the newest commits backwards, and
 * then from the checkpoint's column of identifiers; an application that writes often is found in its last commit.
 */
export async function transactionVersion(
  context: DeltaContext,
  { segment, configuration }: TableState,
  appId: string,
  signal?: AbortSignal,
): Promise<bigint | undefined> {
  const settings = configuration.metadata.configuration;
  const versionOf = (txn: SetTransaction | undefined): bigint | undefined =>
    txn === undefined || isForgotten(txn, settings, context.host.now()) ? undefined : txn.version;
  for await (const { actions } of readCommits(context, newestFirst(segment.commits), signal)) {
    // Within one commit the last one counts.
    const txn = actions.txns.findLast((each) => each.appId === appId);
    if (txn !== undefined) return versionOf(txn);
  }
  if (segment.checkpoint === undefined) return undefined;
  return versionOf((await checkpointed(context, segment.checkpoint, signal)).get(appId));
}

/** A checkpoint never changes, and snapshots on the same one share what was read of it. */
const known = new WeakMap<Checkpoint, ReadonlyMap<string, SetTransaction>>();

async function checkpointed(
  context: DeltaContext,
  checkpoint: Checkpoint,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, SetTransaction>> {
  const read = known.get(checkpoint);
  if (read !== undefined) return read;
  const { txns } = await readCheckpointHead(context, checkpoint, ["txns"], signal);
  const byApp = new Map(txns.map((txn) => [txn.appId, txn]));
  known.set(checkpoint, byApp);
  return byApp;
}
