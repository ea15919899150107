import { assert } from "../base/assert.js";
import type { Column } from "./column.js";
import { wordsOf } from "./int64-words.js";
import type { DataType } from "./types.js";
import type { Value } from "./value.js";

/** Reads the cell of a row of the column it was made for. */
export type CellReader<T> = (row: number) => T;

/**
 * Reads the values of a column of a flat type (no struct, array, map, variant), `null` for null.
 *
 * The column has the type's Arrow mapping (`toArrowType`). Every value is exact: see `Value` for what each type gives. Binary
 * values are views on the column's memory. The reader is made once per column and chosen by type, not per cell.
 */
export function cellReader(type: DataType, column: Column): CellReader<Value> {
  if (type.kind === "void") return () => null;
  const read = valueReader(type, column);
  const isValid = validReader(column);
  return isValid === undefined ? read : (row) => (isValid(row) ? read(row) : null);
}

/** Whether a row of the column holds a value; `undefined` when all do. */
export function validReader(column: Column): CellReader<boolean> | undefined {
  const { nullBitmap, offset } = column;
  if (nullBitmap === undefined || nullBitmap === null || nullBitmap.byteLength === 0 || column.nullCount === 0) return undefined;
  return (row) => {
    const bit = offset + row;
    return (((nullBitmap[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1;
  };
}

/** As `cellReader`, for rows that are known to hold a value. */
export function valueReader(type: DataType, column: Column): CellReader<Exclude<Value, null>> {
  switch (type.kind) {
    case "byte":
    case "short":
    case "int":
    case "float":
    case "double":
    case "date":
      return numberReader(column);
    case "long":
    case "timestamp":
    case "timestamp_ntz":
      return longReader(column);
    case "decimal":
      return decimalReader(column);
    case "string":
      return stringReader(column);
    case "binary":
      return binaryReader(column);
    case "boolean":
      return booleanReader(column);
    default:
      return assertFlat(type);
  }
}

function assertFlat(type: DataType): never {
  assert(false, `a cell reader was asked for a ${type.kind}, which has no flat value`);
}

/** byte, short, int, float, double, date (days). */
export function numberReader(column: Column): CellReader<number> {
  const values: Int8Array | Int16Array | Int32Array | Float32Array | Float64Array = column.values;
  // One closure per kind of array keeps each access monomorphic.
  if (values instanceof Int32Array) return (row) => values[row] ?? 0;
  if (values instanceof Float64Array) return (row) => values[row] ?? 0;
  if (values instanceof Float32Array) return (row) => values[row] ?? 0;
  if (values instanceof Int16Array) return (row) => values[row] ?? 0;
  return (row) => values[row] ?? 0;
}

/** long, timestamp and timestamp_ntz (µs). */
export function longReader(column: Column): CellReader<bigint> {
  const values: BigInt64Array = column.values;
  return (row) => values[row] ?? 0n;
}

/** The unscaled value. */
export function decimalReader(column: Column): CellReader<bigint> {
  const words = wordsOf(column.values);
  return (row) => decimalOfWords(words, row * 4);
}

/** The 128-bit two's complement number of four words, lowest first. */
export function decimalOfWords(words: Int32Array, at: number): bigint {
  const first = words[at] ?? 0;
  const second = words[at + 1] ?? 0;
  const third = words[at + 2] ?? 0;
  const fourth = words[at + 3] ?? 0;
  const sign = second >> 31;
  const low = (BigInt(second) << 32n) | BigInt(first >>> 0);
  if (third === sign && fourth === sign) {
    const fitsDouble = second >= -0x200000 && second < 0x200000;
    return fitsDouble ? BigInt(second * 4294967296 + (first >>> 0)) : low;
  }
  return (((BigInt(fourth) << 32n) | BigInt(third >>> 0)) << 64n) | BigInt.asUintN(64, low);
}

export function booleanReader(column: Column): CellReader<boolean> {
  const bits: Uint8Array = column.values;
  const { offset } = column;
  return (row) => {
    const bit = offset + row;
    return (((bits[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1;
  };
}

/** Bytes that are no UTF-8 read as U+FFFD. */
export function stringReader(column: Column): CellReader<string> {
  const offsets: Int32Array = column.valueOffsets;
  const bytes: Uint8Array = column.values;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (row) => {
    const start = offsets[row] ?? 0;
    const end = offsets[row + 1] ?? 0;
    return start === end ? "" : (shortAscii(bytes, start, end) ?? text.toString("utf8", start, end));
  };
}

// Up to this many bytes, joining characters in JavaScript is faster than a call into the decoder of the runtime.
const SHORT = 6;

function shortAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > SHORT) return undefined;
  let result = "";
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte > 127) return undefined;
    result += String.fromCharCode(byte);
  }
  return result;
}

/** Views on the column's memory: valid as long as the batch, and not to be written to. */
export function binaryReader(column: Column): CellReader<Uint8Array> {
  const offsets: Int32Array = column.valueOffsets;
  const bytes: Uint8Array = column.values;
  return (row) => bytes.subarray(offsets[row] ?? 0, offsets[row + 1] ?? 0);
}
