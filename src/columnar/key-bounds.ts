import { cellReader } from "../schema/cells.js";
import type { DataType } from "../schema/types.js";
import { compareValues } from "../schema/value-order.js";
import type { Value } from "../schema/value.js";
import { toArrowType } from "../schema/arrow-mapping.js";
import type { Column } from "./column.js";
import { extremeRows } from "./extremes.js";
import { createKeyEncoder } from "./key-encoder.js";
import { sliceColumn } from "./slice.js";
import { createWordTable } from "./word-table.js";

/** What is known of the values of one key column. */
export interface KeyBounds {
  readonly type: DataType;
  /** Absent when there is no value but null. NaN is greater than every number. */
  readonly min: Value | undefined;
  readonly max: Value | undefined;
  readonly hasNull: boolean;
  /** The distinct values, null left out, when they are few; ascending. */
  readonly distinct: readonly Value[] | undefined;
}

/** Collects the bounds of one key column from batch to batch. */
export interface KeyBoundsCollector {
  add(column: Column): void;
  bounds(): KeyBounds;
}

/** As many distinct values as make a list worth more than a range when files are pruned. */
export const DISTINCT_VALUES_MAX = 64;

const ROWS_PER_STEP = 1024;

export function collectKeyBounds(type: DataType): KeyBoundsCollector {
  const distinct = collectDistinct(type);
  let min: Value | undefined;
  let max: Value | undefined;
  let hasNull = false;
  return {
    add: (column) => {
      hasNull ||= column.nullCount > 0;
      distinct.add(column);
      const rows = extremeRows(column);
      if (rows === undefined) return;
      const read = cellReader(type, column);
      const low = owned(read(rows.min));
      const high = owned(read(rows.max));
      if (min === undefined || compareValues(type, low, min) < 0) min = low;
      if (max === undefined || compareValues(type, high, max) > 0) max = high;
    },
    bounds: () => ({ type, min, max, hasNull, distinct: distinct.values() }),
  };
}

function collectDistinct(type: DataType): { add(column: Column): void; values(): readonly Value[] | undefined } {
  const encoder = createKeyEncoder([{ type: toArrowType(type), nullSafe: false }]);
  const table = createWordTable(encoder.width);
  let values: Value[] | undefined = [];
  const addStep = (column: Column, known: Value[]): void => {
    const { words, skip } = encoder.encode([column], column.length);
    const entries = table.insert(words, column.length, skip);
    const read = cellReader(type, column);
    for (let row = 0; row < entries.length && known.length < table.size; row++)
      if (entries[row] === known.length) known.push(owned(read(row)));
  };
  return {
    add: (column) => {
      for (let start = 0; start < column.length && values !== undefined; start += ROWS_PER_STEP) {
        addStep(sliceColumn(column, start, Math.min(start + ROWS_PER_STEP, column.length)), values);
        if (values.length > DISTINCT_VALUES_MAX) values = undefined;
      }
    },
    values: () => values?.toSorted((a, b) => compareValues(type, a, b)),
  };
}

/** Bytes are read as a view on the column's memory; what is kept is a copy. */
function owned(value: Value): Value {
  return value instanceof Uint8Array ? value.slice() : value;
}
