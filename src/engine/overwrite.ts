import type { RecordBatch } from "apache-arrow";
import { LakeError } from "../base/errors.js";
import { columnsOf } from "../columnar/batch.js";
import { bindPredicate } from "../expression/bind.js";
import { selectRows } from "../expression/evaluate.js";
import type { BoundExpression, ExpressionNode } from "../expression/expression.js";
import { formatExpression } from "../expression/format.js";
import { tableScope } from "../expression/scope.js";
import { fromArrowSchema } from "../schema/arrow-mapping.js";
import { findField, mergeSchemas } from "../schema/evolution.js";
import { struct } from "../schema/data-types.js";
import type { StructType } from "../schema/types.js";
import { liveRowCount, type DataFile } from "../table/data-file.js";
import type { MetadataChange, PendingCommit } from "../table/pending-commit.js";
import type { Table } from "../table/table-format.js";
import { ifWritten } from "./app-transaction.js";
import type { EngineContext, NumberedVerbOptions, VerbResult } from "./context.js";
import { assertRemovesData, commitRewrite, metricsOf } from "./rewrite/commit-rewrite.js";
import { changesOf, findRows, hitCount, type FileHits, type FoundRows } from "./rewrite/find-rows.js";
import { rewriteFiles, type Rewrite } from "./rewrite/rewrite-files.js";
import type { RewriteRules } from "./rewrite/row-changes.js";
import { atTime } from "./rewrite/statement-time.js";
import { writeRows, type WrittenRows } from "./write-rows.js";

export interface OverwriteRowsOptions extends NumberedVerbOptions {
  readonly data: AsyncIterable<RecordBatch> | Iterable<RecordBatch>;
  /** Only rows for which it is true are replaced, and the new rows have to satisfy it. Default: the whole table. */
  readonly where?: ExpressionNode | undefined;
  /** `"overwrite"`: the table takes the data's schema. */
  readonly schema?: "overwrite" | undefined;
  readonly partitions?: "dynamic" | undefined;
}

const deleteAll: RewriteRules = { actions: [{ kind: "delete" }], inputOf: ({ length, target }) => ({ length, column: target }) };

/**
 * Puts rows in the place of others, as one commit; also when there is nothing to take out or to put in.
 *
 * With `where`, files that it covers whole are removed and files that it hits in part are written anew without the rows.
 *
 * @throws delta/constraint-violated  a new row that does not satisfy `where`
 * @throws delta/append-only, delta/unsupported-feature; as `appendRows` does
 */
export async function overwriteRows(context: EngineContext, table: Table, options: OverwriteRowsOptions): Promise<VerbResult> {
  const startedMs = context.host.now();
  const { snapshot } = table;
  const { signal, userMetadata, onProgress } = options;
  refuseUnbuilt(options);
  assertRemovesData(table, "overwrite");
  const done = await ifWritten(context, table, options, startedMs);
  if (done !== undefined) return done;
  const where = options.where === undefined ? undefined : atTime(bindPredicate(options.where, tableScope(snapshot.schema)), startedMs);
  const source =
    options.schema === "overwrite"
      ? await withOwnSchema(options.data, snapshot.partitionBy)
      : { data: options.data, metadata: undefined };
  const check = where === undefined ? undefined : (batch: RecordBatch): void => enforceWhere(where, options.where, batch);
  const written = await writeRows(context, snapshot, { ...source, signal, onProgress, check });
  let replaced: Replaced;
  try {
    replaced = await takeOut(context, table, where, options);
  } catch (error) {
    await written.abandon();
    throw error;
  }
  const { found, rewrite } = replaced;
  const removed = found.hits.map(({ file }) => file);
  const added = [...written.files, ...rewrite.files];
  const rowsDeleted = found.hits.reduce((sum, hit) => sum + hitCount(hit), 0);
  const rowsCopied = found.hits.reduce((sum, hit) => sum + hit.rowCount - hitCount(hit), 0);
  const counts = { rowsInserted: written.rowCount, rowsUpdated: 0, rowsDeleted, rowsCopied };
  const pending: PendingCommit = {
    operation: {
      kind: "overwrite",
      where: options.where === undefined ? undefined : formatExpression(options.where),
      overwriteSchema: options.schema === "overwrite",
    },
    metrics: metricsOf(counts, added, removed, context.host.now() - startedMs),
    added,
    removed,
    metadata: written.metadata,
    reads: {
      wholeTable: where === undefined,
      predicates: where === undefined ? [] : [where],
      files: new Set(removed.map(({ path }) => path)),
    },
    dataChange: true,
    transaction: options.transaction,
    userMetadata,
  };
  return commitRewrite(context, table, { pending, rewrite: both(written, rewrite), startedMs, options });
}

/** What `checkOptions` of the public surface refuses too; here for whoever calls the verb. */
function refuseUnbuilt({ partitions, where, schema }: OverwriteRowsOptions): void {
  if (partitions !== undefined) {
    throw new LakeError(
      "delta/unsupported-feature",
      'Overwriting just the partitions that the data has ({ partitions: "dynamic" }) is not built yet. Name them with where instead.',
      { option: "partitions" },
    );
  }
  if (schema !== undefined && where !== undefined) {
    throw new LakeError(
      "usage/invalid-option",
      'An overwrite with where keeps rows of the old schema, so it cannot take { schema: "overwrite" } too. Leave one of them out.',
      { options: ["schema", "where"] },
    );
  }
}

interface Replaced {
  readonly found: FoundRows;
  readonly rewrite: Rewrite;
}

/** Finds the rows that go, and writes what is left of their files. */
async function takeOut(
  context: EngineContext,
  { snapshot }: Table,
  where: BoundExpression | undefined,
  options: OverwriteRowsOptions,
): Promise<Replaced> {
  const { signal, onProgress } = options;
  if (where === undefined)
    return { found: await wholeTable(snapshot.plan({ signal })), rewrite: { files: [], abandon: () => Promise.resolve() } };
  const found = await findRows(context, snapshot, { where, signal, onProgress });
  const partial = found.hits.filter(({ rows }) => rows !== "all");
  const rewrite = await rewriteFiles(context, {
    snapshot,
    plan: snapshot.writePlan(),
    rules: deleteAll,
    changes: partial.map(changesOf),
    signal,
  });
  return { found, rewrite };
}

/** Every file, none of them read: rows whose count the log does not tell count as none. */
async function wholeTable(plan: AsyncIterable<readonly DataFile[]>): Promise<FoundRows> {
  const hits: FileHits[] = [];
  for await (const group of plan) {
    for (const file of group) hits.push({ file, rowCount: liveRowCount(file) ?? 0, rows: "all" });
  }
  return { hits };
}

function both(written: WrittenRows, rewrite: Rewrite): Rewrite {
  return {
    files: [...written.files, ...rewrite.files],
    abandon: async () => {
      await Promise.all([written.abandon(), rewrite.abandon()]);
    },
  };
}

/** Spark's replaceWhere: data that does not match what it replaces would be there twice after the next such overwrite. */
function enforceWhere(where: BoundExpression, node: ExpressionNode | undefined, batch: RecordBatch): void {
  const columns = columnsOf(batch);
  const selected = selectRows(where, { length: batch.numRows, column: (slot) => columns[slot] as (typeof columns)[number] });
  if (selected === "all" || selected.length === batch.numRows) return;
  const sql = node === undefined ? "where" : formatExpression(node);
  throw new LakeError(
    "delta/constraint-violated",
    `A row to be written does not match ${sql}, the rows that the overwrite replaces. ` +
      "Nothing was committed; filter the data, or append such rows.",
    { constraint: "where", expression: sql, failed: batch.numRows - selected.length },
  );
}

/** The data under the schema that its first batch has; later batches are aligned with it. */
async function withOwnSchema(
  data: OverwriteRowsOptions["data"],
  partitionBy: readonly string[],
): Promise<{ readonly data: AsyncIterable<RecordBatch>; readonly metadata: MetadataChange }> {
  const batches = Symbol.asyncIterator in data ? data[Symbol.asyncIterator]() : data[Symbol.iterator]();
  const first = await batches.next();
  if (first.done === true) {
    throw new LakeError(
      "schema/invalid",
      'An overwrite with { schema: "overwrite" } got no data, so there is no schema to take. Pass one empty batch that has it.',
    );
  }
  // Nullable throughout, and without what belongs to the table that the data may come from.
  const schema = mergeSchemas(struct([]), fromArrowSchema(first.value.schema));
  async function* all(head: RecordBatch): AsyncGenerator<RecordBatch, void, undefined> {
    try {
      yield head;
      for (let next = await batches.next(); next.done !== true; next = await batches.next()) yield next.value;
    } finally {
      await batches.return?.();
    }
  }
  return { data: all(first.value), metadata: { schema, partitionBy: keptPartitions(schema, partitionBy) } };
}

/** The table stays partitioned as it was as far as its new columns allow. */
function keptPartitions(schema: StructType, partitionBy: readonly string[]): readonly string[] {
  return partitionBy.flatMap((name) => findField(schema, name)?.name ?? []);
}
