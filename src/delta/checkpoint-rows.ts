import { assert } from "../base/assert.js";
import { isNullAt, bytesOf, offsetsOf, nullMask } from "../columnar/access.js";
import { columnsOf } from "../columnar/batch.js";
import type { Column } from "../columnar/column.js";
import { hashBytes } from "../columnar/hash.js";
import type { BoundExpression } from "../expression/expression.js";
import { readFooter, type ParquetFooter } from "../parquet/metadata/footer.js";
import { storeRangeReader } from "../parquet/range-reader.js";
import { readParquet } from "../parquet/read/read-file.js";
import { field, struct } from "../schema/data-types.js";
import type { StructType } from "../schema/types.js";
import { childAt, jsonReader } from "./checkpoint-cells.js";
import type { CheckpointFile, FileActionRows, ReadFileActionsOptions } from "./checkpoint-query.js";
import type { DeltaContext } from "./delta-context.js";
import { isJsonObject } from "./protocol/action-fields.js";
import type { LogicalFile } from "./protocol/actions.js";
import { decodeDeletionVector } from "./protocol/decode-action.js";
import type { SeenFiles } from "./protocol/reconcile.js";
import { stringReader } from "../schema/cells.js";

// The columnar half of log replay. Loaded only when there is a Parquet checkpoint: it brings Arrow and the codec with it.

/** Rows per batch: a row group of a checkpoint is seldom larger, and a batch holds some 100 bytes a row. */
const batchRows = 1 << 17;

export interface ReadColumnsOptions {
  readonly where?: BoundExpression | undefined;
  readonly footer?: ParquetFooter | undefined;
  /** Only these physical rows, ascending. */
  readonly rows?: Int32Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Rows of a checkpoint file as columns. */
export interface CheckpointColumns {
  readonly length: number;
  readonly children: readonly Column[];
  /** The physical number of a row. */
  readonly numberOf: (row: number) => number;
}

/** Batches of a checkpoint file with exactly these columns. */
export async function* readParquetColumns(
  context: DeltaContext,
  file: CheckpointFile,
  schema: StructType,
  { where, footer, rows: wanted, signal }: ReadColumnsOptions,
): AsyncGenerator<CheckpointColumns> {
  const reader = storeRangeReader(context.store, file);
  const columns = schema.fields.map((column) => ({ name: column.name, field: column, matchBy: "name" as const }));
  for await (const { batch, firstRow, rows } of readParquet(reader, {
    codec: context.codec,
    columns,
    where,
    footer,
    rows: wanted,
    batchRows,
    signal,
  })) {
    yield { length: batch.numRows, children: columnsOf(batch), numberOf: (row) => rows?.[row] ?? firstRow + row };
  }
}

export async function* readFileActionRows(
  context: DeltaContext,
  file: CheckpointFile,
  options: ReadFileActionsOptions,
): AsyncGenerator<FileActionRows> {
  const { add, remove, select, signal } = options;
  const footer = await readFooter(storeRangeReader(context.store, file), signal);
  if (select === undefined) {
    for await (const columns of readParquetColumns(context, file, actionSchema(add, remove), { footer, signal }))
      yield actionRows(file, columns, add, remove);
    return;
  }
  for await (const columns of readParquetColumns(context, file, actionSchema(select.columns, undefined), { footer, signal })) {
    const rows = select.select(actionRows(file, columns, select.columns, undefined)).map(columns.numberOf);
    if (rows.length === 0) continue;
    for await (const chosen of readParquetColumns(context, file, actionSchema(add, undefined), { footer, rows, signal }))
      yield actionRows(file, chosen, add, undefined);
  }
}

function actionSchema(add: StructType, remove: StructType | undefined): StructType {
  return struct([field("add", add), ...(remove === undefined ? [] : [field("remove", remove)])]);
}

function actionRows(
  file: CheckpointFile,
  { length, children }: CheckpointColumns,
  addType: StructType,
  removeType: StructType | undefined,
): FileActionRows {
  const [add, remove] = children;
  assert(add !== undefined, "file actions are read with the column add");
  return { file: file.key, length, addType, add, removeType, remove };
}

/** The child of a struct column that holds `name`. */
export function structChild(type: StructType, column: Column, name: string): Column | undefined {
  const at = type.fields.findIndex((candidate) => candidate.name === name);
  return at < 0 ? undefined : childAt(column, at);
}

/** Tests rows of `add` or `remove` columns against the files that newer commits have named, without making strings of paths. */
export interface SeenFilter {
  /** The rows that hold an action which is still in force, ascending. */
  live(type: StructType, column: Column): Int32Array;
}

export function createSeenFilter(seen: SeenFiles): SeenFilter {
  const encoder = new TextEncoder();
  const hashes = new Set<number>();
  for (const path of seen.paths()) {
    const bytes = encoder.encode(path);
    hashes.add(hashBytes(bytes, 0, bytes.length));
  }
  return {
    live(type, column) {
      const path = structChild(type, column, "path");
      const rows = new Int32Array(column.length);
      if (path === undefined) return rows.subarray(0, 0);
      const nulls = nullMask(column);
      const offsets = offsetsOf(path);
      const bytes = bytesOf(path);
      const isHidden = hiddenTest(seen, type, column, path);
      let count = 0;
      for (let row = 0; row < rows.length; row++) {
        if (nulls !== undefined && nulls[row] === 1) continue;
        if (hashes.size > 0) {
          const start = offsets[row] ?? 0;
          const end = offsets[row + 1] ?? 0;
          if ((hashes.has(hashBytes(bytes, start, end)) || mayBeAbsolute(bytes, start, end)) && isHidden(row)) continue;
        }
        rows[count++] = row;
      }
      return rows.subarray(0, count);
    },
  };
}

/** Absolute paths have several spellings, so their bytes decide nothing. */
function mayBeAbsolute(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] === 0x2f) return true;
  for (let at = start; at < Math.min(end, start + 8); at++) if (bytes[at] === 0x3a) return true;
  return false;
}

/** The exact test, for rows whose hash was met. */
function hiddenTest(seen: SeenFiles, type: StructType, column: Column, path: Column): (row: number) => boolean {
  const pathOf = stringReader(path);
  const vectorOf = vectorReader(type, column);
  return (row) => {
    const file: LogicalFile = { path: pathOf(row), deletionVector: vectorOf(row) };
    return seen.has(file);
  };
}

/** Deletion vectors of the rows; nearly always there are none. */
export function vectorReader(type: StructType, column: Column): (row: number) => LogicalFile["deletionVector"] {
  const at = type.fields.findIndex((candidate) => candidate.name === "deletionVector");
  const vectorType = type.fields[at]?.type;
  if (vectorType === undefined) return () => undefined;
  const vector = childAt(column, at);
  if (vector.nullCount === vector.length) return () => undefined;
  const read = jsonReader(vectorType, vector);
  return (row) => {
    if (isNullAt(vector, row)) return undefined;
    const fields = read(row);
    // A struct of nulls is how some writers spell null.
    return isJsonObject(fields) && fields["storageType"] !== null ? decodeDeletionVector(fields, { file: "checkpoint" }) : undefined;
  };
}
