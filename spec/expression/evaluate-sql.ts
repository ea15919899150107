import { constantColumn } from "../../src/columnar/build.js";
import type { Column } from "../../src/columnar/column.js";
import { concatColumns } from "../../src/columnar/concat.js";
import { bind, bindPredicate } from "../../src/expression/bind.js";
import { evaluate, selectRows, type EvaluationInput } from "../../src/expression/evaluate.js";
import { parseExpression } from "../../src/expression/parse.js";
import { tableScope } from "../../src/expression/scope.js";
import { cellReader } from "../../src/schema/cells.js";
import { parseSchemaText } from "../../src/schema/type-text.js";
import type { DataType, StructType } from "../../src/schema/types.js";
import type { Value } from "../../src/schema/value.js";

/** A column of these values. */
export function columnOf(type: DataType, values: readonly Value[]): Column {
  if (values.length === 0) return constantColumn(type, null, 0);
  return concatColumns(values.map((value) => constantColumn(type, value, 1)));
}

/** A small table to evaluate expressions on: a schema as text and rows of values, flat types only. */
export interface TestTable {
  readonly schema: StructType;
  readonly input: EvaluationInput;
}

export function testTable(schemaText: string, rows: readonly (readonly Value[])[]): TestTable {
  const schema = parseSchemaText(schemaText);
  const columns = schema.fields.map((field, index) =>
    columnOf(
      field.type,
      rows.map((row) => row[index] ?? null),
    ),
  );
  return { schema, input: { length: rows.length, column: (slot) => columns[slot] as Column, nowMicros: 1_700_000_000_123_456n } };
}

export const oneRow: TestTable = testTable("one int", [[1]]);

/** The values of an expression, row by row. */
export function valuesOf(sql: string, table: TestTable = oneRow): Value[] {
  const expression = bind(parseExpression(sql), tableScope(table.schema));
  const column = evaluate(expression, table.input);
  const read = cellReader(expression.type, column);
  return Array.from({ length: table.input.length }, (_, row) => read(row));
}

/** The one value of an expression without columns. */
export function valueOf(sql: string): Value {
  return valuesOf(sql)[0] ?? null;
}

export function rowsWhere(sql: string, table: TestTable): number[] {
  const rows = selectRows(bindPredicate(parseExpression(sql), tableScope(table.schema)), table.input);
  return rows === "all" ? Array.from({ length: table.input.length }, (_, row) => row) : [...rows];
}
