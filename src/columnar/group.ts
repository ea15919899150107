import { nullCountOf } from "./access.js";
import type { Column } from "./column.js";
import { createKeyEncoder } from "./key-encoder.js";
import { createWordTable } from "./word-table.js";

export interface Groups {
  /** The group of each row: 0, 1, 2, … in the order of their first rows. */
  readonly groupOf: Int32Array;
  /** The first row of each group. */
  readonly firstRow: Int32Array;
  readonly count: number;
}

/** Groups rows that are equal in all columns (Spark's equality, and nulls are equal). No columns: one group. */
export function groupRows(columns: readonly Column[], length: number): Groups {
  const encoder = createKeyEncoder(columns.map((column) => ({ type: column.type, nullSafe: nullCountOf(column) > 0 })));
  const { words } = encoder.encode(columns, length);
  const table = createWordTable(encoder.width);
  const groupOf = table.insert(words, length, undefined);
  const firstRow = new Int32Array(table.size);
  for (let row = length - 1; row >= 0; row--) firstRow[groupOf[row] as number] = row;
  return { groupOf, firstRow, count: table.size };
}

/** The rows of each group, ascending. */
export function rowsOfGroups({ groupOf, count }: Groups): readonly Int32Array[] {
  const sizes = new Int32Array(count);
  for (let row = 0; row < groupOf.length; row++) sizes[groupOf[row] as number] = (sizes[groupOf[row] as number] as number) + 1;
  const rows = Array.from(sizes, (size) => new Int32Array(size));
  const filled = new Int32Array(count);
  for (let row = 0; row < groupOf.length; row++) {
    const group = groupOf[row] as number;
    (rows[group] as Int32Array)[filled[group] as number] = row;
    filled[group] = (filled[group] as number) + 1;
  }
  return rows;
}
