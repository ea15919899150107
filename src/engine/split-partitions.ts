import { DataType, Int32, Int64, makeData, Precision, type RecordBatch } from "apache-arrow";
import { assert } from "../base/assert.js";
import { columnsOf } from "../columnar/batch.js";
import type { Column } from "../columnar/column.js";
import { groupRows, rowsOfGroups } from "../columnar/group.js";
import { takeBatch } from "../columnar/take.js";
import { cellReader } from "../schema/cells.js";
import type { StructType } from "../schema/types.js";
import type { Value } from "../schema/value.js";

/** The rows of one partition. */
export interface PartitionRows {
  /** Values by position of `partitionBy`. */
  readonly values: readonly Value[];
  /** The same for two partitions exactly when their values are. */
  readonly key: string;
  readonly batch: RecordBatch;
}

/** Splits rows by the values of the partition columns, keeping their order within a partition. */
export function splitByPartition(batch: RecordBatch, schema: StructType, partitionBy: readonly string[]): readonly PartitionRows[] {
  if (partitionBy.length === 0) return [{ values: [], key: "", batch }];
  const columns = columnsOf(batch);
  const slots = partitionBy.map((name) => schema.fields.findIndex((field) => field.name === name));
  const readers = slots.map((slot) => {
    const field = schema.fields[slot];
    const column = columns[slot];
    assert(field !== undefined && column !== undefined, "every partition column is a column of the rows");
    return { column, read: cellReader(field.type, column) };
  });
  const groups = groupRows(
    readers.map(({ column }) => exact(column)),
    batch.numRows,
  );
  const rows = groups.count === 1 ? [undefined] : rowsOfGroups(groups);
  return rows.map((members, group) => {
    const first = groups.firstRow[group] ?? 0;
    const values = readers.map(({ read }) => copied(read(first)));
    return { values, key: partitionKey(values), batch: members === undefined ? batch : takeBatch(batch, members) };
  });
}

/** The same for two partitions exactly when their values are. */
export function partitionKey(values: readonly Value[]): string {
  return values.length === 0 ? "" : JSON.stringify(values.map(keyPart));
}

/** Floating values by their bits: grouping takes -0.0 for 0.0, but a partition value stands for every row of its files. */
function exact(column: Column): Column {
  if (!DataType.isFloat(column.type) || column.type.precision === Precision.HALF) return column;
  const { buffer, byteOffset } = column.values as Float32Array | Float64Array;
  const { offset, length, nullBitmap } = column;
  return column.type.precision === Precision.SINGLE
    ? makeData({ type: new Int32(), offset, length, nullBitmap, data: new Int32Array(buffer, byteOffset, length) })
    : makeData({ type: new Int64(), offset, length, nullBitmap, data: new BigInt64Array(buffer, byteOffset, length) });
}

/** Binary cells are views on the batch's memory; the values here outlive it. */
function copied(value: Value): Value {
  return value instanceof Uint8Array ? value.slice() : value;
}

function keyPart(value: Value): string | null {
  if (value === null) return null;
  if (value instanceof Uint8Array) return value.join(",");
  return Object.is(value, -0) ? "-0" : String(value);
}
