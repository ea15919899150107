import { types } from "../../schema/data-types.js";
import type { ExpressionNode } from "../expression.js";
import { literal } from "./literal.js";
import { call } from "./nodes.js";
import { syntaxError } from "./syntax-error.js";
import type { TokenStream } from "./token-stream.js";

interface Unit {
  readonly months: number;
  readonly days: number;
  readonly micros: number;
}

const unit = (months: number, days: number, micros: number): Unit => ({ months, days, micros });
const UNITS: Readonly<Record<string, Unit>> = {
  YEAR: unit(12, 0, 0),
  QUARTER: unit(3, 0, 0),
  MONTH: unit(1, 0, 0),
  WEEK: unit(0, 7, 0),
  DAY: unit(0, 1, 0),
  HOUR: unit(0, 0, 3_600_000_000),
  MINUTE: unit(0, 0, 60_000_000),
  SECOND: unit(0, 0, 1_000_000),
  MILLISECOND: unit(0, 0, 1000),
  MICROSECOND: unit(0, 0, 1),
};

/**
 * `INTERVAL 3 DAYS`, `INTERVAL '1' MONTH`, `INTERVAL '1 day 2 hours'`, `INTERVAL 1 YEAR 2 MONTHS`: the call
 * `interval(months, days, microseconds)`, which stands only beside + and - with a date or timestamp.
 */
export function parseInterval(stream: TokenStream, position: number): ExpressionNode {
  const words: string[] = [];
  for (;;) {
    const token = stream.peek();
    const sign =
      token.kind === "operator" &&
      (token.text === "-" || token.text === "+") &&
      words.length % 2 === 0 &&
      stream.peek(1).kind === "number";
    if (sign) words.push(stream.next().text + stream.next().text);
    else if (token.kind === "number" && words.length % 2 === 0) words.push(stream.next().text);
    else if (token.kind === "string" && words.length % 2 === 0) words.push(...splitText(stream.next().text));
    else if (token.kind === "word" && words.length % 2 === 1 && unitOf(token.upper) !== undefined) words.push(stream.next().text);
    else break;
  }
  const total = sumParts(words);
  if (total === undefined) {
    throw syntaxError(stream.sql, position, "an interval is a number and a unit, such as INTERVAL 3 DAYS or INTERVAL '1 month'");
  }
  return call(
    "interval",
    [literal(total.months, types.int), literal(total.days, types.int), literal(BigInt(total.micros), types.long)],
    position,
  );
}

function splitText(text: string): string[] {
  return text.trim().split(/\s+/);
}

function unitOf(word: string): Unit | undefined {
  const upper = word.toUpperCase();
  return UNITS[upper] ?? UNITS[upper.replace(/S$/, "")];
}

function sumParts(words: readonly string[]): Unit | undefined {
  let [months, days, micros] = [0, 0, 0];
  if (words.length === 0 || words.length % 2 !== 0) return undefined;
  for (let at = 0; at < words.length; at += 2) {
    const amount = Number(words[at]);
    const part = unitOf(words[at + 1] ?? "");
    if (part === undefined || !Number.isFinite(amount)) return undefined;
    const share = { months: amount * part.months, days: amount * part.days, micros: Math.round(amount * part.micros) };
    if (!Number.isInteger(share.months) || !Number.isInteger(share.days)) return undefined;
    months += share.months;
    days += share.days;
    micros += share.micros;
  }
  const fits = Math.abs(months) <= 120_000 && Math.abs(days) <= 4_000_000 && Number.isSafeInteger(micros);
  return fits ? { months, days, micros } : undefined;
}
