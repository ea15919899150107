import { civilOfDay, dayOfCivil, daysInMonth } from "../../schema/civil-day.js";

/** A date that exists, as days since 1970-01-01; `undefined` for one that does not (2023-02-29, month 13, year 0 or 10000). */
export function daysOf(year: number, month: number, day: number): number | undefined {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return dayOfCivil(year, month, day);
}

/** `days` moved by `months`, at most to the last day of the month (Spark's `add_months`). */
export function addMonths(days: number, months: number): number {
  const { year, month, day } = civilOfDay(days);
  const index = year * 12 + month - 1 + months;
  const newYear = Math.floor(index / 12);
  const newMonth = index - newYear * 12 + 1;
  return dayOfCivil(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth)));
}

/** 0 = Monday … 6 = Sunday. */
export function weekdayOf(days: number): number {
  return (((days + 3) % 7) + 7) % 7;
}

export function dayOfYear(days: number): number {
  return days - dayOfCivil(civilOfDay(days).year, 1, 1) + 1;
}
