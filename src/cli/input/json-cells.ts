import type { DataType, StructType } from "../../schema/types.js";
import { NumberToken } from "./exact-json.js";
import { fromText, specialNumbers } from "./text-cells.js";

/**
 * A JSON value as `append` takes it for a column of `type`: binary is base64, NaN and infinities are strings, a map is an
 * object. What does not fit is passed on as it is: the row writer refuses it and names the row.
 */
export function fromJson(value: unknown, type: DataType): unknown {
  if (value === null || value === undefined) return null;
  if (value instanceof NumberToken) return fromToken(value, type);
  switch (type.kind) {
    case "float":
    case "double":
      return typeof value === "string" && specialNumbers.has(value) ? Number(value) : value;
    case "binary":
      return typeof value === "string" ? fromText(value, type) : value;
    case "array":
      return Array.isArray(value) ? value.map((item) => fromJson(item, type.element)) : value;
    case "map":
      return isObject(value)
        ? new Map(Object.entries(value).map(([key, item]) => [fromText(key, type.key), fromJson(item, type.value)]))
        : value;
    case "struct":
      return isObject(value) ? structFromJson(value, type) : value;
    default:
      return value;
  }
}

/** An object's members by the struct's fields (without regard to case); unknown ones are kept, numbers made plain. */
export function structFromJson(value: Readonly<Record<string, unknown>>, type: StructType): Record<string, unknown> {
  const types = typesByName(type);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const known = types.get(name.toLowerCase());
      return [name, known === undefined ? plain(item) : fromJson(item, known)];
    }),
  );
}

const typesOfStructs = new WeakMap<StructType, ReadonlyMap<string, DataType>>();

function typesByName(type: StructType): ReadonlyMap<string, DataType> {
  const known = typesOfStructs.get(type);
  if (known !== undefined) return known;
  const types = new Map(type.fields.map((field) => [field.name.toLowerCase(), field.type]));
  typesOfStructs.set(type, types);
  return types;
}

function fromToken({ text }: NumberToken, type: DataType): unknown {
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
  if (value instanceof NumberToken) {
    const number = Number(value.text);
    return /^-?\d+$/.test(value.text) && !Number.isSafeInteger(number) ? BigInt(value.text) : number;
  }
  if (Array.isArray(value)) return value.map(plain);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)])) : value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
