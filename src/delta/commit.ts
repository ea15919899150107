import { LakeError } from "../base/errors.js";
import type { Conflict } from "../table/conflict.js";
import { isBlindAppend, isWritten, type PendingCommit } from "../table/pending-commit.js";
import type { Changes, CommitOptions, IsolationLevel } from "../table/table-format.js";
import { addSource } from "./add-sources.js";
import { commitActions, fileActions, type DefinitionChange } from "./commit-actions.js";
import { publish, type Outcome } from "./commit-loop.js";
import { dataFileOf } from "./data-file-view.js";
import type { DeltaContext } from "./delta-context.js";
import type { CommitOfLog } from "./log-store.js";
import type { CommitActions } from "./protocol/actions.js";
import { judgeBarrier } from "./protocol/commit-barriers.js";
import { decodeDataPath } from "./protocol/decode-data-path.js";
import { properties, readProperty } from "./protocol/properties.js";
import { assertWritable } from "./protocol/protocol-check.js";
import type { TableConfiguration } from "./protocol/table-configuration.js";
import { assertCommitAllowed } from "./protocol/write-requirements.js";
import { versionOf } from "./table-state.js";
import { configurationAfter } from "./write-plan.js";

/** The snapshot that a pending commit was made on, as far as committing needs it. */
export interface CommitBase {
  readonly version: number;
  readonly configuration: TableConfiguration;
}

const defaultAttemptsMax = 200;

/**
 * Publishes `pending` after `base`, or after the rivals that came first when it does not conflict with them. Stops without
 * publishing when a rival has committed the same application transaction.
 *
 * Any error but `delta/commit-unknown` means that nothing was committed.
 *
 * @throws delta/conflict             with rule, both versions and advice
 * @throws delta/commit-unknown       the store failed and the log cannot tell what became of the commit
 * @throws delta/append-only, delta/unsupported-feature, delta/invalid-property, schema/*  before anything is written
 */
export async function commitPending(
  context: DeltaContext,
  base: CommitBase,
  pending: PendingCommit,
  options: CommitOptions = {},
): Promise<Outcome> {
  assertCommitAllowed(base.configuration, pending);
  const { after, change } = definitionAfter(context, base.configuration, pending);
  const files = fileActions(pending, after);
  const txnId = context.host.uuid();
  const isolation = options.isolation ?? readProperty(after.metadata.configuration, properties.isolationLevel);
  // What rivals make of the table while ours follows them, and what ours then depends on.
  let current: Follower = { pending, configuration: base.configuration };
  const judge = async (rivals: readonly CommitOfLog[]): Promise<"follow" | "stop"> => {
    const { transaction } = pending;
    // Asked of all rivals first: when the write is in the table already, a conflict with another rival is no news.
    if (transaction !== undefined && rivals.some(({ actions }) => isWritten(transaction, actions.txns))) return "stop";
    for (const rival of rivals) current = await follow(context, { base, change, isolation }, current, rival);
    return "follow";
  };
  return publish(context, {
    txnId,
    version: base.version + 1,
    attemptsMax: options.maxAttempts ?? defaultAttemptsMax,
    signal: options.signal,
    looksAhead: pending.transaction !== undefined,
    actions: () =>
      commitActions(pending, files, { after, change }, { nowMs: context.host.now(), txnId, readVersion: base.version, isolation }),
    judge,
  });
}

/** The table's definition once the commit is in, and the actions that make it so. */
function definitionAfter(
  context: DeltaContext,
  before: TableConfiguration,
  pending: PendingCommit,
): { readonly after: TableConfiguration; readonly change: DefinitionChange } {
  if (pending.metadata === undefined) return { after: before, change: { protocol: undefined, metadata: undefined } };
  const after = configurationAfter(before, pending.metadata, context.host.now());
  assertWritable(after.protocol, after);
  return { after, change: { protocol: after.protocol === before.protocol ? undefined : after.protocol, metadata: after.metadata } };
}

/** A pending commit on its way past rivals: with the table as they have left it. */
interface Follower {
  readonly pending: PendingCommit;
  readonly configuration: TableConfiguration;
}

interface Terms {
  readonly base: CommitBase;
  readonly change: DefinitionChange;
  readonly isolation: IsolationLevel;
}

/** `mine` after `winner`. @throws delta/conflict  when it may not follow */
async function follow(context: DeltaContext, terms: Terms, mine: Follower, winner: CommitOfLog): Promise<Follower> {
  const { base, change, isolation } = terms;
  const { pending, configuration } = mine;
  const version = versionOf(winner.file);
  const { operation } = winner.actions.commitInfo ?? {};
  const ours = { ...change, domains: [], ignoresNewColumns: ignoresNewColumns(pending) };
  const barrier = judgeBarrier(configuration, winner.actions, ours, { file: winner.file.key });
  if (barrier.kind !== "open") {
    throw conflictError(context, base, pending, {
      rule: barrier.kind,
      winner: version,
      reason: `version ${version}${operation === undefined ? "" : ` (${operation})`} came first: ${barrier.what}`,
      advice: `Refresh the table, check that the ${pending.operation.kind} still fits it, and run it again.`,
    });
  }
  // Depends on no row and takes none out: whatever rivals did to rows, it may follow.
  if (isBlindAppend(pending)) return { pending, configuration: barrier.next };
  // Brings the expressions and Arrow with it, which a commit without rivals does not need.
  const { findConflict, afterWinner } = await import("../table/conflict.js");
  const changes = changesOf(context, barrier.next, winner.actions, winner.file.key, version);
  const conflict = findConflict(pending, changes, isolation);
  if (conflict !== undefined) throw conflictError(context, base, pending, conflict);
  return { pending: afterWinner(pending, changes), configuration: barrier.next };
}

/**
 * Their columns are those of the table that they saw, and rows have no others: appended data was refused if it had. A merge's
 * source may have a column that the rival has just made, and would then set it.
 */
function ignoresNewColumns({ operation, metadata }: PendingCommit): boolean {
  return metadata === undefined && ["append", "overwrite", "delete", "update"].includes(operation.kind);
}

/** A rival's commit in the words of the conflict check. That its metadata bars nothing has been judged already. */
function changesOf(
  context: DeltaContext,
  configuration: TableConfiguration,
  actions: CommitActions,
  file: string,
  version: number,
): Changes {
  const lens = { configuration, rootUrl: context.store.url, place: { file } };
  const { adds, removes, commitInfo } = actions;
  return {
    version,
    added: adds.map((add) => dataFileOf(addSource(add, configuration), lens)),
    removed: removes.map((remove) => ({ path: decodeDataPath(remove.path, lens.rootUrl, lens.place) })),
    // A commit that says so of some files only is taken to change rows with all of them.
    dataChange: adds.some(({ dataChange }) => dataChange) || removes.some(({ dataChange }) => dataChange),
    isBlindAppend: commitInfo?.isBlindAppend === true,
    metadataChanged: false,
    operation: commitInfo?.operation,
  };
}

function conflictError(context: DeltaContext, base: CommitBase, pending: PendingCommit, conflict: Conflict): LakeError {
  const { rule, winner, path, predicate, reason, advice } = conflict;
  return new LakeError(
    "delta/conflict",
    `The ${pending.operation.kind} made on version ${base.version} was not committed: ${reason}. Nothing was changed. ${advice}`,
    {
      rule,
      version: winner,
      readVersion: base.version,
      ...(path === undefined ? {} : { path }),
      ...(predicate === undefined ? {} : { predicate }),
      url: context.store.url,
    },
  );
}
