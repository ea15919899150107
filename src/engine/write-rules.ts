import { Type, type RecordBatch } from "apache-arrow";
import { LakeError } from "../base/errors.js";
import { isNullAt, nullCountOf, offsetsOf } from "../columnar/access.js";
import { columnsOf } from "../columnar/batch.js";
import type { Column } from "../columnar/column.js";
import { bindPredicate } from "../expression/bind.js";
import { selectRows } from "../expression/evaluate.js";
import type { BoundExpression } from "../expression/expression.js";
import { referencedSlots } from "../expression/references.js";
import { tableScope } from "../expression/scope.js";
import { cellReader } from "../schema/cells.js";
import type { DataType, StructType } from "../schema/types.js";
import { formatValue } from "../schema/value-order.js";
import type { WriteRules } from "../table/write-plan.js";

/**
 * Checks that every row of `batch` (whose columns are `schema`) satisfies the rules.
 *
 * A check holds where its expression is true: null fails as false does (PROTOCOL.md "CHECK Constraints", "Column Invariants").
 *
 * @throws schema/not-null             a null where the table allows none: column and row
 * @throws delta/constraint-violated   a check that is not true: its name, its SQL and the values of a row
 */
export function enforceRules(rules: WriteRules, schema: StructType, batch: RecordBatch): void {
  if (batch.numRows === 0) return;
  const columns = columnsOf(batch);
  for (const path of rules.notNull) enforceNotNull(path, schema, columns);
  for (const check of boundChecks(rules, schema)) enforceCheck(check, schema, columns, batch.numRows);
}

const bound = new WeakMap<WriteRules, readonly Check[]>();

/**
 * The checks on the columns of `schema`; bound once for a plan.
 *
 * @throws delta/unsupported-feature  an expression that means nothing here: then no row can be written
 */
export function boundChecks(rules: WriteRules, schema: StructType): readonly Check[] {
  const known = bound.get(rules);
  if (known !== undefined) return known;
  const checks = rules.checks.map(({ name, sql, predicate }): Check => {
    try {
      return { name, sql, predicate: bindPredicate(predicate, tableScope(schema)) };
    } catch (error) {
      throw new LakeError(
        "delta/unsupported-feature",
        `The table has a constraint that this release of laketable cannot check, so it cannot write to the table: "${name}" (${sql}).`,
        { constraint: name, expression: sql },
        error,
      );
    }
  });
  bound.set(rules, checks);
  return checks;
}

function enforceNotNull(path: readonly string[], schema: StructType, columns: readonly Column[]): void {
  const slot = schema.fields.findIndex(({ name }) => name === path[0]);
  const column = columns[slot];
  if (column === undefined) return;
  const row = firstMissing(column, path.slice(1), () => true);
  if (row === undefined) return;
  const name = path.join(".");
  throw new LakeError(
    "schema/not-null",
    `Column "${name}" must not be null, but a row to be written has a null there. ` +
      "Nothing was committed; fill the column, or filter the row out.",
    { column: name },
  );
}

/** A row in which the field at the end of `path` is null though everything above it has a value. */
function firstMissing(column: Column, path: readonly string[], isPresent: (row: number) => boolean): number | undefined {
  const [next, ...rest] = path;
  if (next === undefined) {
    if (nullCountOf(column) === 0) return undefined;
    for (let row = 0; row < column.length; row++) if (isNullAt(column, row) && isPresent(row)) return row;
    return undefined;
  }
  const present = (row: number): boolean => isPresent(row) && !isNullAt(column, row);
  const [child] = column.children;
  switch (column.typeId) {
    case Type.Struct: {
      const named = column.children[column.type.children.findIndex(({ name }: { readonly name: string }) => name === next)];
      return named === undefined ? undefined : firstMissing(named, rest, present);
    }
    // A map's child is a struct of `key` and `value`, a list's the element itself.
    case Type.Map:
      return child === undefined ? undefined : firstMissing(child, path, owned(column, child.length, present));
    case Type.List:
      return child === undefined ? undefined : firstMissing(child, rest, owned(column, child.length, present));
    default:
      return undefined;
  }
}

/** Whether an element belongs to a row that is present. */
function owned(column: Column, elements: number, present: (row: number) => boolean): (element: number) => boolean {
  const offsets = offsetsOf(column);
  const owner = new Uint8Array(elements);
  for (let row = 0; row < column.length; row++) if (present(row)) owner.fill(1, offsets[row], offsets[row + 1]);
  return (element) => owner[element] === 1;
}

interface Check {
  readonly name: string;
  readonly sql: string;
  readonly predicate: BoundExpression;
}

function enforceCheck(check: Check, schema: StructType, columns: readonly Column[], length: number): void {
  const selected = selectRows(check.predicate, { length, column: (slot) => columns[slot] as Column });
  if (selected === "all" || selected.length === length) return;
  let row = 0;
  while (row < selected.length && selected[row] === row) row++;
  const values: Record<string, string> = {};
  for (const slot of referencedSlots(check.predicate)) {
    const field = schema.fields[slot];
    const column = columns[slot];
    if (field !== undefined && column !== undefined) values[field.name] = describeCell(field.type, column, row);
  }
  const described = Object.entries(values)
    .map(([name, value]) => `${name} = ${value}`)
    .join(", ");
  throw new LakeError(
    "delta/constraint-violated",
    `The constraint "${check.name}" (${check.sql}) is not true for a row to be written${described === "" ? "" : `: ${described}`}. ` +
      "Nothing was committed; correct the row, or filter it out.",
    { constraint: check.name, expression: check.sql, values, failed: length - selected.length },
  );
}

function describeCell(type: DataType, column: Column, row: number): string {
  if (isNullAt(column, row)) return "null";
  if (type.kind === "struct" || type.kind === "array" || type.kind === "map" || type.kind === "variant") return `(${type.kind})`;
  const value = cellReader(type, column)(row);
  return value === null ? "null" : formatValue(type, value);
}
