import { Type, type DataType } from "apache-arrow";
import { assert, unreachable } from "../base/assert.js";
import { boolAt, fixedView, layoutOf, nullMask, unitsOf } from "./access.js";
import type { Column } from "./column.js";

/**
 * Keys as 32-bit words: two values of a column are equal, as Spark compares them (NaN = NaN, -0.0 = 0.0), exactly when their
 * words are. Nulls have zero words; who cares about them looks at the null mask.
 */

/** Words for one value of this type. Strings and binaries take one: their number in a dictionary. */
export function wordsPerKey(type: DataType): number {
  switch (layoutOf(type)) {
    case "null":
    case "bool":
    case "bytes":
      return 1;
    case "fixed":
      return type.typeId === Type.Decimal ? 4 : bitsOf(type) === 64 ? 2 : 1;
    case "list":
    case "struct":
      assert(false, `keys of type ${String(type)} are refused when the condition is bound`);
  }
}

function bitsOf(type: DataType): number {
  const constructor = type.ArrayType as unknown as { readonly BYTES_PER_ELEMENT: number };
  return constructor.BYTES_PER_ELEMENT * 8;
}

/** The words of a fixed-width or boolean column, `wordsPerKey` for each row. May be a view on the column itself: not to be changed. */
export function columnWords(column: Column): Int32Array {
  const layout = layoutOf(column.type);
  switch (layout) {
    case "null":
      return new Int32Array(column.length);
    case "bool":
      return boolWords(column);
    case "fixed":
      return zeroedAtNulls(column, fixedWords(column));
    case "bytes":
    case "list":
    case "struct":
      return assert(false, `a column of ${String(column.type)} has no words of its own`) as never;
    default:
      return unreachable(layout);
  }
}

function boolWords(column: Column): Int32Array {
  const words = new Int32Array(column.length);
  const nulls = nullMask(column);
  for (let row = 0; row < words.length; row++) words[row] = nulls?.[row] !== 1 && boolAt(column, row) ? 1 : 0;
  return words;
}

function fixedWords(column: Column): Int32Array {
  if (column.typeId === Type.Float) return floatWords(column);
  const { units, perValue } = fixedView(column);
  if (units instanceof Int32Array) return units.subarray(0, column.length * perValue);
  return Int32Array.from((column.values as Int8Array | Int16Array).subarray(0, column.length));
}

function floatWords(column: Column): Int32Array {
  const values = (column.values as Float32Array | Float64Array).slice(0, column.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    // One bit pattern for each of NaN and zero.
    if (value === 0) values[row] = 0;
    else if (value !== value) values[row] = NaN;
  }
  return unitsOf(values, values.BYTES_PER_ELEMENT).units as Int32Array;
}

function zeroedAtNulls(column: Column, words: Int32Array): Int32Array {
  const mask = nullMask(column);
  if (mask === undefined) return words;
  const width = words.length / column.length;
  const zeroed = words.slice();
  for (let row = 0; row < mask.length; row++) if (mask[row] === 1) zeroed.fill(0, row * width, (row + 1) * width);
  return zeroed;
}
