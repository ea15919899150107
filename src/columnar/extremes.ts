import { nullMask } from "./access.js";
import type { Column } from "./column.js";
import { compareValid } from "./compare.js";

/** The rows of a least and a greatest value; `undefined` when every row is null. NaN is the greatest number. */
export function extremeRows(column: Column): { readonly min: number; readonly max: number } | undefined {
  const nulls = nullMask(column);
  const compare = compareValid(column, column);
  let min = -1;
  let max = -1;
  for (let row = 0; row < column.length; row++) {
    if (nulls !== undefined && nulls[row] === 1) continue;
    if (min < 0) min = max = row;
    else if (compare(row, max) > 0) max = row;
    else if (compare(row, min) < 0) min = row;
  }
  return min < 0 ? undefined : { min, max };
}
