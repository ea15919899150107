import type { Column } from "../../columnar/column.js";
import { dayOfCivil } from "../../schema/civil-day.js";
import { fractionOfMicros, secondsOfMicros, storeMicros, wordsOf } from "../../schema/int64-words.js";
import type { Refuse } from "../refuse.js";
import type { FileMetadata } from "./file-metadata.js";

/**
 * Which calendar days and timestamps of a file were counted in. Spark before 3.0 used the Julian calendar for what lies
 * before 1582-10-15, and kept doing so under its legacy settings; everybody else is proleptic Gregorian throughout.
 *
 * `unsure`: a file of Spark that does not say. Spark itself refuses old values of such files unless it is told what they are.
 *
 * @see Spark's DataSourceUtils.datetimeRebaseSpec and int96RebaseSpec
 */
export type Calendar = "proleptic" | "hybrid" | "unsure";

export interface FileCalendar {
  readonly dates: Calendar;
  readonly timestamps: Calendar;
  readonly int96: Calendar;
}

export const prolepticFile: FileCalendar = { dates: "proleptic", timestamps: "proleptic", int96: "proleptic" };

const UTC_ZONES = ["UTC", "GMT", "Z", "Etc/UTC", "Etc/GMT", "UCT", "Zulu", "+00:00"];

export function fileCalendar({ keyValues }: FileMetadata): FileCalendar {
  const values = new Map(keyValues?.map(({ key, value }) => [key, value]));
  const version = values.get("org.apache.spark.version");
  if (version === undefined) {
    if (!values.has("org.apache.spark.sql.parquet.row.metadata")) return prolepticFile;
    // Spark 2.4 has the row metadata and no version; so have some engines that imitate it.
    return { dates: "unsure", timestamps: "unsure", int96: "unsure" };
  }
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const zone = values.get("org.apache.spark.timeZone");
  // Old timestamps depend on the writer's zone and its history of offsets; only in UTC there is none.
  const inZone: Calendar = zone !== undefined && UTC_ZONES.includes(zone) ? "hybrid" : "unsure";
  const isLegacy = major < 3 || values.has("org.apache.spark.legacyDateTime");
  const isLegacyInt96 = major < 3 || (major === 3 && minor < 1) || values.has("org.apache.spark.legacyINT96");
  return {
    dates: isLegacy ? "hybrid" : "proleptic",
    timestamps: isLegacy ? inZone : "proleptic",
    int96: isLegacyInt96 ? inZone : "proleptic",
  };
}

/** 1582-10-15, the first day of the Gregorian calendar. */
const CUTOVER_DAY = -141427;
const DAY_SECONDS = 86400;
/** 1900-01-01: since then the old and the new calendar agree in every zone. */
const AGREEING_SECONDS = -2208988800;

/** Whether a bound on days or µs means the same in either calendar. */
export function isSameInEveryCalendar(value: unknown): boolean {
  if (typeof value === "number") return value >= CUTOVER_DAY;
  return typeof value !== "bigint" || value >= BigInt(AGREEING_SECONDS) * 1_000_000n;
}

/** Days of the file as days of the proleptic Gregorian calendar with the same date. */
export function rebaseDays(column: Column, calendar: Calendar, refuse: Refuse): Int32Array {
  const days = column.values as Int32Array;
  if (calendar === "proleptic") return days;
  let result: Int32Array | undefined;
  for (let row = 0; row < column.length; row++) {
    const day = days[row] as number;
    if (day >= CUTOVER_DAY) continue;
    if (calendar === "unsure") refuse(row);
    else (result ??= days.slice())[row] = rebaseDay(day);
  }
  return result ?? days;
}

/** Timestamps of the file, in µs, as those of the same date and time in the proleptic Gregorian calendar. */
export function rebaseMicros(column: Column, calendar: Calendar, refuse: Refuse): BigInt64Array {
  const values = column.values as BigInt64Array;
  if (calendar === "proleptic") return values;
  const limit = calendar === "hybrid" ? CUTOVER_DAY * DAY_SECONDS : AGREEING_SECONDS;
  const words = wordsOf(values);
  let result: BigInt64Array | undefined;
  for (let row = 0; row < column.length; row++) {
    const low = words[2 * row] as number;
    const high = words[2 * row + 1] as number;
    // The high word alone tells for nearly every value: -1 begins some 71 minutes before 1970.
    if (high >= -1) continue;
    const seconds = secondsOfMicros(low, high);
    if (seconds >= limit) continue;
    if (calendar === "unsure") {
      refuse(row);
      continue;
    }
    result ??= values.slice();
    const day = Math.floor(seconds / DAY_SECONDS);
    storeMicros(wordsOf(result), row, seconds + (rebaseDay(day) - day) * DAY_SECONDS, fractionOfMicros(low, high));
  }
  return result ?? values;
}

/** Days from 0000-03-01 of the Julian calendar to 1970-01-01 of the Gregorian. */
const JULIAN_EPOCH_SHIFT = 719470;
const DAYS_PER_FOUR_YEARS = 1461;

/** A day counted in the Julian calendar → the day that bears its date in the Gregorian. 1500-02-29 becomes 1500-03-01. */
function rebaseDay(day: number): number {
  if (day >= CUTOVER_DAY) return day;
  const shifted = day + JULIAN_EPOCH_SHIFT;
  const fourYears = Math.floor(shifted / DAYS_PER_FOUR_YEARS);
  const dayOfFour = shifted - fourYears * DAYS_PER_FOUR_YEARS;
  const yearOfFour = Math.min(3, Math.floor(dayOfFour / 365));
  const dayOfYear = dayOfFour - 365 * yearOfFour;
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return dayOfCivil(fourYears * 4 + yearOfFour + (month <= 2 ? 1 : 0), month, dayOfMonth);
}
