import type { RecordBatch, Schema } from "apache-arrow";
import { throwIfAborted } from "../../base/abort.js";
import { assert } from "../../base/assert.js";
import { mapOrdered } from "../../base/concurrency.js";
import type { MemoryBudget, MemoryLease } from "../../base/memory.js";
import { batchOf, columnsOf } from "../../columnar/batch.js";
import { nullOfArrowType } from "../../columnar/build.js";
import type { Column } from "../../columnar/column.js";
import { concatColumns } from "../../columnar/concat.js";
import { sliceBatch, sliceColumn } from "../../columnar/slice.js";
import { take } from "../../columnar/take.js";
import { toArrowSchema } from "../../schema/arrow-mapping.js";
import { adaptColumn } from "../adapt/adapt.js";
import type { ParquetCodec } from "../codec/codec.js";
import { corruptFile } from "../corrupt.js";
import { readFooter, type ParquetFooter } from "../metadata/footer.js";
import { buildMiniFile, chunkPagesOf } from "./mini-file.js";
import { planRead, type PlannedRead, type PlanReadOptions } from "./plan-read.js";
import type { ReadColumn } from "../adapt/projection.js";
import type { RangeReader } from "../range-reader.js";
import type { PartPlan, ReadPlan, RowGroupPlan } from "./read-plan.js";
import { countRows, listRows, positionsWithin, type KeptRows, type RowRange } from "./row-ranges.js";

export type { ReadColumn } from "../adapt/projection.js";

export interface ReadParquetOptions extends Omit<PlanReadOptions, "parallelism"> {
  readonly codec: ParquetCodec;
  /** The file's footer, when it was read before. */
  readonly footer?: ParquetFooter | undefined;
  /** No batch has more rows. Default: one batch per row group. */
  readonly batchRows?: number | undefined;
  /** Row groups that are fetched or decoded ahead of the consumer. Default: one more than the codec decodes at once. */
  readonly readAhead?: number | undefined;
  /**
   * What row groups that are under way, or decoded and not yet consumed, are reserved from. A batch's share is given back
   * when the next one is asked for, so a consumer must not wait for memory of the same budget while it holds the last of it.
   */
  readonly memory?: MemoryBudget | undefined;
  /** Told once, before anything is fetched. */
  readonly onPlan?: ((plan: ReadPlan) => void) | undefined;
}

/** Rows of a file, in its order. */
export interface ParquetRows {
  /** Exactly the wanted columns, in the Arrow mapping of their types. */
  readonly batch: RecordBatch;
  /** Physical number of the first row. */
  readonly firstRow: number;
  /** Physical numbers of the rows when they do not simply count on from `firstRow`. */
  readonly rows: Int32Array | undefined;
}

/**
 * Reads columns of a Parquet file. Row groups and pages that `where` rules out are not fetched; no row of them is given.
 *
 * An early return of the consumer cancels what is under way. Memory follows the read-ahead, not the file.
 *
 * @throws parquet/corrupt      naming the file: truncated, damaged, or not Parquet
 * @throws parquet/unsupported  naming the file and column: a type that does not lead to the wanted one, encryption, LZO
 */
export async function* readParquet(file: RangeReader, options: ReadParquetOptions): AsyncGenerator<ParquetRows, void, undefined> {
  const { codec, signal } = options;
  throwIfAborted(signal);
  const footer = options.footer ?? (await readFooter(file, signal));
  const planned = await planRead(file, footer, { ...options, parallelism: codec.parallelism });
  options.onPlan?.(planned.plan);
  const { columns, memory } = options;
  const reader: GroupReader = { file, codec, planned, columns, schema: batchSchema(columns), memory };
  const concurrency = options.readAhead ?? codec.parallelism + 1;
  const groups = mapOrdered(
    planned.plan.rowGroups,
    concurrency,
    (group, context) => readRowGroup(reader, group, context.signal),
    signal,
    ({ lease }) => lease?.release(),
  );
  for await (const { rows, lease } of groups) {
    try {
      yield* slices(rows, options.batchRows ?? Infinity);
    } finally {
      lease?.release();
    }
  }
}

function batchSchema(columns: readonly ReadColumn[]): Schema {
  return toArrowSchema({ kind: "struct", fields: columns.map(({ name, field }) => ({ ...field, name })) });
}

interface GroupReader {
  readonly file: RangeReader;
  readonly codec: ParquetCodec;
  readonly planned: PlannedRead;
  readonly columns: readonly ReadColumn[];
  readonly schema: Schema;
  readonly memory: MemoryBudget | undefined;
}

interface GroupRows {
  readonly rows: ParquetRows;
  readonly lease: MemoryLease | undefined;
}

async function readRowGroup(reader: GroupReader, group: RowGroupPlan, signal: AbortSignal): Promise<GroupRows> {
  const lease = await reader.memory?.reserve(group.memoryBytes, signal);
  try {
    throwIfAborted(signal);
    const columns = new Map<number, Column>();
    const files = await fetchParts(reader.file, group.parts, signal);
    await allSettledOrThrow(
      group.parts.map(async (part, index) => {
        const file = files[index];
        assert(file !== undefined, "every part of a row group has its mini-file");
        for (const [column, values] of await decodePart(reader, group, part, file, signal)) columns.set(column, values);
      }),
    );
    return { rows: assembleRows(reader, group, columns), lease };
  } catch (error) {
    lease?.release();
    throw error;
  }
}

/** Fails like `Promise.all`, but not before every task has ended: nothing goes on behind the caller's back. */
async function allSettledOrThrow(tasks: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(tasks);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

/** The mini-file of each part; one `read` for the whole row group. */
async function fetchParts(file: RangeReader, parts: readonly PartPlan[], signal: AbortSignal): Promise<readonly Uint8Array[]> {
  const ranges = parts.flatMap((part) => part.chunks.flatMap((chunk) => chunk.ranges));
  if (ranges.length === 0) return [];
  const pieces = await file.read(ranges, signal);
  let at = 0;
  return parts.map((part) => {
    const bytes = part.chunks.map((chunk) => {
      const own = pieces.slice(at, at + chunk.ranges.length);
      at += chunk.ranges.length;
      for (const [i, { start, end }] of chunk.ranges.entries()) {
        if (own[i]?.length === end - start) continue;
        throw corruptFile(file.path, `bytes ${start} to ${end} were asked for and ${own[i]?.length ?? 0} came`);
      }
      return own;
    });
    return buildMiniFile(part, bytes);
  });
}

async function decodePart(
  { codec, planned, columns }: GroupReader,
  group: RowGroupPlan,
  part: PartPlan,
  file: Uint8Array,
  signal: AbortSignal,
): Promise<readonly (readonly [number, Column])[]> {
  const { path } = planned.plan;
  const chunks = chunkPagesOf(part, planned.isSealed);
  const batches = await codec.decode(file, { path, batchRows: Math.max(1, part.rowCount), chunks, signal });
  const decoded = batches.reduce((sum, batch) => sum + batch.numRows, 0);
  if (decoded !== part.rowCount) {
    throw corruptFile(path, `row group ${group.index} should have ${part.rowCount} rows in its pages, ${decoded} were found`);
  }
  return part.columns.map((column, position) => {
    const projection = planned.projections[column];
    assert(projection !== undefined, "a decoded column has its projection");
    const context = { path, column: columns[column]?.name ?? "", calendar: planned.calendar };
    const pieces = batches.map((batch) => {
      const child = columnsOf(batch)[position];
      assert(child !== undefined, "a mini-file has the columns of its schema");
      return adaptColumn(child, projection, context);
    });
    return [column, pick(concatColumns(pieces), part.rows, group.keep)] as const;
  });
}

/** The kept rows of a column that has the rows `decoded`. */
function pick(column: Column, decoded: readonly RowRange[], keep: KeptRows): Column {
  switch (keep.kind) {
    case "all":
      return column;
    case "rows":
      return take(column, positionsWithin(keep.rows, decoded));
    case "ranges": {
      const [first] = keep.ranges;
      if (keep.ranges.length === 1 && first !== undefined) {
        const [start = 0] = positionsWithin(Int32Array.of(first.start), decoded);
        return sliceColumn(column, start, start + first.end - first.start);
      }
      if (countRows(keep.ranges) === countRows(decoded)) return column;
      return take(column, positionsWithin(listRows(keep.ranges), decoded));
    }
  }
}

function assembleRows({ planned, schema }: GroupReader, group: RowGroupPlan, columns: ReadonlyMap<number, Column>): ParquetRows {
  const { keep, keptCount, firstRow } = group;
  const assembled = planned.projections.map(({ arrowType }, index) => columns.get(index) ?? nullOfArrowType(arrowType, keptCount));
  const batch = batchOf(schema, assembled, keptCount);
  if (keep.kind === "all") return { batch, firstRow, rows: undefined };
  if (keep.kind === "ranges" && keep.ranges.length === 1) {
    return { batch, firstRow: firstRow + (keep.ranges[0]?.start ?? 0), rows: undefined };
  }
  const rows = (keep.kind === "rows" ? keep.rows : listRows(keep.ranges)).map((row) => row + firstRow);
  return { batch, firstRow: rows[0] ?? firstRow, rows };
}

function* slices({ batch, firstRow, rows }: ParquetRows, batchRows: number): Generator<ParquetRows> {
  if (batch.numRows <= batchRows) {
    yield { batch, firstRow, rows };
    return;
  }
  for (let start = 0; start < batch.numRows; start += batchRows) {
    const end = Math.min(batch.numRows, start + batchRows);
    const numbers = rows?.subarray(start, end);
    yield { batch: sliceBatch(batch, start, end), firstRow: numbers?.[0] ?? firstRow + start, rows: numbers };
  }
}
