import type { RecordBatch } from "apache-arrow";
import { readNothing, type PendingCommit } from "../table/pending-commit.js";
import type { Table } from "../table/table-format.js";
import { ifWritten } from "./app-transaction.js";
import type { EngineContext, NumberedVerbOptions, VerbResult } from "./context.js";
import { commitRewrite, metricsOf, unchangedResult } from "./rewrite/commit-rewrite.js";
import { writeRows } from "./write-rows.js";

export interface AppendRowsOptions extends NumberedVerbOptions {
  /** Read once, each in our Arrow mapping; their columns may differ from batch to batch. */
  readonly data: AsyncIterable<RecordBatch> | Iterable<RecordBatch>;
  /** Columns that the data has and the table lacks are added, nested ones too. Default: they are refused. */
  readonly mergeSchema?: boolean | undefined;
}

/**
 * Adds rows, as one commit; none at all when there are no rows and no new columns, unless the write is numbered.
 *
 * @throws as `planAlignment` and `enforceRules` do; delta/conflict, delta/commit-unknown
 */
export async function appendRows(context: EngineContext, table: Table, options: AppendRowsOptions): Promise<VerbResult> {
  const startedMs = context.host.now();
  const { transaction } = options;
  const done = await ifWritten(context, table, options, startedMs);
  if (done !== undefined) return done;
  const written = await writeRows(context, table.snapshot, options);
  if (written.files.length === 0 && written.metadata === undefined && transaction === undefined)
    return unchangedResult(context, table, startedMs);
  const counts = { rowsInserted: written.rowCount, rowsUpdated: 0, rowsDeleted: 0, rowsCopied: 0 };
  const pending: PendingCommit = {
    operation: { kind: "append" },
    metrics: metricsOf(counts, written.files, [], context.host.now() - startedMs),
    added: written.files,
    removed: [],
    metadata: written.metadata,
    reads: readNothing,
    dataChange: true,
    transaction,
    userMetadata: options.userMetadata,
  };
  return commitRewrite(context, table, { pending, rewrite: written, startedMs, options });
}
