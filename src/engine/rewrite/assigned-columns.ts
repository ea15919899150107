import { nullMask } from "../../columnar/access.js";
import { structColumn } from "../../columnar/build.js";
import type { Column } from "../../columnar/column.js";
import { take } from "../../columnar/take.js";
import { assert } from "../../base/assert.js";
import { castColumn } from "../../expression/cast.js";
import { evaluate, type EvaluationInput } from "../../expression/evaluate.js";
import type { DataType, StructType } from "../../schema/types.js";
import { typesEqual } from "../../schema/data-types.js";
import { formatPath } from "../../schema/field-names.js";
import { storeValues } from "../store-value.js";
import type { Assignment } from "./assignment.js";

/** Some rows as the assignments find them. */
export interface RowsToAssign {
  /** What the values are computed from. */
  readonly input: EvaluationInput;
  /** The present value of a column of the table, for the fields of a struct that are not assigned. */
  readonly current: (slot: number) => Column;
}

/**
 * The assigned columns of the table, by slot; every other column stays as it is. Values are computed for these rows only, all from
 * the rows as they were, and stored by Spark's ANSI store assignment: what does not fit the column's type fails.
 */
export function assignedColumns(assignments: readonly Assignment[], schema: StructType, rows: RowsToAssign): ReadonlyMap<number, Column> {
  const columns = new Map<number, Column>();
  for (const { slot, path, type, value } of assignments) {
    const field = schema.fields[slot];
    assert(field !== undefined, "an assigned column is in the schema");
    const stored = storeValues(evaluate(value, rows.input), value.type, { name: formatPath([field.name, ...path]), type });
    columns.set(slot, path.length === 0 ? stored : withField(columns.get(slot) ?? rows.current(slot), field.type, path, stored));
  }
  return columns;
}

/** Values in the type of the column that takes them; structs go field by field by name, and fields that are missing are null. */
export function storeColumn(column: Column, from: DataType, to: DataType): Column {
  return typesEqual(from, to, { nullability: "ignore" }) ? column : castColumn(column, from, to, { onError: "fail", structs: "name" });
}

/** The struct column with one nested field replaced. A struct that was null gets the field, and its other fields are null (as in Spark). */
function withField(column: Column, type: DataType, path: readonly string[], value: Column): Column {
  const [name, ...below] = path;
  if (name === undefined) return value;
  assert(type.kind === "struct", "only structs have fields to assign");
  const missing = nullMask(column);
  const children = type.fields.map((field, index) => {
    const child = column.children[index];
    assert(child !== undefined, "a struct has a column for each field");
    const visible = missing === undefined ? child : hideRows(child, missing);
    return field.name === name ? withField(visible, field.type, below, value) : visible;
  });
  return structColumn(column.type, children, column.length);
}

/** What lies below a null struct is undefined; here it becomes null. */
function hideRows(column: Column, hidden: Uint8Array): Column {
  return take(
    column,
    Int32Array.from({ length: hidden.length }, (_, row) => (hidden[row] === 1 ? -1 : row)),
  );
}
