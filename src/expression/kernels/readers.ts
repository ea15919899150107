import { bytesOf, offsetsOf } from "../../columnar/access.js";
import type { Column } from "../../columnar/column.js";
import { assert } from "../../base/assert.js";
import { wordsOf } from "../../schema/int64-words.js";
import type { Value } from "../../schema/value.js";
import { wordsOfBigInt } from "./int64.js";
import type { Operand } from "./operand.js";
import { valuesFor } from "./results.js";

/**
 * Operands as typed arrays for the inner loops. A scalar is an array of one value read with `step` 0, so that one loop
 * serves columns and scalars. A null scalar reads as 0 or "": its rows are null by the validity.
 */
export interface Strided<T> {
  readonly values: T;
  /** Entries from one row to the next; 0 for a scalar. */
  readonly step: number;
}

export type NumberArray = Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** byte, short, int, date, float, double. */
export function numbersOf(operand: Operand): Strided<NumberArray> {
  if (operand.kind === "vector") return { values: operand.column.values as NumberArray, step: 1 };
  // A scalar lies in an array of its column's kind: loops that see one kind of array are several times faster.
  const values = valuesFor(operand.type, 1) as NumberArray;
  values[0] = Number(operand.value ?? 0);
  return { values, step: 0 };
}

/** long, timestamp, timestamp_ntz as two words a value. */
export function longsOf(operand: Operand): Strided<Int32Array> {
  if (operand.kind === "vector") return { values: wordsOf(operand.column.values as BigInt64Array), step: 2 };
  return { values: wordsOfBigInt(bigintOf(operand.value)), step: 0 };
}

/** decimal as four words a value, least significant first. */
export function decimalWordsOf(operand: Operand): Strided<Int32Array> {
  if (operand.kind === "vector") return { values: wordsOf(operand.column.values as Uint32Array), step: 4 };
  const words = new Int32Array(4);
  storeDecimal(words, 0, bigintOf(operand.value));
  return { values: words, step: 0 };
}

export function storeDecimal(words: Int32Array, row: number, value: bigint): void {
  for (let i = 0; i < 4; i++) words[4 * row + i] = Number(BigInt.asIntN(32, value >> BigInt(32 * i)));
}

/** Bytes of strings and binaries: row `i` is `[offsets[i * step], offsets[i * step + 1])`. */
export interface StridedBytes {
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
  readonly step: number;
}

export function bytesOperand(operand: Operand): StridedBytes {
  if (operand.kind === "vector") return { bytes: bytesOf(operand.column), offsets: offsetsOf(operand.column), step: 1 };
  const { value } = operand;
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value instanceof Uint8Array ? value : new Uint8Array(0);
  return { bytes, offsets: Int32Array.of(0, bytes.length), step: 0 };
}

/** Reads texts. A column that is all ASCII is decoded in one piece, its texts are parts of that. */
export function textsOf(operand: Operand): (row: number) => string {
  if (operand.kind === "scalar") {
    const text = typeof operand.value === "string" ? operand.value : "";
    return () => text;
  }
  return columnTexts(operand.column);
}

export function columnTexts(column: Column): (row: number) => string {
  const offsets = offsetsOf(column);
  const bytes = bytesOf(column);
  const start = offsets[0] ?? 0;
  const end = offsets[column.length] ?? start;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (end - start < MAX_WHOLE_TEXT && isAscii(bytes, start, end)) {
    const whole = buffer.toString("latin1", start, end);
    return (row) => whole.slice((offsets[row] as number) - start, (offsets[row + 1] as number) - start);
  }
  return (row) => buffer.toString("utf8", offsets[row], offsets[row + 1]);
}

// Parts of a larger text would keep all of it in memory for as long as one part is held.
const MAX_WHOLE_TEXT = 1 << 26;

export function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let seen = 0;
  for (let i = start; i < end; i++) seen |= bytes[i] as number;
  return seen < 128;
}

function bigintOf(value: Value): bigint {
  if (value === null) return 0n;
  assert(typeof value === "bigint", "a scalar of a 64-bit or decimal type is a bigint");
  return value;
}

/** Reads numbers (byte, short, int, date, float, double) row by row. */
export function numberReader(operand: Operand): (row: number) => number {
  const { values, step } = numbersOf(operand);
  if (step === 0) {
    const value = values[0] as number;
    return () => value;
  }
  return (row) => values[row] as number;
}

/** Reads longs, timestamps row by row, as BigInt: not for hot loops. */
export function bigintReader(operand: Operand): (row: number) => bigint {
  const { values, step } = longsOf(operand);
  return (row) => (BigInt(values[row * step + 1] as number) << 32n) | BigInt((values[row * step] as number) >>> 0);
}
