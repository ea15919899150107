import { formatDate } from "../../schema/datetime.js";
import { daysOf } from "./calendar.js";

/** What a text says about a point in time. */
export interface ParsedTimestamp {
  readonly days: number;
  /** Since midnight in UTC; outside one day when the zone moves it there. */
  readonly micros: number;
  /** Since midnight of the clock that the text shows. */
  readonly localMicros: number;
  readonly zoned: boolean;
}

const DATE = /^([+-]?\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?$/s;
const TIMESTAMP = /^(\d{4,6})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?)?)?\s*(.*))?)?)?$/s;
const OFFSET = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2})(?::?(\d{2}))?)?$/;

/**
 * Days of a date text as Spark casts it: `2024`, `2024-1`, `2024-01-31`, anything after a blank or `T` ignored.
 * `undefined`: not a date, or not within the years 1 to 9999.
 */
export function parseDateText(text: string): number | undefined {
  const parts = DATE.exec(trimWhitespace(text));
  if (parts === null) return undefined;
  return daysOf(Number(parts[1]), Number(parts[2] ?? 1), Number(parts[3] ?? 1));
}

/** A timestamp text as Spark casts it: a date text, then the time, up to 6 digits of fraction kept, then `Z`, `UTC` or an offset. */
export function parseTimestampText(text: string): ParsedTimestamp | undefined {
  const parts = TIMESTAMP.exec(trimWhitespace(text));
  if (parts === null) return undefined;
  const days = daysOf(Number(parts[1]), Number(parts[2] ?? 1), Number(parts[3] ?? 1));
  const [hour, minute, second] = [Number(parts[4] ?? 0), Number(parts[5] ?? 0), Number(parts[6] ?? 0)];
  if (days === undefined || hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = Number((parts[7] ?? "").slice(0, 6).padEnd(6, "0"));
  const local = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction;
  const zone = parts[8] ?? "";
  if (zone === "") return { days, micros: local, localMicros: local, zoned: false };
  // A zone needs a time before it: "2024-01-01 Z" is no timestamp.
  const offset = parts[4] === undefined ? undefined : parseOffset(zone);
  if (offset === undefined) return undefined;
  return { days, micros: local - offset * 1_000_000, localMicros: local, zoned: true };
}

/** Seconds east of UTC; `undefined` for what is no offset, names of regions included. */
function parseOffset(zone: string): number | undefined {
  if (zone === "Z" || zone === "UTC" || zone === "GMT" || zone === "UT") return 0;
  const parts = OFFSET.exec(zone);
  if (parts === null) return undefined;
  const seconds = Number(parts[2]) * 3600 + Number(parts[3] ?? 0) * 60 + Number(parts[4] ?? 0);
  if (seconds > 18 * 3600 || Number(parts[3] ?? 0) > 59 || Number(parts[4] ?? 0) > 59) return undefined;
  return parts[1] === "-" ? -seconds : seconds;
}

/** `12:30:05` with up to 6 digits of fraction, trailing zeros dropped. */
export function formatTimeText(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const text = `${pad2(Math.floor(seconds / 3600))}:${pad2(Math.floor(seconds / 60) % 60)}:${pad2(seconds % 60)}`;
  const fraction = micros - seconds * 1_000_000;
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(6, "0").replace(/0+$/, "")}`;
}

/** A timestamp as Spark casts it to a string (session time zone UTC): `2024-01-31 12:30:05.5`. */
export function formatTimestampText(days: number, micros: number): string {
  return `${formatDate(days)} ${formatTimeText(micros)}`;
}

function pad2(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** Spark trims blanks and ISO control characters around the texts it casts. */
export function trimWhitespace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isTrimmed(text.charCodeAt(start))) start++;
  while (end > start && isTrimmed(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function isTrimmed(code: number): boolean {
  return code <= 0x20 || (code >= 0x7f && code <= 0x9f);
}
