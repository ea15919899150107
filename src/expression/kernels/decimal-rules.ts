import { decimal, decimalForIntegral, isIntegral } from "../../schema/data-types.js";
import type { DataType, DecimalType } from "../../schema/types.js";
import type { Value } from "../../schema/value.js";

/** Spark keeps at least this many digits after the point when a result must be shortened to 38 digits. */
const MINIMUM_ADJUSTED_SCALE = 6;

/** The decimal of an arithmetic result; over 38 digits, digits after the point are given up first (Spark's `adjustPrecisionScale`). */
function adjusted(precision: number, scale: number): DecimalType {
  if (precision <= 38) return decimal(precision, scale);
  const whole = precision - scale;
  return decimal(38, Math.max(38 - whole, Math.min(scale, MINIMUM_ADJUSTED_SCALE)));
}

/** The type of `a name b` (Spark's `DecimalPrecision`, HIVE-3884). */
export function decimalResult(name: string, a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  const [wholeA, wholeB] = [a.precision - a.scale, b.precision - b.scale];
  switch (name) {
    case "+":
    case "-":
      return adjusted(Math.max(wholeA, wholeB) + scale + 1, scale);
    case "*":
      return adjusted(a.precision + b.precision + 1, a.scale + b.scale);
    case "/": {
      const quotientScale = Math.max(MINIMUM_ADJUSTED_SCALE, a.scale + b.precision + 1);
      return adjusted(wholeA + b.scale + quotientScale, quotientScale);
    }
    default:
      return adjusted(Math.min(wholeA, wholeB) + scale, scale);
  }
}

/** The decimal that holds the values of both, as far as 38 digits do (`widerDecimalType`). */
export function widerDecimal(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale);
  return boundedDecimal(whole + scale, scale);
}

/** Digits before the point win when both do not fit (`boundedPreferIntegralDigits`). */
export function boundedDecimal(precision: number, scale: number): DecimalType {
  if (precision <= 38) return decimal(precision, scale);
  return decimal(38, Math.max(0, 38 - (precision - scale)));
}

/** The decimal an operand of a decimal operation becomes; a whole literal takes only the digits it has (a byte's excepted, as in Spark). */
export function decimalOf(type: DataType, literal: Value | undefined): DecimalType | undefined {
  if (type.kind === "decimal") return type;
  if (!isIntegral(type)) return undefined;
  if ((typeof literal === "number" || typeof literal === "bigint") && type.kind !== "byte")
    return decimal(String(literal).replace("-", "").length, 0);
  return decimalForIntegral(type);
}
