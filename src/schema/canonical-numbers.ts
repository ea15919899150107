import type { Column } from "./column.js";
import { LakeError } from "../base/errors.js";
import { isValidAt, newColumn, validBitsOf, viewAs } from "./arrow-buffers.js";
import { ArrowDateUnit, ArrowTimeUnit } from "./arrow-ids.js";
import type { ArrowDataLike } from "./arrow-shape.js";
import { toArrowType } from "./arrow-mapping.js";
import { fitsPrecision, formatDecimal } from "./decimal-text.js";
import { fitsSafeInteger, storeMicros, wordsOf, wordsToNumber } from "./int64-words.js";
import type { DataType, DecimalType } from "./types.js";

/** Conversions of fixed-width Arrow columns of any width and unit to the one that our mapping has. `column` names it in messages. */

export function canonicalInteger(data: ArrowDataLike, type: DataType, column: string): Column {
  const { bitWidth, isSigned } = data.type;
  const valid = validBitsOf(data);
  const finish = (values: ArrayBufferView): Column => newColumn(toArrowType(type), data.length, valid, { values });
  const what = `column "${column}"`;
  if (isSigned !== false) {
    if (bitWidth === 8) return finish(viewAs(data.values, Int8Array, data.length, what));
    if (bitWidth === 16) return finish(viewAs(data.values, Int16Array, data.length, what));
    if (bitWidth === 32) return finish(viewAs(data.values, Int32Array, data.length, what));
    return finish(viewAs(data.values, BigInt64Array, data.length, what));
  }
  if (bitWidth === 8) return finish(Int16Array.from(viewAs(data.values, Uint8Array, data.length, what)));
  if (bitWidth === 16) return finish(Int32Array.from(viewAs(data.values, Uint16Array, data.length, what)));
  if (bitWidth === 32) {
    const source = viewAs(data.values, Int32Array, data.length, what);
    const words = new Int32Array(data.length * 2);
    for (let row = 0; row < data.length; row += 1) words[2 * row] = source[row] ?? 0;
    return finish(new BigInt64Array(words.buffer));
  }
  // uint64 → decimal(20,0): the upper 64 bits are 0.
  const source = wordsOf(viewAs(data.values, BigUint64Array, data.length, what));
  const words = new Uint32Array(data.length * 4);
  for (let row = 0; row < data.length; row += 1) {
    words[4 * row] = source[2 * row] ?? 0;
    words[4 * row + 1] = source[2 * row + 1] ?? 0;
  }
  return finish(words);
}

export function canonicalFloat(data: ArrowDataLike, type: DataType, column: string): Column {
  const what = `column "${column}"`;
  const valid = validBitsOf(data);
  if (data.type.precision === 0) {
    const halves = viewAs(data.values, Uint16Array, data.length, what);
    const values = new Float32Array(data.length);
    for (let row = 0; row < data.length; row += 1) values[row] = floatOfHalf(halves[row] ?? 0);
    return newColumn(toArrowType(type), data.length, valid, { values });
  }
  const values =
    data.type.precision === 1
      ? viewAs(data.values, Float32Array, data.length, what)
      : viewAs(data.values, Float64Array, data.length, what);
  return newColumn(toArrowType(type), data.length, valid, { values });
}

/** The number that the 16 bits of an IEEE 754 half stand for. */
function floatOfHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Decimals of 32, 64, 128 and 256 bits. */
export function canonicalDecimal(data: ArrowDataLike, type: DecimalType, column: string): Column {
  const wordsPerValue = (data.type.bitWidth ?? 128) >> 5;
  const source = viewAs(data.values, Uint32Array, data.length * wordsPerValue, `column "${column}"`);
  const valid = validBitsOf(data);
  if (wordsPerValue === 4) return newColumn(toArrowType(type), data.length, valid, { values: source });
  const words = new Int32Array(source.buffer, source.byteOffset, source.length);
  const values = new Int32Array(data.length * 4);
  for (let row = 0; row < data.length; row += 1) {
    const from = row * wordsPerValue;
    const sign = (words[from + Math.min(wordsPerValue, 4) - 1] ?? 0) >> 31;
    for (let i = 0; i < 4; i += 1) values[4 * row + i] = i < wordsPerValue ? (words[from + i] ?? 0) : sign;
    if (wordsPerValue > 4 && isValidAt(valid, row)) assertFitsDecimal(words, from, wordsPerValue, type, { column, row });
  }
  return newColumn(toArrowType(type), data.length, valid, { values: new Uint32Array(values.buffer) });
}

function assertFitsDecimal(
  words: Int32Array,
  from: number,
  count: number,
  type: DecimalType,
  place: { column: string; row: number },
): void {
  let value = 0n;
  for (let i = count - 1; i >= 0; i -= 1) value = (value << 32n) | BigInt((words[from + i] ?? 0) >>> 0);
  value = BigInt.asIntN(count * 32, value);
  if (fitsPrecision(value, type.precision)) return;
  const { column, row } = place;
  throw overflow(column, row, formatDecimal(value, type.scale), `decimal(${type.precision},${type.scale})`);
}

/** Days, or milliseconds of whole days. */
export function canonicalDate(data: ArrowDataLike, type: DataType, column: string): Column {
  const valid = validBitsOf(data);
  if (data.type.unit === ArrowDateUnit.Day) {
    return newColumn(toArrowType(type), data.length, valid, {
      values: viewAs(data.values, Int32Array, data.length, `column "${column}"`),
    });
  }
  const millis = viewAs(data.values, BigInt64Array, data.length, `column "${column}"`);
  const values = new Int32Array(data.length);
  for (let row = 0; row < data.length; row += 1) {
    if (!isValidAt(valid, row)) continue;
    const days = Number(millis[row] ?? 0n) / 86_400_000;
    if (!Number.isInteger(days)) {
      throw new LakeError(
        "schema/invalid-value",
        `Row ${row}, column "${column}": the Arrow date64 value ${millis[row]} is not a whole day, and a date has no time of day. ` +
          `Make the column a timestamp, or cut the time off.`,
        { column, row, value: String(millis[row]) },
      );
    }
    if (days > 0x7fffffff || days < -0x80000000) throw overflow(column, row, String(millis[row]), "date");
    values[row] = days;
  }
  return newColumn(toArrowType(type), data.length, valid, { values });
}

/** Seconds, ms, µs or ns since the epoch, as µs; ns are rounded down. */
export function canonicalTimestamp(data: ArrowDataLike, type: DataType, column: string): Column {
  const valid = validBitsOf(data);
  const source = viewAs(data.values, BigInt64Array, data.length, `column "${column}"`);
  const finish = (values: BigInt64Array): Column => newColumn(toArrowType(type), data.length, valid, { values });
  switch (data.type.unit) {
    case ArrowTimeUnit.Microsecond:
      return finish(source);
    case ArrowTimeUnit.Nanosecond:
      return finish(microsOfNanos(source));
    default: {
      const perSecond = data.type.unit === ArrowTimeUnit.Second ? 1 : 1000;
      const words = wordsOf(source);
      const values = new BigInt64Array(data.length);
      const target = wordsOf(values);
      for (let row = 0; row < data.length; row += 1) {
        const [low, high] = [words[2 * row] ?? 0, words[2 * row + 1] ?? 0];
        const ticks = wordsToNumber(low, high);
        const seconds = Math.floor(ticks / perSecond);
        if (fitsSafeInteger(low, high) && Math.abs(seconds) < MAX_SECONDS) {
          storeMicros(target, row, seconds, (ticks - seconds * perSecond) * (1_000_000 / perSecond));
        } else if (isValidAt(valid, row)) {
          throw overflow(column, row, `${source[row]} ${perSecond === 1 ? "s" : "ms"}`, type.kind);
        }
      }
      return finish(values);
    }
  }
}

// 2^63 µs, in the year 294247.
const MAX_SECONDS = 9_223_372_036_854;

function microsOfNanos(source: BigInt64Array): BigInt64Array {
  const words = wordsOf(source);
  const values = new BigInt64Array(source.length);
  const target = wordsOf(values);
  for (let row = 0; row < source.length; row += 1) {
    const high = words[2 * row + 1] ?? 0;
    const quotient = Math.floor(high / 1000);
    const rest = (high - quotient * 1000) * 4294967296 + ((words[2 * row] ?? 0) >>> 0);
    target[2 * row] = Math.floor(rest / 1000);
    target[2 * row + 1] = quotient;
  }
  return values;
}

function overflow(column: string, row: number, value: string, type: string): LakeError {
  return new LakeError(
    "schema/overflow",
    `Row ${row}, column "${column}": ${value} does not fit a ${type}. Leave the row out, or cast the column to a type that holds it.`,
    { column, row, value, type },
  );
}
