import { LakeError } from "../base/errors.js";
import { decimal, types } from "../schema/data-types.js";
import { formatType } from "../schema/type-text.js";
import type { DataType } from "../schema/types.js";
import { parseValue } from "../schema/value-order.js";
import type { Value } from "../schema/value.js";
import type { ExpressionNode } from "./expression.js";
import { fitsInt64, microsFrom, splitMicros } from "./kernels/int64.js";
import { literal } from "./parser/literal.js";

/** The literal that a JavaScript value stands for; see `lit`. */
export function literalOf(value: Value | Date, type: DataType | undefined): ExpressionNode {
  return type === undefined ? inferredLiteral(value) : literal(typedValue(value, type), type);
}

function inferredLiteral(value: Value | Date): ExpressionNode {
  if (value === null) return literal(null, types.void);
  if (value instanceof Date) return literal(microsOfDate(value, types.timestamp), types.timestamp);
  if (value instanceof Uint8Array) return literal(Uint8Array.from(value), types.binary);
  switch (typeof value) {
    case "boolean":
      return literal(value, types.boolean);
    case "string":
      return literal(value, types.string);
    case "number":
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) return literal(value, types.double);
      return value >= -2147483648 && value <= 2147483647 ? literal(value, types.int) : literal(BigInt(value), types.long);
    case "bigint": {
      if (fitsInt64(value)) return literal(value, types.long);
      const digits = String(value < 0n ? -value : value).length;
      if (digits > 38) throw invalid(value, undefined, "it has more than the 38 digits of a decimal");
      return literal(value, decimal(digits, 0));
    }
    default:
      throw new LakeError(
        "schema/invalid-value",
        `A ${typeof value} cannot be a literal: undefined, objects and arrays have no SQL type of their own. Use null, or an expression.`,
        { found: typeof value },
      );
  }
}

function typedValue(value: Value | Date, type: DataType): Value {
  if (value === null) return null;
  if (value instanceof Date) {
    const micros = microsOfDate(value, type);
    if (type.kind === "timestamp" || type.kind === "timestamp_ntz") return micros;
    if (type.kind === "date") return splitMicros(micros).days;
    throw invalid(value, type, "a Date is a timestamp or a date");
  }
  if (type.kind === "binary") {
    if (value instanceof Uint8Array) return Uint8Array.from(value);
    if (typeof value === "string") return new TextEncoder().encode(value);
  } else if (type.kind === "boolean" && typeof value === "boolean") {
    return value;
  } else if (type.kind === "string") {
    if (typeof value === "string") return value;
  } else if (typeof value === "string") {
    return parseValue(type, value, { defaultZone: "UTC" });
  } else if (typeof value === "number" || typeof value === "bigint") {
    return typedNumber(value, type);
  }
  throw invalid(value, type, `found a ${value instanceof Uint8Array ? "Uint8Array" : typeof value}`);
}

function typedNumber(value: number | bigint, type: DataType): Value {
  switch (type.kind) {
    case "float":
      return Math.fround(Number(value));
    case "double":
      return Number(value);
    case "byte":
    case "short":
    case "int":
    case "long":
    case "decimal":
      return parseValue(type, String(value));
    case "timestamp":
    case "timestamp_ntz":
      if (typeof value === "bigint" && fitsInt64(value)) return value;
      throw invalid(value, type, "microseconds are given as a bigint, times otherwise as text or Date");
    default:
      throw invalid(value, type, `found a ${typeof value}`);
  }
}

function microsOfDate(value: Date, type: DataType): bigint {
  const milliseconds = value.getTime();
  if (Number.isNaN(milliseconds)) throw invalid("Invalid Date", type, "the Date is invalid");
  const days = Math.floor(milliseconds / 86_400_000);
  return microsFrom(days, (milliseconds - days * 86_400_000) * 1000);
}

function invalid(value: Value | Date, type: DataType | undefined, why: string): LakeError {
  const what = type === undefined ? "a literal" : `a literal of type ${formatType(type)}`;
  const text = value instanceof Date ? value.toISOString() : String(value);
  return new LakeError("schema/invalid-value", `${text} cannot be ${what}: ${why}.`, { value: text });
}
