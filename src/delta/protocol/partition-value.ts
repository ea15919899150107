import { LakeError } from "../../base/errors.js";
import { formatDate, formatTimestamp, formatTimestampNtz } from "../../schema/datetime.js";
import { formatDecimal } from "../../schema/decimal-text.js";
import type { DataType } from "../../schema/types.js";
import type { Value } from "../../schema/value.js";
import { parseValue } from "../../schema/value-order.js";
import { corruptLog, type Place } from "./action-fields.js";

// PROTOCOL.md "Partition Value Serialization".

const partitionTypes: ReadonlySet<DataType["kind"]> = new Set<DataType["kind"]>([
  "string",
  "long",
  "int",
  "short",
  "byte",
  "float",
  "double",
  "decimal",
  "boolean",
  "binary",
  "date",
  "timestamp",
  "timestamp_ntz",
]);

/** What Spark's cast of a text to a float takes beside digits, in any case. Other engines do write `inf`. */
const specialFloats: ReadonlyMap<string, number> = new Map([
  ["nan", NaN],
  ["inf", Infinity],
  ["+inf", Infinity],
  ["infinity", Infinity],
  ["+infinity", Infinity],
  ["-inf", -Infinity],
  ["-infinity", -Infinity],
]);

/** Whether a table can be partitioned by columns of the type: the flat ones. */
export function isPartitionType(type: DataType): boolean {
  return partitionTypes.has(type.kind);
}

/**
 * The value that a string of `partitionValues` stands for. Null and the empty string are null, of every type. A timestamp
 * without a zone counts as UTC: the protocol leaves it to the zone of the machine that wrote it, which nobody recorded.
 *
 * @throws delta/corrupt-log naming column and text
 */
export function decodePartitionValue(text: string | null, type: DataType, column: string, place: Place): Value {
  if (text === null || text === "") return null;
  try {
    // Binary is the text's own bytes, as Spark casts it.
    if (type.kind === "binary") return new TextEncoder().encode(text);
    const special = type.kind === "float" || type.kind === "double" ? specialFloats.get(text.toLowerCase()) : undefined;
    if (special !== undefined) return special;
    if (type.kind === "timestamp_ntz" && text.endsWith("Z")) return parseValue(type, text.slice(0, -1));
    return parseValue(type, type.kind === "decimal" ? trimFraction(text, type.scale) : text, { defaultZone: "UTC" });
  } catch (error) {
    if (!(error instanceof LakeError)) throw error;
    throw corruptLog(place, `the partition value ${JSON.stringify(text)} of column \`${column}\` is no ${type.kind}`, error);
  }
}

/**
 * The string that stands for a value. Null and empty strings become null: the protocol cannot tell them apart.
 *
 * @throws schema/invalid-value  binary that is no UTF-8, which has no spelling
 */
export function encodePartitionValue(value: Value, type: DataType): string | null {
  if (value === null || value === "") return null;
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "true" : "false";
  if (value instanceof Uint8Array) return encodeBinary(value);
  if (typeof value === "number") return type.kind === "date" ? formatDate(value) : encodeNumber(value, type);
  switch (type.kind) {
    case "decimal":
      return formatDecimal(value, type.scale);
    case "timestamp":
      return formatTimestamp(value);
    case "timestamp_ntz":
      return formatTimestampNtz(value)
        .replace("T", " ")
        .replace(/\.000000$/, "");
    default:
      return value.toString();
  }
}

/** Zeros beyond the scale carry nothing: `1.500` is a decimal(10,2). */
function trimFraction(text: string, scale: number): string {
  const point = text.indexOf(".");
  return point >= 0 && /^\d+0+$/.test(text.slice(point + 1)) && text.length - point - 1 > scale ? text.replace(/0+$/, "") : text;
}

function encodeNumber(value: number, type: DataType): string {
  if (Object.is(value, -0)) return type.kind === "float" || type.kind === "double" ? "-0.0" : "0";
  return type.kind === "float" ? shortestFloat(value) : String(value);
}

/** The shortest text that reads back as the same 32-bit float. */
function shortestFloat(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  for (let digits = 1; digits <= 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}

function encodeBinary(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new LakeError(
      "schema/invalid-value",
      "A binary value that is no UTF-8 text cannot be a partition value: the Delta log stores partition values as text. " +
        "Partition by another column.",
      { bytes: bytes.length },
      error,
    );
  }
}
