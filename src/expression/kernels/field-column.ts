import { assert } from "../../base/assert.js";
import type { Column } from "../../columnar/column.js";
import { withValidity } from "../cast/nested.js";
import { andBits, validBits } from "./bitmap.js";

/** Field `name` of a struct column, null where the struct is. */
export function fieldColumn(column: Column, name: string): Column {
  const index = column.type.children.findIndex((field: { name: string }) => field.name === name);
  const child = column.children[index];
  assert(child !== undefined, `a struct column has its field ${name}`);
  const outer = validBits(column);
  if (outer === undefined) return child;
  const own = validBits(child);
  return withValidity(child, own === undefined ? outer : andBits(outer, own));
}
