/**
 * 64-bit integers as pairs of 32-bit words (beside schema/int64-words): `words[2 * i]` low, `words[2 * i + 1]` high,
 * so that the loops over longs and timestamps make no BigInt.
 */
export type Words = Int32Array;

/** Numbers whose high word lies in ±2^20 are at most 2^52: a double holds them, their sums and their differences exactly. */
const SMALL_HIGH = 1 << 20;

/** Whether the value is small enough for a double to be exact, with room for one addition. */
export function isSmall(high: number): boolean {
  return high >= -SMALL_HIGH && high < SMALL_HIGH;
}

export function toBigInt(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

/** Stores the low 64 bits. */
export function storeBigInt(words: Words, row: number, value: bigint): void {
  words[2 * row] = Number(BigInt.asIntN(32, value));
  words[2 * row + 1] = Number(BigInt.asIntN(32, value >> 32n));
}

/** The two words of one value. */
export function wordsOfBigInt(value: bigint): Words {
  const words = new Int32Array(2);
  storeBigInt(words, 0, value);
  return words;
}

export const INT64_MIN = -(2n ** 63n);
export const INT64_MAX = 2n ** 63n - 1n;

export function fitsInt64(value: bigint): boolean {
  return value >= INT64_MIN && value <= INT64_MAX;
}

export const MICROS_PER_DAY = 86_400_000_000;
// One day is 10546875 * 2^13 µs: the factor 2^13 goes into the low word, the rest of the arithmetic stays below 2^53.
const UNITS_PER_DAY = MICROS_PER_DAY / 8192;

/** Days since the epoch of a timestamp in µs, rounded down. */
export function daysOfMicros(low: number, high: number): number {
  return Math.floor((high * 524288 + (low >>> 13)) / UNITS_PER_DAY);
}

/** Microseconds since midnight of a timestamp in µs, given its `daysOfMicros`. */
export function microsOfDay(low: number, high: number, days: number): number {
  return (high * 524288 + (low >>> 13) - days * UNITS_PER_DAY) * 8192 + (low & 8191);
}

/** Stores `days` and `micros` (any safe number, a negative one too) as one timestamp in µs. */
export function storeDaysAndMicros(words: Words, row: number, days: number, micros: number): void {
  const units = Math.floor(micros / 8192);
  const total = days * UNITS_PER_DAY + units;
  const high = Math.floor(total / 524288);
  words[2 * row] = (total - high * 524288) * 8192 + (micros - units * 8192);
  words[2 * row + 1] = high;
}

/** One timestamp in µs of days and microseconds. */
export function microsFrom(days: number, micros: number): bigint {
  return BigInt(days) * BigInt(MICROS_PER_DAY) + BigInt(micros);
}

/** Splits one timestamp in µs. */
export function splitMicros(value: bigint): { days: number; micros: number } {
  const [low = 0, high = 0] = wordsOfBigInt(value);
  const days = daysOfMicros(low, high);
  return { days, micros: microsOfDay(low, high, days) };
}
