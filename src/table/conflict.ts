import { compilePruner } from "../expression/prune.js";
import { formatExpression } from "../expression/format.js";
import type { Version } from "./data-file.js";
import type { PendingCommit } from "./pending-commit.js";
import type { Changes, IsolationLevel } from "./table-format.js";

export type ConflictRule =
  | "metadata-changed"
  | "protocol-changed"
  | "concurrent-domain"
  | "concurrent-append"
  | "concurrent-delete-read"
  | "concurrent-delete-delete";

/** Why a pending commit cannot follow a winner. */
export interface Conflict {
  readonly rule: ConflictRule;
  /** The version of the commit that won. */
  readonly winner: Version;
  /** The winner's file that decided. */
  readonly path?: string | undefined;
  /** The read predicate that the file may match, as SQL. */
  readonly predicate?: string | undefined;
  /** What happened, as the middle of a sentence: "version 7 (DELETE) …". */
  readonly reason: string;
  /** What to do. */
  readonly advice: string;
}

/**
 * Whether `pending` may be published after `winner`, a commit that its base snapshot does not have; `undefined`: it may. Of
 * several winners each is judged in the order of versions, and `pending` goes on as `afterWinner` leaves it.
 *
 * Pure. Rules in the order of Spark's `ConflictChecker.checkConflicts`; where this check is finer, the rule says why it is
 * still sound. What a change of metadata or protocol means is the format's to judge: `winner.metadataChanged` is its verdict.
 */
export function findConflict(pending: PendingCommit, winner: Changes, isolation: IsolationLevel): Conflict | undefined {
  return (
    metadataChanged(pending, winner) ??
    concurrentAppend(pending, winner, isolation) ??
    concurrentDeleteRead(pending, winner) ??
    concurrentDeleteDelete(pending, winner)
  );
}

/**
 * What `pending` depends on once `winner`, which does not conflict with it, is in: rows that counted and were only moved count
 * where they are now, so that a later winner who changes them there is noticed.
 */
export function afterWinner(pending: PendingCommit, winner: Changes): PendingCommit {
  const { reads } = pending;
  if (winner.dataChange || !winner.removed.some(({ path }) => reads.files.has(path))) return pending;
  return { ...pending, reads: { ...reads, files: new Set([...reads.files, ...winner.added.map(({ path }) => path)]) } };
}

/** Spark `checkNoMetadataUpdates` (MetadataChangedException): data was written for a definition that no longer holds. */
function metadataChanged(pending: PendingCommit, winner: Changes): Conflict | undefined {
  if (!winner.metadataChanged) return undefined;
  return {
    rule: "metadata-changed",
    winner: winner.version,
    reason: `${named(winner)} changed the table's schema, partitioning or properties`,
    advice: `Refresh the table, check that the ${nameOf(pending)} still fits it, and run it again.`,
  };
}

/**
 * Spark `checkForAddedFilesThatShouldHaveBeenReadByCurrentTxn` (ConcurrentAppendException). Finer than Spark in three ways:
 * a winner that only rearranges rows (`dataChange` false) adds none that could have been missed (delta PR #1305); predicates
 * are tested against the bounds of the winner's files too, not only their partition values (as delta-rs
 * `conflict_checker.rs` does); and so on unpartitioned tables as well (delta #7360).
 */
function concurrentAppend(pending: PendingCommit, winner: Changes, isolation: IsolationLevel): Conflict | undefined {
  const { reads } = pending;
  if (!winner.dataChange || winner.added.length === 0) return undefined;
  // Rearranging rows depends on no row but those it moves (Spark downgrades such commits to SnapshotIsolation).
  if (!pending.dataChange && pending.metadata === undefined) return undefined;
  // Spark `isolationLevels.scala`: under WriteSerializable a winning blind append may be ordered after this commit.
  if (isolation === "WriteSerializable" && winner.isBlindAppend && pending.metadata === undefined) return undefined;
  const advice = `The ${nameOf(pending)} did not see these rows. Refresh the table and run it again.`;
  if (reads.wholeTable) {
    const path = winner.added[0]?.path;
    return {
      rule: "concurrent-append",
      winner: winner.version,
      path,
      reason: `${named(winner)} added rows, and the ${nameOf(pending)} depends on every row of the table`,
      advice,
    };
  }
  for (const predicate of reads.predicates) {
    const mayMatch = compilePruner(predicate);
    const file = winner.added.find(({ bounds }) => mayMatch(bounds));
    if (file === undefined) continue;
    const sql = formatExpression(predicate);
    return {
      rule: "concurrent-append",
      winner: winner.version,
      path: file.path,
      predicate: sql,
      reason: `${named(winner)} added ${file.path}, which may hold rows that match ${sql}`,
      advice,
    };
  }
  return undefined;
}

/**
 * Spark `checkForDeletedFilesAgainstCurrentTxnReadFiles` (ConcurrentDeleteReadException). Finer than Spark: of a file that holds
 * no row which counts, nothing was concluded that taking it out could change; and the rows of a file that was only rearranged
 * are still in the table as they were read (delta-rs `conflict_checker.rs` looks at `data_change` removes only, too).
 */
function concurrentDeleteRead(pending: PendingCommit, winner: Changes): Conflict | undefined {
  const { reads } = pending;
  if (!winner.dataChange) return undefined;
  const removed = winner.removed.find(({ path }) => reads.wholeTable || reads.files.has(path));
  if (removed === undefined) return undefined;
  return {
    rule: "concurrent-delete-read",
    winner: winner.version,
    path: removed.path,
    reason: `${named(winner)} removed ${removed.path}, which the ${nameOf(pending)} had read`,
    advice: "Refresh the table and run it again.",
  };
}

/**
 * Spark `checkForDeletedFilesAgainstCurrentTxnDeletedFiles` (ConcurrentDeleteDeleteException): both replace the same rows.
 * By path alone, as in Spark: whoever gave the file another deletion vector has taken rows out of it too.
 */
function concurrentDeleteDelete(pending: PendingCommit, winner: Changes): Conflict | undefined {
  if (winner.removed.length === 0 || pending.removed.length === 0) return undefined;
  const mine = new Set(pending.removed.map(({ path }) => path));
  const both = winner.removed.find(({ path }) => mine.has(path));
  if (both === undefined) return undefined;
  return {
    rule: "concurrent-delete-delete",
    winner: winner.version,
    path: both.path,
    reason: `${named(winner)} removed ${both.path}, which the ${nameOf(pending)} removes as well`,
    advice: "Refresh the table and run it again.",
  };
}

function named(winner: Changes): string {
  return winner.operation === undefined ? `version ${winner.version}` : `version ${winner.version} (${winner.operation})`;
}

function nameOf(pending: PendingCommit): string {
  return pending.operation.kind === "set-properties" ? "change of properties" : pending.operation.kind;
}
