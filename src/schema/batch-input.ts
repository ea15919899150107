import type { RecordBatch } from "apache-arrow";
import { untilAborted } from "../base/abort.js";
import { LakeError } from "../base/errors.js";
import { isArrowBatch, isArrowTable, type ArrowBatchLike, type ArrowTableLike } from "./arrow-shape.js";
import { fromArrowSchema } from "./arrow-mapping.js";
import { canonicalBatch } from "./canonical-batch.js";
import { describeCell } from "./cell-list.js";
import { isPlainRecord } from "./record-split.js";
import { createRowSchema, type RowSchema } from "./row-schema.js";
import { assertRecords, batchFromRows } from "./row-writer.js";
import type { StructType } from "./types.js";

/** Data to write: Arrow batches or rows, at once or one after the other. Arrow objects of any copy of apache-arrow. */
export type BatchInput<R = Record<string, unknown>> =
  ArrowTableLike | ArrowBatchLike | Iterable<ArrowBatchLike | ArrowTableLike | R> | AsyncIterable<ArrowBatchLike | ArrowTableLike | R>;

export interface ToBatchesOptions {
  /** The table's schema: what rows are converted by. Without it theirs is inferred (`inferSchemaFromRows`). Batches keep their own. */
  readonly schema?: StructType | undefined;
  /** Fields of rows that `schema` lacks are inferred and added; otherwise refused. Default: false. */
  readonly allowUnknown?: boolean | undefined;
  /**
   * Leaves columns of `schema` that no row has so far out of the batch, so that a merge can tell "not given" from null. Default:
   * false, they are null.
   */
  readonly partial?: boolean | undefined;
  /** The most rows in a batch. Default: 65536. */
  readonly batchRows?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const DEFAULT_BATCH_ROWS = 65536;

/**
 * The data as batches in our Arrow mapping, of at most `batchRows` rows, in order. Data without rows gives one empty batch when its
 * schema is known.
 *
 * An array of rows has one schema throughout. Rows that come one by one are judged batch by batch: a column is in every batch from
 * the first that has it on.
 *
 * @throws schema/type-mismatch when the data is none of these; as `canonicalBatch`, `batchFromRows`; usage/aborted
 */
export async function* toBatches(data: unknown, options: ToBatchesOptions = {}): AsyncGenerator<RecordBatch> {
  yield* untilAborted(readInput(data, options), options.signal);
}

function readInput(data: unknown, options: ToBatchesOptions): AsyncGenerator<RecordBatch> {
  const batchRows = Math.max(1, Math.floor(options.batchRows ?? DEFAULT_BATCH_ROWS));
  if (isArrowTable(data)) return tableBatches(data, batchRows);
  if (isArrowBatch(data)) return tableBatches({ schema: data.schema, batches: [data] }, batchRows);
  const rowSchema = createRowSchema(options);
  if (Array.isArray(data) && data.every(isPlainRow)) return arrayBatches(data, rowSchema, batchRows);
  if (isIterable(data)) return itemBatches(data, rowSchema, batchRows);
  throw notData(data);
}

function isPlainRow(item: unknown): boolean {
  return !isArrowBatch(item) && !isArrowTable(item);
}

function isIterable(data: unknown): data is Iterable<unknown> | AsyncIterable<unknown> {
  return typeof data === "object" && data !== null && !(data instanceof Map) && (Symbol.iterator in data || Symbol.asyncIterator in data);
}

async function* tableBatches(table: ArrowTableLike, batchRows: number): AsyncGenerator<RecordBatch> {
  const schema = fromArrowSchema(table.schema);
  const filled = table.batches.filter((batch) => batch.numRows > 0);
  for (const batch of filled) yield* pieces(batch, schema, batchRows);
  if (filled.length === 0) yield batchFromRows([], schema);
}

function* pieces(batch: ArrowBatchLike, schema: StructType, batchRows: number): Generator<RecordBatch> {
  for (let start = 0; start < batch.numRows; start += batchRows) {
    const count = Math.min(batchRows, batch.numRows - start);
    yield canonicalBatch(count === batch.numRows ? batch : sliceOf(batch, start, count), schema);
  }
}

/** Some rows of a batch; the buffers are shared. */
function sliceOf(batch: ArrowBatchLike, start: number, count: number): ArrowBatchLike {
  return { schema: batch.schema, numRows: count, data: batch.data.slice(start, count) };
}

async function* arrayBatches(rows: readonly unknown[], rowSchema: RowSchema, batchRows: number): AsyncGenerator<RecordBatch> {
  assertRecords(rows, 0);
  if (rows.length > 0) rowSchema.learn(rows, 0);
  const most = Math.max(1, Math.min(batchRows, rowSchema.rowsWithinBytes(rows)));
  for (let start = 0; start < rows.length; start += most) {
    yield rowSchema.encode(most >= rows.length ? rows : rows.slice(start, start + most), start);
  }
  if (rows.length === 0) yield* rowSchema.empty();
}

/** Batches, tables and rows in any mixture. */
async function* itemBatches(
  items: Iterable<unknown> | AsyncIterable<unknown>,
  rowSchema: RowSchema,
  batchRows: number,
): AsyncGenerator<RecordBatch> {
  let waiting: unknown[] = [];
  let firstRow = 0;
  let hasYielded = false;
  const flush = function* (): Generator<RecordBatch> {
    if (waiting.length === 0) return;
    assertRecords(waiting, firstRow);
    rowSchema.learn(waiting, firstRow);
    const rows = waiting;
    waiting = [];
    hasYielded = true;
    yield rowSchema.encode(rows, firstRow);
    firstRow += rows.length;
  };
  let room = batchRows;
  for await (const item of items) {
    if (isArrowBatch(item) || isArrowTable(item)) {
      yield* flush();
      hasYielded = true;
      yield* tableBatches(isArrowTable(item) ? item : { schema: item.schema, batches: [item] }, batchRows);
      continue;
    }
    waiting.push(item);
    // A few rows tell how large rows are.
    if (waiting.length === SAMPLE) room = Math.max(SAMPLE, Math.min(batchRows, rowSchema.rowsWithinBytes(waiting)));
    if (waiting.length >= room) yield* flush();
  }
  yield* flush();
  if (!hasYielded) yield* rowSchema.empty();
}

const SAMPLE = 64;

function notData(data: unknown): LakeError {
  const advice =
    typeof data === "object" && data !== null && "then" in data
      ? "It is a promise: await it first"
      : isPlainRecord(data)
        ? "A single row goes in an array: [row]"
        : "Pass an Arrow Table or RecordBatch, an array of rows, or an iterable of batches or of rows";
  return new LakeError("schema/type-mismatch", `The data is ${describeCell(data)}, which is neither batches nor rows. ${advice}.`, {
    found: describeCell(data),
  });
}
