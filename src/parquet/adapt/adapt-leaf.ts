import { Data } from "apache-arrow";
import { assert } from "../../base/assert.js";
import { LakeError } from "../../base/errors.js";
import { isNullAt, nullCountOf } from "../../columnar/access.js";
import type { Column } from "../../columnar/column.js";
import { storeMicros, wordsOf } from "../../schema/int64-words.js";
import { formatType } from "../../schema/type-text.js";
import type { AdaptContext } from "./adapt-context.js";
import { rebaseDays, rebaseMicros } from "../metadata/calendar.js";
import { unsupportedFile } from "../corrupt.js";
import { convertDecimal } from "./adapt-decimal.js";
import { holdsDays, type IntegerLayout, type LeafConversion } from "../metadata/leaf-conversion.js";
import type { ProjectedLeaf } from "./projection.js";
import type { Refuse } from "../refuse.js";

const TWO_32 = 4294967296;

/**
 * A leaf's values as the wanted type, dates and timestamps in the proleptic Gregorian calendar.
 *
 * The values of null rows mean nothing and are no reason to refuse: twelve zero bytes are an INT96 of 4713 BC.
 */
export function convertLeaf(column: Column, projection: ProjectedLeaf, context: AdaptContext): Column {
  const { type, arrowType, conversion } = projection;
  const { dates, timestamps, int96 } = context.calendar;
  if (holdsDays(projection)) {
    const rebased = rebaseDays(
      column,
      dates,
      refuserOf(column, () => oldCalendar(context)),
    );
    return convertValues(rebased === column.values ? column : withValues(column, column.type, rebased), projection, context);
  }
  const converted = convertValues(column, projection, context);
  if (type.kind === "timestamp") {
    const calendar = conversion.kind === "int96" ? int96 : timestamps;
    const rebased = rebaseMicros(
      converted,
      calendar,
      refuserOf(column, () => oldCalendar(context)),
    );
    return rebased === converted.values ? converted : withValues(converted, arrowType, rebased);
  }
  return converted;
}

function refuserOf(column: Column, error: () => LakeError): Refuse {
  return (row) => {
    if (!isNullAt(column, row)) throw error();
  };
}

function oldCalendar({ path, column }: AdaptContext): LakeError {
  return unsupportedFile(
    path,
    `Spark wrote its column ${column} in the Julian calendar or an unknown time zone, and some values are so old that this matters`,
    "Rewrite the file with Spark 3 or later, which has settings to say what they mean (spark.sql.parquet.datetimeRebaseModeInRead).",
    { column },
  );
}

function convertValues(column: Column, projection: ProjectedLeaf, context: AdaptContext): Column {
  const { conversion, arrowType } = projection;
  const refuse = refuserOf(column, () => overflow(projection, context));
  const fixed = (values: ArrayBufferView): Column => withValues(column, arrowType, values);
  switch (conversion.kind) {
    case "relabel":
      return withValues(column, arrowType, column.values as ArrayBufferView);
    case "integer":
      return fixed(convertInteger(column.values as Int32Array | BigInt64Array, conversion, column.length, refuse));
    case "integer-to-double":
      return fixed(integersToDoubles(column.values as Int32Array, conversion.isSigned, column.length));
    case "float-to-double":
      return fixed(Float64Array.from((column.values as Float32Array).subarray(0, column.length)));
    case "half-to-float":
      return fixed(halvesToFloats(column.values as Uint8Array, column.length, conversion.to));
    case "decimal":
      return fixed(convertDecimal(column, conversion, refuse));
    case "scale-time":
      return fixed(scaleTime(column, conversion.from, refuse));
    case "int96":
      return fixed(int96ToMicros(column.values as Uint8Array, column.length, refuse));
    case "fixed-to-bytes":
      return fixedToBytes(column, arrowType, conversion.size);
  }
}

function overflow({ type }: ProjectedLeaf, { path, column }: AdaptContext): LakeError {
  return new LakeError(
    "schema/overflow",
    `${path} has values in its column ${column} that ${formatType(type)} cannot hold. Widen the column's type, or rewrite the file.`,
    { path, column, type: formatType(type) },
  );
}

function withValues(column: Column, type: Column["type"], values: ArrayBufferView): Column {
  const buffers: unknown = [column.valueOffsets, values, column.nullBitmap];
  return new Data(type, column.offset, column.length, nullCountOf(column), buffers as Partial<Column["buffers"]>);
}

type IntegerConversion = Extract<LeafConversion, { readonly kind: "integer" }>;

function convertInteger(
  values: Int32Array | BigInt64Array,
  { from, to }: IntegerConversion,
  length: number,
  refuse: Refuse,
): ArrayBufferView {
  if (to === 64) return toInt64(values, from, length, refuse);
  assert(values instanceof Int32Array, "only 32-bit integers are narrowed");
  if (to === 32) {
    // Unsigned values: those of the upper half look negative.
    for (let row = 0; row < length; row++) if ((values[row] as number) < 0) refuse(row);
    return values;
  }
  const result = to === 8 ? new Int8Array(length) : new Int16Array(length);
  let differs = 0;
  for (let row = 0; row < length; row++) {
    const value = values[row] as number;
    result[row] = value;
    differs |= value ^ (result[row] as number);
  }
  if (differs !== 0) for (let row = 0; row < length; row++) if (result[row] !== values[row]) refuse(row);
  return result;
}

function toInt64(values: Int32Array | BigInt64Array, from: IntegerLayout, length: number, refuse: Refuse): BigInt64Array {
  if (!(values instanceof Int32Array)) {
    const words = wordsOf(values);
    for (let row = 0; row < length; row++) if ((words[2 * row + 1] as number) < 0) refuse(row);
    return values;
  }
  const result = new BigInt64Array(length);
  const words = wordsOf(result);
  for (let row = 0; row < length; row++) {
    const value = values[row] as number;
    words[2 * row] = value;
    words[2 * row + 1] = from.isSigned ? value >> 31 : 0;
  }
  return result;
}

function integersToDoubles(values: Int32Array, isSigned: boolean, length: number): Float64Array {
  const result = new Float64Array(length);
  for (let row = 0; row < length; row++) result[row] = isSigned ? (values[row] as number) : (values[row] as number) >>> 0;
  return result;
}

/** IEEE 754 half precision, little-endian. */
function halvesToFloats(bytes: Uint8Array, length: number, to: "float" | "double"): Float32Array | Float64Array {
  const result = to === "float" ? new Float32Array(length) : new Float64Array(length);
  for (let row = 0; row < length; row++) {
    const bits = (bytes[2 * row] as number) | ((bytes[2 * row + 1] as number) << 8);
    const magnitude = halfMagnitude((bits >> 10) & 31, bits & 1023);
    result[row] = bits >> 15 === 0 ? magnitude : -magnitude;
  }
  return result;
}

function halfMagnitude(exponent: number, fraction: number): number {
  if (exponent === 31) return fraction === 0 ? Infinity : NaN;
  return exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function scaleTime(column: Column, from: "millis" | "nanos" | "days", refuse: Refuse): BigInt64Array {
  const { length } = column;
  const result = new BigInt64Array(length);
  const to = wordsOf(result);
  if (from === "days") {
    const days = column.values as Int32Array;
    // 10^8 days are some 270,000 years: beyond them µs leave 64 bits.
    for (let row = 0; row < length; row++) {
      const day = days[row] as number;
      if (day > 1e8 || day < -1e8) refuse(row);
      else storeMicros(to, row, day * 86400, 0);
    }
    return result;
  }
  const words = wordsOf(column.values as BigInt64Array);
  for (let row = 0; row < length; row++) {
    const low = (words[2 * row] as number) >>> 0;
    const high = words[2 * row + 1] as number;
    if (from === "millis") {
      const scaled = low * 1000;
      const carry = Math.floor(scaled / TWO_32);
      const scaledHigh = high * 1000 + carry;
      if (scaledHigh !== (scaledHigh | 0)) refuse(row);
      to[2 * row] = scaled;
      to[2 * row + 1] = scaledHigh;
    } else {
      // Rounded down, as Spark does: a nanosecond before the epoch is in the microsecond before it.
      const quotient = Math.floor(high / 1000);
      to[2 * row] = Math.floor(((high - quotient * 1000) * TWO_32 + low) / 1000);
      to[2 * row + 1] = quotient;
    }
  }
  return result;
}

/** 1970-01-01 as a Julian day number. */
const JULIAN_EPOCH_DAY = 2440588;
/** µs of a day = 20 · 2^32 + this. */
const DAY_MICROS_LOW = 500654080;

/** Each value is eight bytes of nanoseconds within the day, then four bytes of Julian day number. */
function int96ToMicros(bytes: Uint8Array, length: number, refuse: Refuse): BigInt64Array {
  const result = new BigInt64Array(length);
  const to = wordsOf(result);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let row = 0; row < length; row++) {
    const at = 12 * row;
    const nanos = view.getInt32(at + 4, true) * TWO_32 + view.getUint32(at, true);
    const days = view.getInt32(at + 8, true) - JULIAN_EPOCH_DAY;
    // Within these the products are exact as doubles; 10^7 days are some 27,000 years.
    if (days > 1e7 || days < -1e7 || nanos > 2 ** 53 || nanos < -(2 ** 53)) {
      refuse(row);
      continue;
    }
    const dayLow = days * DAY_MICROS_LOW;
    const carry = Math.floor(dayLow / TWO_32);
    const low = dayLow - carry * TWO_32 + Math.floor(nanos / 1000);
    const lowCarry = Math.floor(low / TWO_32);
    to[2 * row] = low;
    to[2 * row + 1] = days * 20 + carry + lowCarry;
  }
  return result;
}

function fixedToBytes(column: Column, type: Column["type"], size: number): Column {
  const { length } = column;
  const offsets = new Int32Array(length + 1);
  for (let row = 1; row <= length; row++) offsets[row] = row * size;
  const buffers: unknown = [offsets, column.values, column.nullBitmap];
  return new Data(type, column.offset, length, nullCountOf(column), buffers as Partial<Column["buffers"]>);
}
