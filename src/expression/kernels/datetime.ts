import { MAX_DAY, MIN_DAY, civilOfDay, dayOfCivil, daysInMonth } from "../../schema/civil-day.js";
import { dayOfYear, weekdayOf } from "./calendar.js";
import { evaluationError } from "./failure.js";
import { clearBit, jointValidity, newBits, type Bits } from "./bitmap.js";
import { MICROS_PER_DAY, daysOfMicros, microsFrom, microsOfDay, storeDaysAndMicros } from "./int64.js";
import type { Kernel, KernelCall, Operand } from "./operand.js";
import { longsOf, numberReader, textsOf } from "./readers.js";
import { fixedVector, nullScalar } from "./results.js";

/** Parts of a date that `extract`, `year`, … give, from its days since the epoch. */
export const DATE_PARTS: Readonly<Record<string, (days: number) => number>> = {
  year: (days) => civilOfDay(days).year,
  quarter: (days) => Math.floor((civilOfDay(days).month - 1) / 3) + 1,
  month: (days) => civilOfDay(days).month,
  day: (days) => civilOfDay(days).day,
  dayofyear: dayOfYear,
  /** 1 = Sunday … 7 = Saturday. */
  dayofweek: (days) => ((weekdayOf(days) + 1) % 7) + 1,
  /** 0 = Monday … 6 = Sunday. */
  weekday: weekdayOf,
  weekofyear: isoWeek,
  yearofweek: isoYear,
};

/** Parts of a time of day, from its microseconds since midnight. */
export const TIME_PARTS: Readonly<Record<string, (micros: number) => number>> = {
  hour: (micros) => Math.floor(micros / 3_600_000_000),
  minute: (micros) => Math.floor(micros / 60_000_000) % 60,
  second: (micros) => Math.floor(micros / 1_000_000) % 60,
};

/** The year that the Thursday of the week belongs to. */
function isoYear(days: number): number {
  return civilOfDay(days - weekdayOf(days) + 3).year;
}

function isoWeek(days: number): number {
  const thursday = days - weekdayOf(days) + 3;
  return Math.floor((dayOfYear(thursday) - 1) / 7) + 1;
}

/** Reads timestamps as days and microseconds of the day. */
export function momentReader(operand: Operand): (row: number) => { readonly days: number; readonly micros: number } {
  const { values, step } = longsOf(operand);
  return (row) => {
    const [low, high] = [values[row * step] as number, values[row * step + 1] as number];
    const days = daysOfMicros(low, high);
    return { days, micros: microsOfDay(low, high, days) };
  };
}

/** Reads dates as days. */
export const dayReader: (operand: Operand) => (row: number) => number = numberReader;

/** `days` if it is within the years 1 to 9999. @throws expression/evaluation */
export function checkedDay(days: number, call: KernelCall): number {
  if (days >= MIN_DAY && days <= MAX_DAY) return days;
  throw evaluationError("The date is not within the years 1 to 9999", call.describe(), "Move it by less.");
}

/** A timestamp if it is within the years 1 to 9999. @throws expression/evaluation */
export function checkedMoment(days: number, micros: number, call: KernelCall): bigint {
  const carried = Math.floor(micros / MICROS_PER_DAY);
  checkedDay(days + carried, call);
  return microsFrom(days, micros);
}

export function lastDayOfMonth(days: number): number {
  const { year, month } = civilOfDay(days);
  return dayOfCivil(year, month, daysInMonth(year, month));
}

/** The first day of the year, quarter, month or week; `undefined` for a unit that is none of these. */
export function truncateDay(days: number, unit: string): number | undefined {
  const { year, month } = civilOfDay(days);
  switch (unit.toUpperCase()) {
    case "YEAR":
    case "YYYY":
    case "YY":
      return dayOfCivil(year, 1, 1);
    case "QUARTER":
      return dayOfCivil(year, month - ((month - 1) % 3), 1);
    case "MONTH":
    case "MON":
    case "MM":
      return dayOfCivil(year, month, 1);
    case "WEEK":
      return days - weekdayOf(days);
    default:
      return undefined;
  }
}

const TIME_UNITS: Readonly<Record<string, number>> = {
  DAY: MICROS_PER_DAY,
  DD: MICROS_PER_DAY,
  HOUR: 3_600_000_000,
  MINUTE: 60_000_000,
  SECOND: 1_000_000,
  MILLISECOND: 1000,
  MICROSECOND: 1,
};

/** A timestamp cut down to a unit; `undefined` for a unit that there is not. */
export function truncateMoment(days: number, micros: number, unit: string): bigint | undefined {
  const size = TIME_UNITS[unit.toUpperCase()];
  if (size !== undefined) return microsFrom(days, micros - (micros % size));
  const day = truncateDay(days, unit);
  return day === undefined ? undefined : microsFrom(day, 0);
}

/** `date_trunc(unit, timestamp)`; null for a unit that there is not. */
export const truncateMoments: Kernel = (args, call) => {
  const [unitOperand, moments] = args as [Operand, Operand];
  const valid = jointValidity(args);
  if (valid === "none") return nullScalar(call.type);
  const unit = textsOf(unitOperand);
  const { values: words, step } = longsOf(moments);
  const values = new BigInt64Array(call.length);
  const out = new Int32Array(values.buffer);
  let known: Bits | undefined = valid;
  for (let row = 0; row < call.length; row++) {
    const low = words[row * step] as number;
    const high = words[row * step + 1] as number;
    const days = daysOfMicros(low, high);
    const micros = microsOfDay(low, high, days);
    const size = TIME_UNITS[unit(row).toUpperCase()];
    const day = size === undefined ? truncateDay(days, unit(row)) : days;
    if (day !== undefined) storeDaysAndMicros(out, row, day, size === undefined ? 0 : micros - (micros % size));
    else {
      if (known === valid) known = valid?.slice() ?? newBits(call.length).fill(0xff);
      clearBit(known as Bits, row);
    }
  }
  return fixedVector(call.type, values, call.length, known);
};

interface Moment {
  readonly days: number;
  readonly micros: number;
}

/** Spark's `months_between`: whole months when both are the same or the last day of their month, else with months of 31 days. */
export function monthsBetween(a: Moment, b: Moment, roundOff: boolean): number {
  const [x, y] = [civilOfDay(a.days), civilOfDay(b.days)];
  const months = (x.year - y.year) * 12 + x.month - y.month;
  const bothLast = x.day === daysInMonth(x.year, x.month) && y.day === daysInMonth(y.year, y.month);
  if (x.day === y.day || bothLast) return months;
  const seconds = (x.day - y.day) * 86400 + Math.floor(a.micros / 1_000_000) - Math.floor(b.micros / 1_000_000);
  const difference = months + seconds / (31 * 86400);
  // Java's Math.round: halves go up.
  return roundOff ? Math.floor(difference * 1e8 + 0.5) / 1e8 : difference;
}
