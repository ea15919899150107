import { civilOfDay } from "../../schema/civil-day.js";
import { dayOfYear, weekdayOf } from "./calendar.js";
import { DATE_PARTS } from "./datetime.js";
import { evaluationError } from "./failure.js";
import type { KernelCall } from "./operand.js";

/** Formats a moment given as days and microseconds of the day. */
export type MomentFormat = (days: number, micros: number) => string;

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/**
 * Compiles a pattern of `date_format`: `y M d D Q H h m s S a E` in Java's letters, texts in quotes, English names.
 *
 * @throws expression/evaluation for letters that have no meaning here
 */
export function compileDateFormat(pattern: string, call: KernelCall): MomentFormat {
  const parts: MomentFormat[] = [];
  for (let at = 0; at < pattern.length;) {
    const char = pattern[at] ?? "";
    if (char === "'") {
      const { text, end } = quoted(pattern, at, call);
      parts.push(() => text);
      at = end;
      continue;
    }
    let end = at + 1;
    while (/[A-Za-z]/.test(char) && pattern[end] === char) end++;
    parts.push(/[A-Za-z]/.test(char) ? letterFormat(char, end - at, pattern, call) : () => char);
    at = end;
  }
  return (days, micros) => parts.map((part) => part(days, micros)).join("");
}

function quoted(pattern: string, start: number, call: KernelCall): { text: string; end: number } {
  let text = "";
  for (let at = start + 1; at < pattern.length; at++) {
    if (pattern[at] !== "'") text += pattern[at] ?? "";
    else if (pattern[at + 1] === "'") {
      text += "'";
      at++;
    } else return { text: at === start + 1 ? "'" : text, end: at + 1 };
  }
  throw evaluationError(
    `The quote in the pattern '${pattern}' is not closed`,
    call.describe(),
    "Close it, or double it to mean the quote itself.",
  );
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

function letterFormat(letter: string, count: number, pattern: string, call: KernelCall): MomentFormat {
  const format = count <= 9 ? LETTERS[letter]?.(count) : undefined;
  if (format !== undefined) return format;
  const problem = `The pattern '${pattern}' has ${letter.repeat(count)}, which has no meaning here`;
  throw evaluationError(problem, call.describe(), "Use the letters y M d D Q H h m s S a E, and quotes around text.");
}

function part(name: string): (days: number) => number {
  return DATE_PARTS[name] ?? ((): number => 0);
}

const hourOf = (micros: number): number => Math.floor(micros / 3_600_000_000);

const LETTERS: Readonly<Record<string, (count: number) => MomentFormat | undefined>> = {
  y: (count) => (count === 2 ? (days) => padded(part("year")(days) % 100, 2) : (days) => padded(part("year")(days), count)),
  M: (count) => {
    if (count <= 2) return (days) => padded(part("month")(days), count);
    if (count === 3) return (days) => (MONTHS[civilOfDay(days).month - 1] ?? "").slice(0, 3);
    return count === 4 ? (days) => MONTHS[civilOfDay(days).month - 1] ?? "" : undefined;
  },
  d: (count) => (count <= 2 ? (days) => padded(part("day")(days), count) : undefined),
  D: (count) => (count <= 3 ? (days) => padded(dayOfYear(days), count) : undefined),
  Q: (count) => (count <= 2 ? (days) => padded(part("quarter")(days), count) : undefined),
  H: (count) => (count <= 2 ? (_, micros) => padded(hourOf(micros), count) : undefined),
  h: (count) => (count <= 2 ? (_, micros) => padded(((hourOf(micros) + 11) % 12) + 1, count) : undefined),
  m: (count) => (count <= 2 ? (_, micros) => padded(Math.floor(micros / 60_000_000) % 60, count) : undefined),
  s: (count) => (count <= 2 ? (_, micros) => padded(Math.floor(micros / 1_000_000) % 60, count) : undefined),
  S: (count) => (_, micros) => `${padded(micros % 1_000_000, 6)}000`.slice(0, count),
  a: (count) => (count === 1 ? (_, micros) => (hourOf(micros) < 12 ? "AM" : "PM") : undefined),
  E: (count) => {
    const name = (days: number): string => WEEKDAYS[weekdayOf(days)] ?? "";
    if (count > 4) return undefined;
    return count === 4 ? name : (days) => name(days).slice(0, 3);
  },
};
