import { civilOfDay, dayOfCivil, daysInMonth } from "./civil-day.js";
import { fractionOfMicros, secondsOfMicros } from "./int64-words.js";

export { MAX_DAY, MIN_DAY, civilOfDay, dayOfCivil, daysInMonth, isLeapYear, type CivilDate } from "./civil-day.js";

/**
 * Dates and times as text: ISO 8601, proleptic Gregorian, exact to the µs, no `Date` involved.
 *
 * Years from 0001 to 9999 have four digits; others a sign and at least five, as in Spark and ISO 8601.
 */

export const SECONDS_PER_DAY = 86400;
/** 0001-01-01T00:00:00 and 9999-12-31T23:59:59 in seconds since the epoch: the range of timestamps in a row. */
export const MIN_SECOND = -62135596800;
export const MAX_SECOND = 253402300799;

/** What a text says, filled in by `scanTimestamp`. A record of the caller's, so that hot loops allocate nothing. */
export interface TimestampScan {
  /** Whole seconds since the epoch; of the local clock when there is no zone. */
  seconds: number;
  /** 0 to 999999. */
  micros: number;
  /** Whether the text named a zone: `Z` or an offset, which `seconds` has taken into account. */
  hasZone: boolean;
  /** Whether there was a time after the date. */
  hasTime: boolean;
  /** Whether there were digits other than 0 finer than a µs. */
  tooFine: boolean;
}

export function newTimestampScan(): TimestampScan {
  return { seconds: 0, micros: 0, hasZone: false, hasTime: false, tooFine: false };
}

/** The day of `2026-01-31`; `undefined` when the text is something else or no day of the calendar. */
export function parseDate(text: string): number | undefined {
  const end = dateEnd(text);
  return end !== text.length ? undefined : scanDay(text, end);
}

/**
 * Reads `2026-01-31`, `2026-01-31T10:20`, `2026-01-31 10:20:30.123456789+09:00`, … into `scan`.
 *
 * Date and time are separated by `T` or one space; the zone is `Z`, `+hh`, `+hhmm`, `+hh:mm` or `+hh:mm:ss`, up to 18 hours.
 * @returns false when the text is something else or no moment of the calendar
 */
export function scanTimestamp(text: string, scan: TimestampScan): boolean {
  const dayEnd = dateEnd(text);
  const day = dayEnd < 0 ? undefined : scanDay(text, dayEnd);
  if (day === undefined) return false;
  scan.seconds = day * SECONDS_PER_DAY;
  scan.micros = 0;
  scan.hasZone = false;
  scan.tooFine = false;
  scan.hasTime = dayEnd < text.length;
  return !scan.hasTime || scanTime(text, dayEnd, scan);
}

/** The µs of a text with a zone; `undefined` when it is something else, has no zone, or is finer than a µs. */
export function parseTimestamp(text: string): bigint | undefined {
  const scan = newTimestampScan();
  if (!scanTimestamp(text, scan) || !scan.hasZone || scan.tooFine) return undefined;
  return microsOfScan(scan);
}

/** The µs of a text without a zone; `undefined` when it is something else, has a zone, or is finer than a µs. */
export function parseTimestampNtz(text: string): bigint | undefined {
  const scan = newTimestampScan();
  if (!scanTimestamp(text, scan) || scan.hasZone || scan.tooFine) return undefined;
  return microsOfScan(scan);
}

export function microsOfScan(scan: TimestampScan): bigint {
  return BigInt(scan.seconds) * 1_000_000n + BigInt(scan.micros);
}

/** `2026-01-31` */
export function formatDate(days: number): string {
  const { year, month, day } = civilOfDay(days);
  return `${formatYear(year)}-${pad2(month)}-${pad2(day)}`;
}

/** `2026-01-31T10:20:30.123456Z` */
export function formatTimestamp(micros: bigint): string {
  return `${formatTimestampNtz(micros)}Z`;
}

/** `2026-01-31T10:20:30.123456` */
export function formatTimestampNtz(micros: bigint): string {
  const low = Number(BigInt.asIntN(32, micros));
  const high = Number(micros >> 32n);
  return formatSeconds(secondsOfMicros(low, high), fractionOfMicros(low, high));
}

/** The text of a moment given as whole seconds and µs within the second, without a zone. */
export function formatSeconds(seconds: number, micros: number): string {
  const day = Math.floor(seconds / SECONDS_PER_DAY);
  return formatDate(day) + formatTimeOfDay(seconds - day * SECONDS_PER_DAY, micros);
}

/**
 * As `formatSeconds`, for many moments one after the other: the text up to the minute is made once for moments in a row that share
 * it, and the rest is joined from few pieces, since each join costs more than looking a piece up.
 */
export function createMomentFormatter(suffix: "Z" | ""): (seconds: number, micros: number) => string {
  const lastThree = suffix === "" ? threeDigits : threeDigitsZ;
  let lastMinute = NaN;
  let prefix = "";
  return (seconds, micros) => {
    const minute = Math.floor(seconds / 60);
    if (minute !== lastMinute) {
      lastMinute = minute;
      const day = Math.floor(minute / 1440);
      prefix = formatDate(day) + formatHourAndMinute(minute - day * 1440);
    }
    const milli = Math.floor(micros / 1000);
    return prefix + ((secondsPoint[seconds - minute * 60] ?? "") + pad3(milli) + (lastThree[micros - milli * 1000] ?? ""));
  };
}

/** `T10:20:30.123456` */
function formatTimeOfDay(second: number, micros: number): string {
  const minute = Math.floor(second / 60);
  const milli = Math.floor(micros / 1000);
  return `${formatHourAndMinute(minute)}${pad2(second - minute * 60)}.${pad3(milli)}${pad3(micros - milli * 1000)}`;
}

/** `T10:20:` */
function formatHourAndMinute(minuteOfDay: number): string {
  const hour = Math.floor(minuteOfDay / 60);
  return `T${pad2(hour)}:${pad2(minuteOfDay - hour * 60)}:`;
}

const twoDigits: readonly string[] = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, "0"));
const threeDigits: readonly string[] = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, "0"));
const threeDigitsZ: readonly string[] = threeDigits.map((digits) => `${digits}Z`);
const secondsPoint: readonly string[] = twoDigits.slice(0, 60).map((digits) => `${digits}.`);

function pad2(n: number): string {
  return twoDigits[n] ?? "";
}

function pad3(n: number): string {
  return threeDigits[n] ?? "";
}

function formatYear(year: number): string {
  if (year >= 0 && year <= 9999) return pad2(Math.floor(year / 100)) + pad2(year % 100);
  return `${year < 0 ? "-" : "+"}${String(Math.abs(year)).padStart(5, "0")}`;
}

const DASH = 45;
const COLON = 58;
const PLUS = 43;

/** Where the date that the text begins with ends, or -1. The year has 4 digits, or a sign and 5 to 6. */
function dateEnd(text: string): number {
  const first = text.charCodeAt(0);
  let dash = 4;
  if (first === DASH || first === PLUS) {
    dash = text.indexOf("-", 1);
    if (dash < 6 || dash > 7) return -1;
  }
  const wellFormed = text.charCodeAt(dash) === DASH && text.charCodeAt(dash + 3) === DASH && text.length >= dash + 6;
  return wellFormed ? dash + 6 : -1;
}

function scanDay(text: string, end: number): number | undefined {
  const signed = end > 10;
  const year = readDigits(text, signed ? 1 : 0, end - 6);
  const month = readDigits(text, end - 5, end - 3);
  const day = readDigits(text, end - 2, end);
  if (year < 0 || month < 1 || month > 12 || day < 1) return undefined;
  const signedYear = signed && text.charCodeAt(0) === DASH ? -year : year;
  return day > daysInMonth(signedYear, month) ? undefined : dayOfCivil(signedYear, month, day);
}

/** The number that the digits in [start, end) are; -1 when one is no digit. */
function readDigits(text: string, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Reads what follows the date: `T10:20:30.123456Z`. */
function scanTime(text: string, start: number, scan: TimestampScan): boolean {
  const separator = text.charCodeAt(start);
  if (separator !== 84 && separator !== 116 && separator !== 32) return false;
  const hour = readDigits(text, start + 1, start + 3);
  const minute = readDigits(text, start + 4, start + 6);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || text.charCodeAt(start + 3) !== COLON) return false;
  let at = start + 6;
  let second = 0;
  if (text.charCodeAt(at) === COLON) {
    second = readDigits(text, at + 1, at + 3);
    if (second < 0 || second > 59) return false;
    at += 3;
    if (text.charCodeAt(at) === 46) {
      at = scanFraction(text, at + 1, scan);
      if (at < 0) return false;
    }
  }
  scan.seconds += hour * 3600 + minute * 60 + second;
  return at === text.length || scanZone(text, at, scan);
}

/** Reads up to 9 digits of a second's fraction; where they end, or -1. */
function scanFraction(text: string, start: number, scan: TimestampScan): number {
  let at = start;
  let micros = 0;
  for (; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    if (at - start < 6) micros = micros * 10 + digit;
    else if (digit !== 0) scan.tooFine = true;
  }
  const count = at - start;
  if (count === 0 || count > 9) return -1;
  for (let i = count; i < 6; i += 1) micros *= 10;
  scan.micros = micros;
  return at;
}

const MAX_OFFSET = 18 * 3600;

function scanZone(text: string, start: number, scan: TimestampScan): boolean {
  scan.hasZone = true;
  const sign = text.charCodeAt(start);
  if (sign === 90 || sign === 122) return start + 1 === text.length;
  if (sign !== PLUS && sign !== DASH) return false;
  const hour = readDigits(text, start + 1, start + 3);
  let minute = 0;
  let second = 0;
  let at = start + 3;
  if (text.length < at) return false;
  if (at < text.length) {
    const colon = text.charCodeAt(at) === COLON ? 1 : 0;
    minute = readDigits(text, at + colon, at + colon + 2);
    at += colon + 2;
    if (colon === 1 && text.charCodeAt(at) === COLON) {
      second = readDigits(text, at + 1, at + 3);
      at += 3;
    }
  }
  const offset = hour * 3600 + minute * 60 + second;
  if (at !== text.length || hour < 0 || minute < 0 || minute > 59 || second < 0 || second > 59 || offset > MAX_OFFSET) return false;
  scan.seconds -= sign === PLUS ? offset : -offset;
  return true;
}
