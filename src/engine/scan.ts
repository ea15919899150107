import type { RecordBatch } from "apache-arrow";
import { throwIfAborted } from "../base/abort.js";
import { mapOrdered } from "../base/concurrency.js";
import { LakeError } from "../base/errors.js";
import type { MemoryLease } from "../base/memory.js";
import { batchOf } from "../columnar/batch.js";
import { nullColumn } from "../columnar/build.js";
import { sliceBatch } from "../columnar/slice.js";
import type { BoundExpression, ExpressionNode } from "../expression/expression.js";
import { toArrowSchema } from "../schema/arrow-mapping.js";
import type { StructType } from "../schema/types.js";
import type { DataFile } from "../table/data-file.js";
import type { Snapshot } from "../table/snapshot.js";
import type { EngineContext } from "./context.js";
import { boundWhere, filesFor } from "./list-files.js";
import { projectColumns, type Projection } from "./projection.js";
import { readFileRows } from "./read-file-rows.js";

export interface ScanOptions {
  /** Top-level columns, in this order. Default: all. */
  readonly columns?: readonly string[] | undefined;
  readonly where?: ExpressionNode | undefined;
  /** Rows, at most. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A file up to this size is read ahead as a whole; a larger one is streamed when its turn has come. */
const WHOLE_FILE_BYTES = 32 << 20;
/** Decoded rows take a multiple of the file's bytes. */
const DECODED_FACTOR = 4;

/**
 * The rows of a snapshot for which `where` is true, in the order of its files and of the rows in them. No rows: one empty
 * batch, which carries the schema.
 *
 * Files are read ahead within the memory budget. An early return cancels what is under way.
 *
 * @throws schema/unknown-column, expression/*, usage/invalid-option before anything is read; storage/*, parquet/*, usage/aborted
 */
export async function* scan(
  context: EngineContext,
  snapshot: Snapshot,
  options: ScanOptions = {},
): AsyncGenerator<RecordBatch, void, undefined> {
  const { limit, signal } = options;
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 0)) {
    throw new LakeError("usage/invalid-option", `limit must be a whole number from 0, found ${String(limit)}.`, { limit: String(limit) });
  }
  throwIfAborted(signal);
  const where = boundWhere(context, snapshot, options.where);
  const projection = projectColumns(snapshot, options.columns, where);
  let left = limit ?? Number.POSITIVE_INFINITY;
  let isEmpty = true;
  if (left > 0) {
    for await (const batch of rowsOf(context, snapshot, projection, { where, limit, signal })) {
      isEmpty = false;
      yield batch.numRows > left ? sliceBatch(batch, 0, left) : batch;
      left -= batch.numRows;
      if (left <= 0) break;
    }
  }
  if (isEmpty) yield emptyBatch({ kind: "struct", fields: projection.output.flatMap((slot) => projection.columns[slot] ?? []) });
}

/** Batches with rows, of all files. */
async function* rowsOf(
  context: EngineContext,
  snapshot: Snapshot,
  projection: Projection,
  options: Pick<ScanOptions, "limit" | "signal"> & { readonly where: BoundExpression | undefined },
): AsyncGenerator<RecordBatch, void, undefined> {
  const { signal } = options;
  const files = filesFor(snapshot, options.where, signal);
  // A limit is often met by the first file; reading others ahead of it would be for nothing.
  const ahead = options.limit === undefined ? context.codec.parallelism + 1 : 1;
  const started = mapOrdered(files, ahead, (file, task) => startFile(context, snapshot, file, projection, task.signal), signal, drop);
  for await (const { lease, batches } of started) {
    try {
      yield* batches;
    } finally {
      lease?.release();
    }
  }
}

interface StartedFile {
  readonly batches: Iterable<RecordBatch> | AsyncIterable<RecordBatch>;
  /** For batches that are in memory already. */
  readonly lease: MemoryLease | undefined;
}

function drop({ lease }: StartedFile): void {
  lease?.release();
}

/** Reads a small file if there is memory for it now; any other is read when it is consumed. */
async function startFile(
  context: EngineContext,
  snapshot: Snapshot,
  file: DataFile,
  projection: Projection,
  signal: AbortSignal,
): Promise<StartedFile> {
  const read = (stop: AbortSignal): AsyncIterable<RecordBatch> => fileBatches(context, snapshot, file, projection, stop);
  const lease = file.size <= WHOLE_FILE_BYTES ? context.memory.tryReserve(Math.max(1, file.size * DECODED_FACTOR)) : undefined;
  if (lease === undefined) return { batches: read(signal), lease };
  try {
    const batches: RecordBatch[] = [];
    for await (const batch of read(signal)) batches.push(batch);
    return { batches, lease };
  } catch (error) {
    lease.release();
    throw error;
  }
}

async function* fileBatches(
  context: EngineContext,
  snapshot: Snapshot,
  file: DataFile,
  projection: Projection,
  signal: AbortSignal,
): AsyncGenerator<RecordBatch, void, undefined> {
  const { columns, output, where } = projection;
  for await (const { batch } of readFileRows(context, snapshot, file, { columns, output, where, signal })) yield batch;
}

function emptyBatch(schema: StructType): RecordBatch {
  return batchOf(
    toArrowSchema(schema),
    schema.fields.map(({ type }) => nullColumn(type, 0)),
    0,
  );
}
