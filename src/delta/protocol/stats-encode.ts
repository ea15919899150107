import { isFloating } from "../../schema/data-types.js";
import { MAX_DAY, MAX_SECOND, MIN_DAY, MIN_SECOND, formatDate, formatTimestamp } from "../../schema/datetime.js";
import { formatDecimal } from "../../schema/decimal-text.js";
import type { Bounds, ColumnBounds } from "../../expression/bounds.js";
import type { DataType } from "../../schema/types.js";
import type { Value } from "../../schema/value.js";
import type { StatsColumn } from "./stats-columns.js";

// PROTOCOL.md "Per-file Statistics", in the JSON that Spark writes.

/** Spark's `delta.dataSkippingStringPrefixLength` when nothing is set. */
export const DEFAULT_STRING_PREFIX = 32;

/**
 * The `stats` of a file: JSON text in which longs and decimals keep every digit.
 *
 * Bounds that JSON or Spark cannot spell soundly are left out, which means "unknown": NaN and infinities, dates and
 * timestamps outside the years 1 to 9999.
 */
export function encodeStats(
  bounds: Bounds,
  rowCount: number,
  columns: readonly StatsColumn[],
  stringPrefix: number = DEFAULT_STRING_PREFIX,
): string {
  const members = [`"numRecords":${rowCount}`];
  if (columns.length > 0) {
    const known = (path: readonly string[]): ColumnBounds => bounds.column(path) ?? {};
    const minimum = structText(columns, (leaf) => (leaf.hasBounds ? minText(leaf.type, known(leaf.path).min, stringPrefix) : undefined));
    const maximum = structText(columns, (leaf) => (leaf.hasBounds ? maxText(leaf.type, known(leaf.path).max, stringPrefix) : undefined));
    const nulls = structText(columns, (leaf) => known(leaf.path).nullCount?.toString());
    members.push(`"minValues":${minimum}`, `"maxValues":${maximum}`, `"nullCount":${nulls}`);
  }
  return `{${members.join(",")}}`;
}

type Leaf = Extract<StatsColumn, { readonly kind: "leaf" }>;

function structText(columns: readonly StatsColumn[], text: (leaf: Leaf) => string | undefined): string {
  const members = columns.flatMap((column) => {
    const value = column.kind === "struct" ? structText(column.fields, text) : text(column);
    return value === undefined || value === "{}" ? [] : [`${JSON.stringify(column.name)}:${value}`];
  });
  return `{${members.join(",")}}`;
}

function minText(type: DataType, value: Value | undefined, stringPrefix: number): string | undefined {
  if (typeof value === "string") {
    const prefix = truncateMin(value, stringPrefix);
    return prefix === undefined ? undefined : JSON.stringify(prefix);
  }
  // Readers may tell the two zeros apart (IEEE total order): the bound is the outer one, as in Parquet's own statistics.
  return value === 0 && isFloating(type) ? "-0.0" : scalarText(type, value);
}

function maxText(type: DataType, value: Value | undefined, stringPrefix: number): string | undefined {
  if (typeof value === "string") {
    const prefix = truncateMax(value, stringPrefix);
    return prefix === undefined ? undefined : JSON.stringify(prefix);
  }
  return value === 0 && isFloating(type) ? "0.0" : scalarText(type, value);
}

function scalarText(type: DataType, value: Value | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  switch (type.kind) {
    case "byte":
    case "short":
    case "int":
    case "long":
      return String(value);
    case "float":
    case "double":
      return Number.isFinite(value) ? String(value) : undefined;
    case "decimal":
      return typeof value === "bigint" ? formatDecimal(value, type.scale) : undefined;
    case "date":
      return typeof value === "number" && value >= MIN_DAY && value <= MAX_DAY ? `"${formatDate(value)}"` : undefined;
    case "timestamp":
      return typeof value === "bigint" && isCommonEra(value) ? `"${timestampText(value)}Z"` : undefined;
    case "timestamp_ntz":
      return typeof value === "bigint" && isCommonEra(value) ? `"${timestampText(value)}"` : undefined;
    default:
      return undefined;
  }
}

function isCommonEra(micros: bigint): boolean {
  return micros >= BigInt(MIN_SECOND) * 1_000_000n && micros <= BigInt(MAX_SECOND) * 1_000_000n + 999_999n;
}

/**
 * Milliseconds, as Spark writes them, when the value has no finer part; else all six digits.
 *
 * Spark cuts a maximum down to milliseconds and widens it again when it reads, and the protocol lets writers do that. A
 * reader that does not widen would then skip a file that holds a match. With all digits the bound is true for every reader;
 * those that widen only do so once too often.
 */
function timestampText(micros: bigint): string {
  const text = formatTimestamp(micros).slice(0, -1);
  return text.endsWith("000") ? text.slice(0, -3) : text;
}

/** The first `length` code points: not greater than `text` in the order of UTF-8 bytes. */
export function truncateMin(text: string, length: number): string | undefined {
  if (length <= 0) return undefined;
  if (text.length <= length) return text;
  return [...text.slice(0, 2 * length)].slice(0, length).join("");
}

const asciiMax = "\u{7f}";
const unicodeMax = "\u{10ffff}";

/**
 * A text of about `length` code points that is not smaller than `text` in the order of UTF-8 bytes (Spark's
 * `truncateMaxStringAgg`): the prefix and a tie-breaker that is greater than the first code point cut off. Where that one is
 * itself the greatest there is, the prefix grows, up to twice its length; then there is none.
 */
export function truncateMax(text: string, length: number): string | undefined {
  if (length <= 0) return undefined;
  if (text.length <= length) return text;
  const points = [...text.slice(0, 4 * length + 2)];
  if (points.length <= length) return text;
  for (let cut = length; cut <= 2 * length; cut++) {
    const next = points[cut];
    if (next === undefined) return text;
    if (next !== unicodeMax) return points.slice(0, cut).join("") + (next < asciiMax ? asciiMax : unicodeMax);
  }
  return undefined;
}
