import { mapOrdered } from "../base/concurrency.js";
import type { HistoryEntry, HistoryOptions } from "../table/table-format.js";
import type { DeltaContext } from "./delta-context.js";
import { listLog } from "./log-store.js";
import type { CommitInfo } from "./protocol/actions.js";
import { decodeProvenance } from "./protocol/decode-commit.js";
import type { LogFile } from "./protocol/log-segment.js";
import { monotonicTimes } from "./protocol/time-travel.js";
import { versionOf } from "./table-state.js";

/** Provenance stands at the front of a commit: so much of a file is fetched before all of it is. */
const frontBytes = 64 << 10;
const readAhead = 16;

/**
 * The commits up to `version` that are still there, newest first, as their `commitInfo` tells. With a limit only so many
 * versions are listed and read. A commit without provenance has a version and a time.
 */
export async function* readHistory(
  context: DeltaContext,
  version: number,
  { limit, signal }: HistoryOptions = {},
): AsyncGenerator<HistoryEntry> {
  const from = limit === undefined ? undefined : Math.max(0, version - limit + 1);
  const commits = (await listLog(context, { from, to: version, signal })).filter((file) => file.name.kind === "commit");
  const times = monotonicTimes(commits.map((file) => ({ version: versionOf(file), modifiedMs: file.modifiedMs })));
  const newest = commits.map((file, at) => ({ file, timestampMs: times[at]?.timestampMs ?? file.modifiedMs })).reverse();
  const read = async ({ file, timestampMs }: (typeof newest)[number], call: { readonly signal: AbortSignal }): Promise<HistoryEntry> =>
    entryOf(versionOf(file), timestampMs, await readProvenance(context, file, call.signal));
  yield* mapOrdered(newest, readAhead, read, signal);
}

async function readProvenance(context: DeltaContext, file: LogFile, signal: AbortSignal): Promise<CommitInfo | undefined> {
  const known = context.commits.get(file);
  if (known !== undefined) return known.commitInfo;
  if (file.size > frontBytes) {
    const front = await context.store.get(file.key, { range: { start: 0, end: frontBytes }, signal });
    const found = decodeProvenance(front.subarray(0, front.lastIndexOf(10) + 1), file.key);
    if (found !== undefined) return found;
  }
  return decodeProvenance(await context.store.get(file.key, { signal }), file.key);
}

/** PROTOCOL.md "In-Commit Timestamps": the commit's own time where it has one. */
function entryOf(version: number, modifiedMs: number, info: CommitInfo | undefined): HistoryEntry {
  return {
    version,
    timestampMs: info?.inCommitTimestamp ?? modifiedMs,
    operation: info?.operation,
    operationParameters: info?.operationParameters ?? {},
    operationMetrics: info?.operationMetrics ?? {},
    userMetadata: info?.userMetadata,
    engineInfo: info?.engineInfo,
    readVersion: info?.readVersion,
    isolationLevel: info?.isolationLevel,
    isBlindAppend: info?.isBlindAppend,
    txnId: info?.txnId,
  };
}
