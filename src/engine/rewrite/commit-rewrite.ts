import { LakeError } from "../../base/errors.js";
import type { DataFile, WrittenFile } from "../../table/data-file.js";
import { noMetrics, type WriteMetrics } from "../../table/operation.js";
import type { PendingCommit } from "../../table/pending-commit.js";
import type { Table } from "../../table/table-format.js";
import { skippedResult } from "../app-transaction.js";
import type { EngineContext, VerbOptions, VerbResult } from "../context.js";
import type { Rewrite } from "./rewrite-files.js";

/** How many rows a verb has touched. */
export type RowCounts = Pick<WriteMetrics, "rowsInserted" | "rowsUpdated" | "rowsDeleted" | "rowsCopied">;

/** The result of a verb that found nothing to change: the table as it is, and no commit. */
export function unchangedResult(context: EngineContext, table: Table, startedMs: number): VerbResult {
  const { version, timestampMs } = table.snapshot;
  return { table, committed: false, version, timestampMs, metrics: { ...noMetrics, durationMs: context.host.now() - startedMs } };
}

export function metricsOf(
  counts: RowCounts,
  added: readonly WrittenFile[],
  removed: readonly DataFile[],
  durationMs: number,
): WriteMetrics {
  return {
    rowsInserted: counts.rowsInserted,
    rowsUpdated: counts.rowsUpdated,
    rowsDeleted: counts.rowsDeleted,
    rowsCopied: counts.rowsCopied,
    filesAdded: added.length,
    filesRemoved: removed.length,
    bytesAdded: sizeOf(added),
    bytesRemoved: sizeOf(removed),
    durationMs,
  };
}

function sizeOf(files: readonly { readonly size: number }[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** Failures of a commit after which no version can name its files, now or later. After any other the files stay. */
const provesNoCommit = [
  "delta/conflict",
  "usage/aborted",
  "storage/no-space",
  "storage/permission-denied",
  "storage/unauthenticated",
  "storage/unsupported",
] as const;

/**
 * Publishes a rewrite. A commit that lost for certain takes its files with it; where the outcome is unknown they stay, because a
 * version may name them.
 */
export async function commitRewrite(
  context: EngineContext,
  table: Table,
  commit: {
    readonly pending: PendingCommit;
    readonly rewrite: Rewrite | undefined;
    readonly startedMs: number;
    readonly options: VerbOptions;
  },
): Promise<VerbResult> {
  const { pending, rewrite, startedMs, options } = commit;
  try {
    const { signal, maxAttempts, isolation } = options;
    const committed = await table.commit(table.snapshot, pending, { signal, maxAttempts, isolation });
    if (committed.skipped) {
      // A rival has written the same. Nothing was published here, so no version names these files.
      await rewrite?.abandon();
      return skippedResult(context, committed.table, startedMs);
    }
    const metrics = { ...pending.metrics, durationMs: context.host.now() - startedMs };
    return { table: committed.table, committed: true, version: committed.version, timestampMs: committed.timestampMs, metrics };
  } catch (error) {
    if (provesNoCommit.some((code) => LakeError.is(error, code))) await rewrite?.abandon();
    throw error;
  }
}

/** @throws delta/append-only when rows must not be taken out of the table */
export function assertRemovesData(table: Table, verb: string): void {
  if (table.snapshot.capabilities.removesData) return;
  throw new LakeError(
    "delta/append-only",
    `The table is append-only by its properties, so ${verb} is refused. Nothing was changed; set the property to false ` +
      "first if rows may be changed.",
    { verb },
  );
}
