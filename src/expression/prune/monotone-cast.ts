import { isFloating, isIntegral } from "../../schema/data-types.js";
import { fitsPrecision, formatDecimal, powerOfTen } from "../../schema/decimal-text.js";
import type { DataType, DecimalType } from "../../schema/types.js";
import type { Value } from "../../schema/value.js";
import { roundScale } from "../kernels/decimal.js";
import { fitsInt64, microsFrom, splitMicros } from "../kernels/int64.js";

/** A cast of single values that keeps their order; `undefined` for a value that does not fit. */
export type ValueCast = (value: Value) => Value | undefined;

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  byte: [-128, 127],
  short: [-32768, 32767],
  int: [-2147483648, 2147483647],
};

/**
 * The cast between types under which a ≤ b implies cast(a) ≤ cast(b), so that bounds stay bounds; `undefined` for other casts.
 * It agrees with `castColumn` on every value that fits.
 */
export function monotoneCast(from: DataType, to: DataType): ValueCast | undefined {
  if (isIntegral(from)) return fromInteger(to);
  if (from.kind === "decimal") return fromDecimal(from, to);
  if (isFloating(from)) {
    if (to.kind === "double") return (value) => value;
    return to.kind === "float" ? (value) => Math.fround(value as number) : undefined;
  }
  if (from.kind === "date") return isTimestamp(to) ? (value) => microsFrom(value as number, 0) : undefined;
  if (!isTimestamp(from)) return undefined;
  if (isTimestamp(to)) return (value) => value;
  return to.kind === "date" ? (value) => splitMicros(value as bigint).days : undefined;
}

function isTimestamp(type: DataType): boolean {
  return type.kind === "timestamp" || type.kind === "timestamp_ntz";
}

function fromInteger(to: DataType): ValueCast | undefined {
  switch (to.kind) {
    case "byte":
    case "short":
    case "int": {
      const [min, max] = RANGES[to.kind] ?? [0, 0];
      return (value) => (Number(value) >= min && Number(value) <= max ? Number(value) : undefined);
    }
    case "long":
      return (value) => BigInt(value as number | bigint);
    case "double":
      return (value) => Number(value);
    case "decimal":
      return (value) => fitting(BigInt(value as number | bigint) * powerOfTen(to.scale), to);
    default:
      return undefined;
  }
}

function fromDecimal(from: DecimalType, to: DataType): ValueCast | undefined {
  switch (to.kind) {
    case "decimal":
      return (value) => fitting(roundScale(value as bigint, from.scale, to.scale), to);
    case "double":
      return (value) => Number(formatDecimal(value as bigint, from.scale));
    case "long":
      return (value) => {
        const whole = (value as bigint) / powerOfTen(from.scale);
        return fitsInt64(whole) ? whole : undefined;
      };
    default:
      return undefined;
  }
}

function fitting(unscaled: bigint, type: DecimalType): bigint | undefined {
  return fitsPrecision(unscaled, type.precision) ? unscaled : undefined;
}
