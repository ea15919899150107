import { parse } from "lossless-json";
import { LakeError } from "../../base/errors.js";
import type { DataType, StructType } from "../../schema/types.js";

/**
 * A JSON value as `append` takes it for a column of `type`: numbers are exact tokens (see `parseExact`), binary is base64,
 * NaN and infinities are strings, a map is an object. What does not fit is passed on as it is: the row writer refuses it and
 * names the row.
 */
export function fromJson(value: unknown, type: DataType): unknown {
  if (value === null || value === undefined) return null;
  if (value instanceof NumberToken) return fromNumber(value, type);
  switch (type.kind) {
    case "float":
    case "double":
      return typeof value === "string" && specialNumbers.has(value) ? Number(value) : value;
    case "binary":
      return typeof value === "string" ? new Uint8Array(Buffer.from(value, "base64")) : value;
    case "array":
      return Array.isArray(value) ? value.map((item) => fromJson(item, type.element)) : value;
    case "map":
      return isObject(value) ? new Map(Object.entries(value).map(([key, item]) => [fromText(key, type.key), fromJson(item, type.value)])) : value;
    case "struct":
      return isObject(value) ? structFromJson(value, type) : value;
    default:
      return value;
  }
}

/** An object's members by the struct's fields (without regard to case); unknown ones are kept, numbers made plain. */
export function structFromJson(value: Readonly<Record<string, unknown>>, type: StructType): Record<string, unknown> {
  const types = new Map(type.fields.map((field) => [field.name.toLowerCase(), field.type]));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const known = types.get(name.toLowerCase());
      return [name, known === undefined ? plain(item) : fromJson(item, known)];
    }),
  );
}

/** A cell of text, as CSV has it, for a column of `type`. */
export function fromText(text: string, type: DataType): unknown {
  switch (type.kind) {
    case "byte":
    case "short":
    case "int":
    case "long":
      return /^[+-]?\d+$/.test(text.trim()) ? BigInt(text.trim().replace(/^\+/, "")) : text;
    case "float":
    case "double":
      return text.trim() !== "" && (specialNumbers.has(text.trim()) || Number.isFinite(Number(text))) ? Number(text) : text;
    case "decimal":
      return text.trim();
    case "boolean":
      return /^true$/i.test(text.trim()) ? true : /^false$/i.test(text.trim()) ? false : text;
    case "binary":
      return new Uint8Array(Buffer.from(text, "base64"));
    case "struct":
    case "array":
    case "map":
      return fromJson(parseExact(text), type);
    default:
      return text;
  }
}

const specialNumbers: ReadonlySet<string> = new Set(["NaN", "Infinity", "-Infinity"]);

/** A JSON number as it was written. */
export class NumberToken {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function fromNumber({ text }: NumberToken, type: DataType): unknown {
  switch (type.kind) {
    case "decimal":
      return text;
    case "byte":
    case "short":
    case "int":
    case "long":
      return /^-?\d+$/.test(text) ? BigInt(text) : Number(text);
    default:
      return Number(text);
  }
}

/** Values of columns that the table lacks: an integer that a number cannot hold becomes a bigint. */
function plain(value: unknown): unknown {
  if (value instanceof NumberToken) return /^-?\d+$/.test(value.text) && !Number.isSafeInteger(Number(value.text)) ? BigInt(value.text) : Number(value.text);
  if (Array.isArray(value)) return value.map(plain);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)])) : value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof NumberToken);
}

/** @throws schema/invalid-value when it is no JSON */
export function parseExact(text: string): unknown {
  try {
    return parse(text, null, (token) => new NumberToken(token));
  } catch (error) {
    throw new LakeError("schema/invalid-value", `This is no JSON: ${text.slice(0, 120)}.`, { text: text.slice(0, 1000) }, error);
  }
}
