import { isNullAt, offsetsOf } from "../columnar/access.js";
import type { Column } from "../columnar/column.js";
import { assert } from "../base/assert.js";
import { cellReader } from "../schema/cells.js";
import type { DataType } from "../schema/types.js";

/**
 * Reads rows of a checkpoint column as the JSON that a commit would hold: for the few actions that are no files. Whole numbers
 * are numbers while a double holds them, else bigints; null fields are left in as null.
 */
export function jsonReader(type: DataType, column: Column): (row: number) => unknown {
  switch (type.kind) {
    case "struct": {
      const fields = type.fields.map((field, at) => [field.name, jsonReader(field.type, childAt(column, at))] as const);
      return (row) => (isNullAt(column, row) ? null : Object.fromEntries(fields.map(([name, read]) => [name, read(row)])));
    }
    case "array": {
      const element = jsonReader(type.element, childAt(column, 0));
      return (row) => (isNullAt(column, row) ? null : spanOf(column, row, element));
    }
    case "map": {
      const entries = childAt(column, 0);
      const key = jsonReader(type.key, childAt(entries, 0));
      const value = jsonReader(type.value, childAt(entries, 1));
      const entry = (at: number): [string, unknown] => [String(key(at)), value(at)];
      return (row) => (isNullAt(column, row) ? null : Object.fromEntries(spanOf(column, row, entry)));
    }
    default: {
      const read = cellReader(type, column);
      return (row) => {
        const value = read(row);
        return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
      };
    }
  }
}

export function childAt(column: Column, at: number): Column {
  const child = column.children[at];
  assert(child !== undefined, `a nested column has a child ${at}`);
  return child;
}

function spanOf<T>(column: Column, row: number, read: (at: number) => T): T[] {
  const offsets = offsetsOf(column);
  const items: T[] = [];
  for (let at = offsets[row] ?? 0; at < (offsets[row + 1] ?? 0); at++) items.push(read(at));
  return items;
}
