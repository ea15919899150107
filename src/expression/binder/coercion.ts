import { array, field, isFloating, isIntegral, isNumeric, map, struct, types, typesEqual } from "../../schema/data-types.js";
import type { DataType } from "../../schema/types.js";
import { canCast } from "../cast.js";
import type { BoundExpression } from "../expression.js";
import { decimalOf, widerDecimal } from "../kernels/decimal-rules.js";
import { canStoreAs } from "../store-assignment.js";

/** Numbers from narrow to wide. */
const NUMERIC = ["byte", "short", "int", "long", "float", "double"] as const;

/** The numeric type that both widen to, without decimals; a whole number beside a float makes a double, so that no digits go. */
function widerNumber(a: DataType, b: DataType): DataType {
  const index = Math.max(NUMERIC.indexOf(a.kind as "int"), NUMERIC.indexOf(b.kind as "int"));
  const kind = NUMERIC[index] ?? "double";
  return kind === "float" && (isIntegral(a) || isIntegral(b)) ? types.double : types[kind];
}

/**
 * The type that two operands are compared, unified or chosen in: Spark's least common type in ANSI mode, where a string beside
 * something else becomes that (whole numbers: long, other numbers: double).
 */
export function commonType(a: DataType, b: DataType): DataType | undefined {
  if (typesEqual(a, b)) return a;
  if (a.kind === "void") return b;
  if (b.kind === "void") return a;
  if (a.kind === "string") return besideString(b);
  if (b.kind === "string") return besideString(a);
  if (isNumeric(a) && isNumeric(b)) {
    if (a.kind !== "decimal" && b.kind !== "decimal") return widerNumber(a, b);
    if (isFloating(a) || isFloating(b)) return types.double;
    const [x, y] = [decimalOf(a, undefined), decimalOf(b, undefined)];
    return x !== undefined && y !== undefined ? widerDecimal(x, y) : undefined;
  }
  return commonDatetime(a, b) ?? commonNested(a, b);
}

function besideString(other: DataType): DataType | undefined {
  if (isIntegral(other)) return types.long;
  if (isNumeric(other)) return types.double;
  return other.kind === "struct" || other.kind === "array" || other.kind === "map" || other.kind === "variant" ? undefined : other;
}

function commonDatetime(a: DataType, b: DataType): DataType | undefined {
  const kinds: readonly string[] = [a.kind, b.kind];
  if (!kinds.every((kind) => kind === "date" || kind === "timestamp" || kind === "timestamp_ntz")) return undefined;
  return kinds.includes("timestamp") ? types.timestamp : types.timestamp_ntz;
}

function commonNested(a: DataType, b: DataType): DataType | undefined {
  if (a.kind === "array" && b.kind === "array") {
    const element = commonType(a.element, b.element);
    return element === undefined ? undefined : array(element, a.containsNull || b.containsNull);
  }
  if (a.kind === "map" && b.kind === "map") {
    const [key, value] = [commonType(a.key, b.key), commonType(a.value, b.value)];
    return key === undefined || value === undefined ? undefined : map(key, value, a.valueContainsNull || b.valueContainsNull);
  }
  if (a.kind !== "struct" || b.kind !== "struct" || a.fields.length !== b.fields.length) return undefined;
  const fields = a.fields.map((left, index) => {
    const right = b.fields[index];
    if (right === undefined || left.name.toLowerCase() !== right.name.toLowerCase()) return undefined;
    const type = commonType(left.type, right.type);
    return type === undefined ? undefined : field(left.name, type, { nullable: left.nullable || right.nullable });
  });
  return fields.every((each) => each !== undefined) ? struct(fields.filter((each) => each !== undefined)) : undefined;
}

/** The common type of two expressions; a whole literal beside a decimal needs no more digits than it has. */
export function commonTypeOf(a: BoundExpression, b: BoundExpression): DataType | undefined {
  if ((a.type.kind === "decimal") !== (b.type.kind === "decimal") || a.type.kind === "decimal") {
    const [x, y] = [decimalOf(a.type, literalValue(a)), decimalOf(b.type, literalValue(b))];
    if (x !== undefined && y !== undefined) return widerDecimal(x, y);
  }
  return commonType(a.type, b.type);
}

export function literalValue(expression: BoundExpression): number | bigint | undefined {
  if (expression.kind !== "literal") return undefined;
  return typeof expression.value === "number" || typeof expression.value === "bigint" ? expression.value : undefined;
}

/** Whether a function that takes `to` may be given a `from` without a cast being written (Spark's ANSI implicit casts). */
export function canImplicitlyCast(from: DataType, to: DataType): boolean {
  if (from.kind === "void") return true;
  if (from.kind === "string") return to.kind === "string" || (isFlat(to) && canCast(from, to));
  return canStoreAs(from, to) !== "no" && canCast(from, to);
}

function isFlat(type: DataType): boolean {
  return type.kind !== "struct" && type.kind !== "array" && type.kind !== "map";
}
