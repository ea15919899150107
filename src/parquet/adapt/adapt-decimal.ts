import { assert } from "../../base/assert.js";
import { bytesOf, offsetsOf } from "../../columnar/access.js";
import type { Column } from "../../columnar/column.js";
import { decimalOfWords } from "../../schema/cells.js";
import { wordsOf } from "../../schema/int64-words.js";
import type { Refuse } from "../refuse.js";
import type { DecimalConversion, DecimalLayout } from "../metadata/leaf-conversion.js";

/** Decimals of any layout as 128-bit words (Arrow's Decimal), little-endian, scaled up to the wanted scale. */
export function convertDecimal(column: Column, conversion: DecimalConversion, refuse: Refuse): Uint32Array {
  const words = unscaledWords(column, conversion.from, refuse);
  const { scaleUp, precision, isChecked } = conversion;
  if (isChecked) checkMagnitude(column.length, words, 10n ** BigInt(Math.max(0, precision - scaleUp)), refuse);
  return scaleUp === 0 ? words : scaled(words, scaleUp);
}

function unscaledWords(column: Column, from: DecimalLayout, refuse: Refuse): Uint32Array {
  const { length } = column;
  switch (from) {
    case "int32":
    case "uint32":
      return widenInt32(column.values as Int32Array, from === "int32", length);
    case "int64":
    case "uint64":
      return widenInt64(wordsOf(column.values as BigInt64Array), from === "int64", length);
    case "decimal128": {
      const values = column.values as Uint32Array;
      assert(values.length >= 4 * length, "the codec decodes fixed-length decimals as 128-bit words");
      return values;
    }
    case "fixed": {
      const bytes = bytesOf(column);
      const size = length === 0 ? 0 : bytes.length / length;
      return fromBigEndian(bytes, length, (row) => row * size, refuse);
    }
    case "bytes": {
      const offsets = offsetsOf(column);
      return fromBigEndian(bytesOf(column), length, (row) => offsets[row] as number, refuse);
    }
  }
}

function widenInt32(values: Int32Array, isSigned: boolean, length: number): Uint32Array {
  const result = new Uint32Array(4 * length);
  for (let row = 0; row < length; row++) {
    const value = values[row] as number;
    result[4 * row] = value;
    if (value < 0 && isSigned) result.fill(0xffffffff, 4 * row + 1, 4 * row + 4);
  }
  return result;
}

function widenInt64(words: Int32Array, isSigned: boolean, length: number): Uint32Array {
  const result = new Uint32Array(4 * length);
  for (let row = 0; row < length; row++) {
    const high = words[2 * row + 1] as number;
    result[4 * row] = words[2 * row] as number;
    result[4 * row + 1] = high;
    if (high < 0 && isSigned) {
      result[4 * row + 2] = 0xffffffff;
      result[4 * row + 3] = 0xffffffff;
    }
  }
  return result;
}

/** Two's complement, big-endian, of any length: what is longer than 16 bytes may only repeat the sign. */
function fromBigEndian(bytes: Uint8Array, length: number, startOf: (row: number) => number, refuse: Refuse): Uint32Array {
  const result = new Uint32Array(4 * length);
  const target = new Uint8Array(result.buffer);
  for (let row = 0; row < length; row++) {
    const start = startOf(row);
    const end = startOf(row + 1);
    const sign = end > start && (bytes[start] as number) > 127 ? 255 : 0;
    const kept = Math.max(start, end - 16);
    for (let at = start; at < kept; at++) if (bytes[at] !== sign) refuse(row);
    if (kept > start && ((bytes[kept] as number) > 127 ? 255 : 0) !== sign) refuse(row);
    let to = 16 * row;
    for (let at = end - 1; at >= kept; at--) target[to++] = bytes[at] as number;
    if (sign !== 0) target.fill(255, to, 16 * (row + 1));
  }
  return result;
}

function checkMagnitude(length: number, words: Uint32Array, limit: bigint, refuse: Refuse): void {
  const signed = wordsOf(words);
  for (let row = 0; row < length; row++) {
    const value = decimalOfWords(signed, 4 * row);
    if (value >= limit || value <= -limit) refuse(row);
  }
}

/** A factor below 2^21 keeps the product with a 32-bit word exact as a double. */
const STEP_DIGITS = 6;

/** Times 10^digits, modulo 2^128: right for either sign as long as the result fits. */
function scaled(words: Uint32Array, digits: number): Uint32Array {
  const result = words.slice();
  for (let left = digits; left > 0; left -= STEP_DIGITS) {
    const factor = 10 ** Math.min(left, STEP_DIGITS);
    for (let at = 0; at < result.length; at += 4) {
      let carry = 0;
      for (let limb = at; limb < at + 4; limb++) {
        const product = (result[limb] as number) * factor + carry;
        result[limb] = product;
        carry = Math.floor(product / 4294967296);
      }
    }
  }
  return result;
}
