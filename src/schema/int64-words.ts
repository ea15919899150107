/**
 * 64-bit integers as two 32-bit words, so that hot loops need no BigInt.
 *
 * In memory a 64-bit value is its low word followed by its high word: Arrow is little-endian, as is every machine Node runs on.
 */

const TWO_32 = 4294967296;

/** The words of 64-bit values (or of decimals) in place: entries 2i and 2i+1 are the low and high word of value i. */
export function wordsOf(values: BigInt64Array | BigUint64Array | Uint32Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.byteLength >> 2);
}

/** The value as a double; exact where `fitsSafeInteger`. */
export function wordsToNumber(low: number, high: number): number {
  return high * TWO_32 + (low >>> 0);
}

/** Whether the value is a safe integer of JavaScript: its absolute value is below 2^53. */
export function fitsSafeInteger(low: number, high: number): boolean {
  return high >= -0x200000 && high < 0x200000 && !(high === -0x200000 && low === 0);
}

/** The high word of a safe integer; its low word is `value | 0` after `value - high * 2^32`, which storing into an Int32Array does. */
export function highWord(value: number): number {
  return Math.floor(value / TWO_32);
}

/** Stores the safe integer `value` as entry `index`. */
export function storeSafeInteger(words: Int32Array, index: number, value: number): void {
  const high = Math.floor(value / TWO_32);
  words[2 * index] = value - high * TWO_32;
  words[2 * index + 1] = high;
}

const MICROS_PER_SECOND = 1_000_000;

/** ⌊value / 10^6⌋, exact: the whole seconds of a time in µs. */
export function secondsOfMicros(low: number, high: number): number {
  const quotient = Math.floor(high / MICROS_PER_SECOND);
  const rest = (high - quotient * MICROS_PER_SECOND) * TWO_32 + (low >>> 0);
  return quotient * TWO_32 + Math.floor(rest / MICROS_PER_SECOND);
}

/** value - 10^6 · ⌊value / 10^6⌋, from 0 to 999999: the µs within the second. */
export function fractionOfMicros(low: number, high: number): number {
  const quotient = Math.floor(high / MICROS_PER_SECOND);
  const rest = (high - quotient * MICROS_PER_SECOND) * TWO_32 + (low >>> 0);
  return rest - Math.floor(rest / MICROS_PER_SECOND) * MICROS_PER_SECOND;
}

/** Stores seconds · 10^6 + micros, which has to fit 64 bits, as entry `index`. */
export function storeMicros(words: Int32Array, index: number, seconds: number, micros: number): void {
  // seconds = upper · 2^20 + lower keeps every product below 2^53.
  const upper = Math.floor(seconds / 1048576);
  const lower = seconds - upper * 1048576;
  const scaled = upper * MICROS_PER_SECOND;
  const scaledHigh = Math.floor(scaled / 4096);
  const low = (scaled - scaledHigh * 4096) * 1048576 + lower * MICROS_PER_SECOND + micros;
  const carry = Math.floor(low / TWO_32);
  words[2 * index] = low - carry * TWO_32;
  words[2 * index + 1] = scaledHigh + carry;
}
