import { Type } from "apache-arrow";
import { boolAt, fixedView, layoutOf, nullMask } from "./access.js";
import type { Column } from "./column.js";
import { compareValid } from "./compare.js";

export interface SortKey {
  readonly column: Column;
  readonly descending?: boolean | undefined;
  /** Default: first when ascending, last when descending, as in Spark. */
  readonly nullsFirst?: boolean | undefined;
}

/**
 * The rows in the order of the keys, the first key the most important; equal rows stay in their order.
 * Numbers, dates and times are sorted by radix, other types by comparison; Spark's order (see `compareColumns`).
 */
export function sortRows(keys: readonly SortKey[], length: number): Int32Array {
  let order: Int32Array = Int32Array.from({ length }, (_, row) => row);
  // Stable passes from the least important key to the most important one.
  for (const key of keys.toReversed()) order = sortBy(key, order);
  return order;
}

function sortBy(key: SortKey, order: Int32Array): Int32Array {
  const { column, descending = false, nullsFirst = !descending } = key;
  const nulls = nullMask(column);
  if (nulls === undefined) return sortValid(column, descending, order);
  const withNull = order.filter((row) => nulls[row] === 1);
  const sorted = sortValid(
    column,
    descending,
    order.filter((row) => nulls[row] !== 1),
  );
  const out = new Int32Array(order.length);
  out.set(nullsFirst ? withNull : sorted);
  out.set(nullsFirst ? sorted : withNull, nullsFirst ? withNull.length : sorted.length);
  return out;
}

function sortValid(column: Column, descending: boolean, order: Int32Array): Int32Array {
  const digits = sortableWords(column, descending);
  if (digits !== undefined) return digits.reduce(radixPasses, order);
  const compare = compareValid(column, column);
  return Int32Array.from(order).sort(descending ? (a, b) => compare(b, a) : compare);
}

/**
 * Words whose unsigned order, the first word the least significant, is the order of the values; `undefined` for types without
 * such words. Turning every bit around makes it descending and keeps it stable.
 */
function sortableWords(column: Column, descending: boolean): Uint32Array[] | undefined {
  const layout = layoutOf(column.type);
  if (layout !== "fixed" && layout !== "bool") return undefined;
  const words = layout === "bool" ? [boolDigits(column)] : column.typeId === Type.Float ? floatDigits(column) : integerDigits(column);
  if (descending) for (const digits of words) for (let row = 0; row < digits.length; row++) digits[row] = ~(digits[row] as number);
  return words;
}

function boolDigits(column: Column): Uint32Array {
  return Uint32Array.from({ length: column.length }, (_, row) => Number(boolAt(column, row)));
}

function integerDigits(column: Column): Uint32Array[] {
  const { units, perValue } = fixedView(column);
  if (!(units instanceof Int32Array))
    return [Uint32Array.from((column.values as Int16Array).subarray(0, column.length), (value) => value + 0x8000)];
  return Array.from({ length: perValue }, (_, word) => {
    const sign = word === perValue - 1 ? 0x80000000 : 0;
    const digits = new Uint32Array(column.length);
    for (let row = 0; row < digits.length; row++) digits[row] = (units[row * perValue + word] as number) ^ sign;
    return digits;
  });
}

/** IEEE bits of a negative number are turned around, of a positive one get the sign bit: then they order as unsigned numbers. */
function floatDigits(column: Column): Uint32Array[] {
  const values = Float64Array.from((column.values as Float64Array).subarray(0, column.length));
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    if (value === 0) values[row] = 0;
    else if (value !== value) values[row] = NaN;
  }
  const words = new Uint32Array(values.buffer);
  const low = new Uint32Array(values.length);
  const high = new Uint32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const top = words[2 * row + 1] as number;
    // The sign of a NaN is the machine's choice, and NaN is the greatest.
    const isNaN = values[row] !== values[row];
    const negative = !isNaN && top >>> 31 === 1;
    low[row] = negative ? ~(words[2 * row] as number) : (words[2 * row] as number);
    high[row] = isNaN ? 0xffffffff : negative ? ~top : top ^ 0x80000000;
  }
  return [low, high];
}

const DIGIT_BITS = 11;
const DIGIT_COUNT = 1 << DIGIT_BITS;

function radixPasses(order: Int32Array, digits: Uint32Array): Int32Array {
  let from = order;
  let to: Int32Array = new Int32Array(order.length);
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    const starts = new Int32Array(DIGIT_COUNT + 1);
    for (let i = 0; i < from.length; i++) {
      const digit = ((digits[from[i] as number] as number) >>> shift) & (DIGIT_COUNT - 1);
      starts[digit + 1] = (starts[digit + 1] as number) + 1;
    }
    // A digit that all rows share needs no pass.
    if (starts.includes(from.length)) continue;
    for (let digit = 0; digit < DIGIT_COUNT; digit++) starts[digit + 1] = (starts[digit + 1] as number) + (starts[digit] as number);
    for (let i = 0; i < from.length; i++) {
      const row = from[i] as number;
      const digit = ((digits[row] as number) >>> shift) & (DIGIT_COUNT - 1);
      const at = starts[digit] as number;
      to[at] = row;
      starts[digit] = at + 1;
    }
    [from, to] = [to, from === order ? new Int32Array(order.length) : from];
  }
  return from;
}
