import { isNullAt } from "../../columnar/access.js";
import type { Column } from "../../columnar/column.js";
import { compareValid } from "../../columnar/compare.js";
import { newBits, type Bits } from "./bitmap.js";

/** Compares structs field by field and arrays element by element, nulls within them first. Null rows get any bit. */
export function compareNested(wanted: "equal" | "less", left: Column, right: Column): Bits {
  const order = compareValid(left, right);
  const out = newBits(left.length);
  for (let row = 0; row < left.length; row++) {
    if (isNullAt(left, row) || isNullAt(right, row)) continue;
    const sign = order(row, row);
    if (wanted === "equal" ? sign === 0 : sign < 0) out[row >> 3] = (out[row >> 3] as number) | (1 << (row & 7));
  }
  return out;
}
