import { assert } from "../base/assert.js";
import { LakeError } from "../base/errors.js";
import { compareUtf8 } from "../base/utf8-order.js";
import { formatDate, formatTimestamp, formatTimestampNtz, newTimestampScan, microsOfScan, parseDate, scanTimestamp } from "./datetime.js";
import { compareBytes, compareDoubles } from "./flat-order.js";
import { formatDecimal, parseDecimal, toUnscaled } from "./decimal-text.js";
import { describeType, formatType } from "./type-text.js";
import type { DataType } from "./types.js";
import type { Value } from "./value.js";

/**
 * Spark's order of two values of one type, total: null first, false before true, -0 equal to 0, NaN equal to itself and greatest,
 * strings by their UTF-8 bytes, binary by unsigned bytes.
 *
 * @returns negative, 0 or positive
 */
export function compareValues(type: DataType, a: Value, b: Value): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  if (typeof a === "number" && typeof b === "number") return compareDoubles(a, b);
  if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === "string" && typeof b === "string") return compareUtf8(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  assert(false, `values of ${formatType(type)} were compared that are a ${typeof a} and a ${typeof b}`);
}

/**
 * A value as text, as rows spell it: decimals with all digits of their scale, dates and times in ISO 8601, binary in base64, `NaN`,
 * `Infinity`, `-Infinity`; null as `null`.
 */
export function formatValue(type: DataType, value: Value): string {
  if (value === null) return "null";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  if (typeof value === "number") return type.kind === "date" ? formatDate(value) : formatNumber(value);
  switch (type.kind) {
    case "decimal":
      return formatDecimal(value, type.scale);
    case "timestamp":
      return formatTimestamp(value);
    case "timestamp_ntz":
      return formatTimestampNtz(value);
    default:
      return value.toString();
  }
}

/** The shortest text that reads back as the same double, the sign of zero included. */
function formatNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

export interface ParseValueOptions {
  /** What a timestamp without a zone means: UTC, or (default) nothing, so it is refused. */
  readonly defaultZone?: "UTC";
}

const integerRanges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  byte: [-128n, 127n],
  short: [-32768n, 32767n],
  int: [-2147483648n, 2147483647n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
};

/**
 * The value that a text spells, as `formatValue` writes it: `parseValue(type, formatValue(type, v))` is `v`. Booleans in any case,
 * decimals with fewer digits, timestamps with a space for `T` and any offset are taken as well.
 *
 * @throws schema/invalid-value when the text does not spell a value of the type, schema/overflow when the number does not fit
 */
export function parseValue(type: DataType, text: string, options: ParseValueOptions = {}): Exclude<Value, null> {
  switch (type.kind) {
    case "string":
      return text;
    case "byte":
    case "short":
    case "int":
      return Number(parseInteger(type, text));
    case "long":
      return parseInteger(type, text);
    case "float":
      return Math.fround(parseDouble(type, text));
    case "double":
      return parseDouble(type, text);
    case "boolean":
      return parseBoolean(type, text);
    case "decimal": {
      const number = parseDecimal(text) ?? refuse(type, text);
      return toUnscaled(number, type) ?? overflow(type, text);
    }
    case "date":
      return parseDate(text) ?? refuse(type, text);
    case "timestamp":
    case "timestamp_ntz":
      return parseMicros(type, text, options);
    case "binary":
      return parseBase64(type, text);
    default:
      return refuse(type, text);
  }
}

function parseInteger(type: DataType, text: string): bigint {
  if (!/^[+-]?[0-9]+$/.test(text)) return refuse(type, text);
  const value = BigInt(text.startsWith("+") ? text.slice(1) : text);
  const [min, max] = integerRanges[type.kind] ?? [0n, 0n];
  return value < min || value > max ? overflow(type, text) : value;
}

function parseDouble(type: DataType, text: string): number {
  const special = /^([+-]?)(NaN|Infinity)$/.exec(text);
  if (special !== null) return special[2] === "NaN" ? NaN : special[1] === "-" ? -Infinity : Infinity;
  return /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text) ? Number(text) : refuse(type, text);
}

function parseBoolean(type: DataType, text: string): boolean {
  const lower = text.toLowerCase();
  return lower === "true" ? true : lower === "false" ? false : refuse(type, text);
}

function parseMicros(type: DataType, text: string, options: ParseValueOptions): bigint {
  const scan = newTimestampScan();
  if (!scanTimestamp(text, scan) || scan.tooFine) return refuse(type, text);
  const wantsZone = type.kind === "timestamp";
  if (scan.hasZone !== wantsZone && !(wantsZone && options.defaultZone === "UTC")) return refuse(type, text);
  return microsOfScan(scan);
}

function parseBase64(type: DataType, text: string): Uint8Array {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? new Uint8Array(bytes) : refuse(type, text);
}

// What a text of the type looks like, for messages.
const spelling: Readonly<Record<string, string>> = {
  byte: "a whole number",
  short: "a whole number",
  int: "a whole number",
  long: "a whole number",
  float: "a number",
  double: "a number",
  decimal: "a decimal number such as 12.34",
  boolean: "true or false",
  date: "a date such as 2026-01-31",
  timestamp: "a date and time with a zone, to the microsecond, such as 2026-01-31T10:20:30.123456Z",
  timestamp_ntz: "a date and time without a zone, to the microsecond, such as 2026-01-31T10:20:30.123456",
  binary: "base64",
};

function refuse(type: DataType, text: string): never {
  const wanted = spelling[type.kind] ?? "one flat value, which this type does not have";
  throw new LakeError("schema/invalid-value", `${JSON.stringify(text)} is not ${describeType(type)}: write ${wanted}.`, {
    type: formatType(type),
    text,
  });
}

function overflow(type: DataType, text: string): never {
  const message = `${JSON.stringify(text)} does not fit ${describeType(type)}. Use a wider type or another value.`;
  throw new LakeError("schema/overflow", message, { type: formatType(type), text });
}
