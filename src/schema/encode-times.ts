import type { Column } from "./column.js";
import { newColumn } from "./arrow-buffers.js";
import { toArrowType } from "./arrow-mapping.js";
import { cellError, collectNulls, isAbsent, mismatch, type CellList } from "./cell-list.js";
import { MAX_DAY, MAX_SECOND, MIN_DAY, MIN_SECOND, newTimestampScan, parseDate, scanTimestamp, type TimestampScan } from "./datetime.js";
import { storeMicros, wordsOf } from "./int64-words.js";
import { describeType } from "./type-text.js";

/** Dates from texts. */
export function encodeDates(list: CellList): Column {
  const { cells } = list;
  const values = new Int32Array(cells.length);
  const nulls = collectNulls(list);
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i];
    if (typeof cell === "string") {
      const day = parseDate(cell);
      if (day === undefined) throw notADate(list, i, cell);
      if (day < MIN_DAY || day > MAX_DAY) throw outOfYears(list, i);
      values[i] = day;
    } else if (isAbsent(cell)) nulls.add(i);
    else throw cell instanceof Date ? dateObject(list, i) : mismatch(list, i);
  }
  return newColumn(toArrowType(list.type), cells.length, nulls.valid(), { values });
}

function notADate(list: CellList, index: number, text: string): Error {
  const hasTime = /^\d{4}-\d{2}-\d{2}[T ]/.test(text);
  const problem = hasTime ? "is not a date: it has a time" : "is not a date of the calendar";
  return cellError(list, index, "schema/invalid-value", problem, 'Pass a text such as "2026-01-31"');
}

function dateObject(list: CellList, index: number): Error {
  const advice = "Pass its text, date.toISOString().slice(0, 10) if the day in UTC is meant";
  return cellError(list, index, "schema/type-mismatch", "is a moment, whose day depends on the zone, and the column is a date", advice);
}

function outOfYears(list: CellList, index: number): Error {
  return cellError(
    list,
    index,
    "schema/overflow",
    `is outside the years 1 to 9999 of ${describeType(list.type)}`,
    "Pass another value, or null",
  );
}

const MIN_MICROS = BigInt(MIN_SECOND) * 1_000_000n;
const MAX_MICROS = BigInt(MAX_SECOND) * 1_000_000n + 999_999n;

/** timestamp and timestamp_ntz from texts, `Date`s and bigints of µs. */
export function encodeTimestamps(list: CellList): Column {
  const { cells } = list;
  const values = new BigInt64Array(cells.length);
  const words = wordsOf(values);
  const nulls = collectNulls(list);
  const scan = newTimestampScan();
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i];
    if (typeof cell === "bigint") {
      if (cell < MIN_MICROS || cell > MAX_MICROS) throw outOfYears(list, i);
      values[i] = cell;
      continue;
    }
    if (isAbsent(cell)) {
      nulls.add(i);
      continue;
    }
    if (typeof cell === "string") scanText(list, i, cell, scan);
    else if (cell instanceof Date) scanDateObject(list, i, cell, scan);
    else throw notAMoment(list, i);
    if (scan.seconds < MIN_SECOND || scan.seconds > MAX_SECOND) throw outOfYears(list, i);
    storeMicros(words, i, scan.seconds, scan.micros);
  }
  return newColumn(toArrowType(list.type), cells.length, nulls.valid(), { values });
}

function scanText(list: CellList, index: number, text: string, scan: TimestampScan): void {
  const refuse = (problem: string, advice: string): never => {
    throw cellError(list, index, "schema/invalid-value", problem, advice);
  };
  const wantsZone = list.type.kind === "timestamp";
  if (!scanTimestamp(text, scan))
    refuse(`is not a moment of the calendar`, `Pass a text such as "2026-01-31T10:20:30.123456${wantsZone ? "Z" : ""}"`);
  if (scan.tooFine) refuse("is finer than a microsecond", "Cut the text to 6 digits after the second");
  if (wantsZone && !scan.hasZone)
    refuse(
      "has no zone, and a timestamp is a moment in UTC",
      'Add "Z" or an offset such as "+09:00", or make the column a timestamp_ntz',
    );
  if (!wantsZone && scan.hasZone)
    refuse("has a zone, and a timestamp_ntz has none", "Leave the zone out, or make the column a timestamp");
}

function scanDateObject(list: CellList, index: number, date: Date, scan: TimestampScan): void {
  const millis = date.getTime();
  if (Number.isNaN(millis)) throw cellError(list, index, "schema/invalid-value", "is no moment", "Pass a valid Date, or null");
  scan.seconds = Math.floor(millis / 1000);
  scan.micros = (millis - scan.seconds * 1000) * 1000;
}

function notAMoment(list: CellList, index: number): Error {
  if (typeof list.cells[index] !== "number") return mismatch(list, index);
  const advice = "Pass new Date(ms), BigInt(µs), or a text";
  return cellError(
    list,
    index,
    "schema/type-mismatch",
    `is a plain number, whose unit nobody knows, and the column is ${describeType(list.type)}`,
    advice,
  );
}
