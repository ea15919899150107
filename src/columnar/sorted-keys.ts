import { cellReader } from "../schema/cells.js";
import type { DataType } from "../schema/types.js";
import { compareValues } from "../schema/value-order.js";
import type { Value } from "../schema/value.js";
import { nullCountOf } from "./access.js";
import type { Column } from "./column.js";
import { concatColumns } from "./concat.js";
import { sortRows } from "./sort.js";

/** Values in their order, to ask whether any lies in a range. */
export interface SortedKeys {
  /** Whether a value v has min ≤ v ≤ max, in Spark's order. Nulls lie in no range. */
  hasBetween(min: Value, max: Value): boolean;
}

/** The values of all columns, which are of the Arrow mapping of `type`. */
export function sortKeys(type: DataType, columns: readonly Column[]): SortedKeys {
  if (columns.length === 0) return { hasBetween: () => false };
  const column = concatColumns(columns);
  const order = sortRows([{ column, nullsFirst: false }], column.length);
  const count = column.length - nullCountOf(column);
  const read = cellReader(type, column);
  const valueAt = (position: number): Value => read(order[position] as number);
  return {
    hasBetween: (min, max) => {
      let low = 0;
      let high = count;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (compareValues(type, valueAt(middle), min) < 0) low = middle + 1;
        else high = middle;
      }
      return low < count && compareValues(type, valueAt(low), max) <= 0;
    },
  };
}
