import { LakeError } from "../base/errors.js";
import type { ArrayType, DataType, DecimalType, Field, MapType, PrimitiveName, PrimitiveType, StructType } from "./types.js";

function primitive(kind: PrimitiveName): PrimitiveType {
  return Object.freeze({ kind });
}

/** The types without parameters. */
export const types = Object.freeze({
  byte: primitive("byte"),
  short: primitive("short"),
  int: primitive("int"),
  long: primitive("long"),
  float: primitive("float"),
  double: primitive("double"),
  string: primitive("string"),
  binary: primitive("binary"),
  boolean: primitive("boolean"),
  date: primitive("date"),
  timestamp: primitive("timestamp"),
  timestamp_ntz: primitive("timestamp_ntz"),
  variant: primitive("variant"),
  void: primitive("void"),
} satisfies Record<PrimitiveName, PrimitiveType>);

/** The most digits a decimal can have. */
export const MAX_DECIMAL_PRECISION = 38;

/** @throws schema/invalid unless 1 ≤ precision ≤ 38 and 0 ≤ scale ≤ precision (PROTOCOL.md "Primitive Types") */
export function decimal(precision: number, scale = 0): DecimalType {
  if (!Number.isInteger(precision) || precision < 1 || precision > MAX_DECIMAL_PRECISION) {
    throw new LakeError(
      "schema/invalid",
      `decimal(${precision},${scale}) is not a type: a decimal has 1 to ${MAX_DECIMAL_PRECISION} digits. Choose a precision in that range.`,
      { precision, scale },
    );
  }
  if (!Number.isInteger(scale) || scale < 0 || scale > precision) {
    throw new LakeError(
      "schema/invalid",
      `decimal(${precision},${scale}) is not a type: the digits after the point are 0 to ${precision}, part of the precision. ` +
        `Choose a scale in that range.`,
      { precision, scale },
    );
  }
  return Object.freeze({ kind: "decimal", precision, scale });
}

export function array(element: DataType, containsNull = true): ArrayType {
  return Object.freeze({ kind: "array", element, containsNull });
}

export function map(key: DataType, value: DataType, valueContainsNull = true): MapType {
  return Object.freeze({ kind: "map", key, value, valueContainsNull });
}

export function struct(fields: readonly Field[]): StructType {
  return Object.freeze({ kind: "struct", fields: Object.freeze([...fields]) });
}

export interface FieldOptions {
  readonly nullable?: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

const noMetadata: Readonly<Record<string, unknown>> = Object.freeze({});

/** A field; nullable and without metadata unless said otherwise. */
export function field(name: string, type: DataType, options: FieldOptions = {}): Field {
  const { nullable = true, metadata = noMetadata } = options;
  return Object.freeze({ name, type, nullable, metadata: Object.freeze({ ...metadata }) });
}

export interface TypesEqualOptions {
  /** `"ignore"`: `not null` and `containsNull` make no difference. Default: `"compare"`. */
  readonly nullability?: "compare" | "ignore";
}

/** Whether both are the same type, down to the names (in their exact spelling) of nested fields. Metadata is no part of a type. */
export function typesEqual(a: DataType, b: DataType, options: TypesEqualOptions = {}): boolean {
  if (a === b) return true;
  const sameNull = (x: boolean, y: boolean): boolean => options.nullability === "ignore" || x === y;
  switch (a.kind) {
    case "decimal":
      return b.kind === "decimal" && a.precision === b.precision && a.scale === b.scale;
    case "array":
      return b.kind === "array" && sameNull(a.containsNull, b.containsNull) && typesEqual(a.element, b.element, options);
    case "map":
      return (
        b.kind === "map" &&
        sameNull(a.valueContainsNull, b.valueContainsNull) &&
        typesEqual(a.key, b.key, options) &&
        typesEqual(a.value, b.value, options)
      );
    case "struct":
      return b.kind === "struct" && a.fields.length === b.fields.length && a.fields.every((x, i) => fieldsEqual(x, b.fields[i], options));
    default:
      return a.kind === b.kind;
  }
}

function fieldsEqual(a: Field, b: Field | undefined, options: TypesEqualOptions): boolean {
  if (b === undefined || a.name !== b.name) return false;
  return (options.nullability === "ignore" || a.nullable === b.nullable) && typesEqual(a.type, b.type, options);
}

/** byte, short, int or long. */
export function isIntegral(type: DataType): boolean {
  return type.kind === "byte" || type.kind === "short" || type.kind === "int" || type.kind === "long";
}

/** float or double. */
export function isFloating(type: DataType): boolean {
  return type.kind === "float" || type.kind === "double";
}

/** Integral, floating or decimal. */
export function isNumeric(type: DataType): boolean {
  return isIntegral(type) || isFloating(type) || type.kind === "decimal";
}

/** timestamp or timestamp_ntz. */
export function isTimestamp(type: DataType): boolean {
  return type.kind === "timestamp" || type.kind === "timestamp_ntz";
}

/** Types whose values stay in Arrow: struct, array, map, and variant, whose two parts are binary. */
export function isNested(type: DataType): type is StructType | ArrayType | MapType | PrimitiveType {
  return type.kind === "struct" || type.kind === "array" || type.kind === "map" || type.kind === "variant";
}

/** Whether values of the type have an order in Spark: all but map and variant, at any depth. */
export function isOrderable(type: DataType): boolean {
  switch (type.kind) {
    case "map":
    case "variant":
      return false;
    case "array":
      return isOrderable(type.element);
    case "struct":
      return type.fields.every((nested) => isOrderable(nested.type));
    default:
      return true;
  }
}

/** The decimal that holds every value of an integral type, as Spark's `DecimalType.forType`. */
export function decimalForIntegral(type: DataType): DecimalType {
  switch (type.kind) {
    case "byte":
      return decimal(3, 0);
    case "short":
      return decimal(5, 0);
    case "int":
      return decimal(10, 0);
    case "long":
      return decimal(20, 0);
    default:
      throw new LakeError("internal/assertion", `This is a bug in laketable: ${type.kind} is not an integral type.`);
  }
}

/** The same type with null allowed at every level; map keys stay without. */
export function asNullable<T extends DataType>(type: T): T;
export function asNullable(type: DataType): DataType {
  switch (type.kind) {
    case "struct":
      return struct(type.fields.map((f) => field(f.name, asNullable(f.type), { metadata: f.metadata })));
    case "array":
      return array(asNullable(type.element));
    case "map":
      return map(asNullable(type.key), asNullable(type.value));
    case "decimal":
      return type;
    default: {
      const flat: PrimitiveType = type;
      return flat;
    }
  }
}
