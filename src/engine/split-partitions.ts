import type { RecordBatch } from "apache-arrow";
import { assert } from "../base/assert.js";
import { columnsOf } from "../columnar/batch.js";
import { groupRows, rowsOfGroups } from "../columnar/group.js";
import { takeBatch } from "../columnar/take.js";
import { cellReader } from "../schema/cells.js";
import type { DataType, StructType } from "../schema/types.js";
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
    return { type: field.type, column, read: cellReader(field.type, column) };
  });
  const groups = groupRows(readers.map(({ column }) => column), batch.numRows);
  const rows = groups.count === 1 ? [undefined] : rowsOfGroups(groups);
  return rows.map((members, group) => {
    const first = groups.firstRow[group] ?? 0;
    const values = readers.map(({ read }) => copied(read(first)));
    const key = JSON.stringify(readers.map(({ type }, at) => keyPart(type, values[at] ?? null)));
    return { values, key, batch: members === undefined ? batch : takeBatch(batch, members) };
  });
}

/** Binary cells are views on the batch's memory; the values here outlive it. */
function copied(value: Value): Value {
  return value instanceof Uint8Array ? value.slice() : value;
}

function keyPart(type: DataType, value: Value): string | null {
  if (value === null) return null;
  if (value instanceof Uint8Array) return value.join(",");
  // Spark's equality, as in the grouping: -0.0 is 0.0.
  return type.kind === "float" || type.kind === "double" ? String(Number(value) + 0) : String(value);
}
