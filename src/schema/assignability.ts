import { isFloating, isIntegral, isNumeric, typesEqual } from "./data-types.js";
import { findField } from "./field-names.js";
import type { DataType, DecimalType, StructType } from "./types.js";

/**
 * Whether values of one type can be written into a column of another, by Spark's ANSI store assignment:
 * `"safe"`: every value fits; `"checked"`: values are checked one by one and those that do not fit refused; `"no"`: never.
 */
export type Assignability = "safe" | "checked" | "no";

const order: readonly Assignability[] = ["safe", "checked", "no"];

function worst(list: readonly Assignability[]): Assignability {
  return order[Math.max(0, ...list.map((each) => order.indexOf(each)))] ?? "no";
}

/** `from` is what the data has, `to` what the column holds. Nullability is checked elsewhere, value by value. */
export function assignability(from: DataType, to: DataType): Assignability {
  if (from.kind === "void" || typesEqual(from, to, { nullability: "ignore" })) return "safe";
  if (from.kind === "struct" || to.kind === "struct") {
    return from.kind === "struct" && to.kind === "struct" ? structAssignability(from, to) : "no";
  }
  if (from.kind === "array" || to.kind === "array") {
    return from.kind === "array" && to.kind === "array" ? assignability(from.element, to.element) : "no";
  }
  if (from.kind === "map" || to.kind === "map") {
    return from.kind === "map" && to.kind === "map"
      ? worst([assignability(from.key, to.key), assignability(from.value, to.value)])
      : "no";
  }
  return flatAssignability(from, to);
}

/** Fields go by name; those that the data lacks are null, those that the column lacks have no place. */
function structAssignability(from: StructType, to: StructType): Assignability {
  return worst(
    from.fields.map((field) => {
      const target = findField(to, field.name);
      return target === undefined ? "no" : assignability(field.type, target.type);
    }),
  );
}

function flatAssignability(from: DataType, to: DataType): Assignability {
  if (isNumeric(from) && isNumeric(to)) return widens(from, to) ? "safe" : "checked";
  if (isDatetime(from) && isDatetime(to)) return from.kind === "date" ? "safe" : "checked";
  if (to.kind === "string" && from.kind !== "binary" && from.kind !== "variant") return "safe";
  return "no";
}

function isDatetime(type: DataType): boolean {
  return type.kind === "date" || type.kind === "timestamp" || type.kind === "timestamp_ntz";
}

const wholeDigits: Readonly<Record<string, number>> = { byte: 3, short: 5, int: 10, long: 19 };

/** Whether every number of `from` is one of `to`, up to the rounding that doubles imply. */
function widens(from: DataType, to: DataType): boolean {
  if (to.kind === "double") return true;
  if (to.kind === "float") return from.kind !== "double";
  if (isFloating(from)) return false;
  if (to.kind === "decimal") return fitsDecimal(from, to);
  const digits = wholeDigits[to.kind] ?? 0;
  return isIntegral(from)
    ? (wholeDigits[from.kind] ?? 0) <= digits
    : from.kind === "decimal" && from.scale === 0 && from.precision < digits;
}

function fitsDecimal(from: DataType, to: DecimalType): boolean {
  const whole = to.precision - to.scale;
  if (from.kind === "decimal") return from.scale <= to.scale && from.precision - from.scale <= whole;
  return (wholeDigits[from.kind] ?? 0) <= whole;
}
