import { parseDecimal, formatDecimal, powerOfTen } from "../../schema/decimal-text.js";
import { divideHalfUp } from "./decimal.js";

export type RoundingMode = "half-up" | "half-even" | "ceiling" | "floor";

/** a / b rounded, for b > 0. */
export function divideRounded(a: bigint, b: bigint, mode: RoundingMode): bigint {
  if (mode === "half-up") return divideHalfUp(a, b);
  const quotient = a / b;
  const rest = a % b;
  if (rest === 0n) return quotient;
  const away = a < 0n ? quotient - 1n : quotient + 1n;
  if (mode === "ceiling") return a < 0n ? quotient : away;
  if (mode === "floor") return a < 0n ? away : quotient;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  return twice > b || (twice === b && quotient % 2n !== 0n) ? away : quotient;
}

/** An unscaled value of one scale with `digits` digits after the point, at the scale `target`. Digits may be negative. */
export function roundUnscaled(unscaled: bigint, scale: number, digits: number, target: number, mode: RoundingMode): bigint {
  if (digits >= scale) return unscaled * powerOfTen(target - scale);
  const rounded = divideRounded(unscaled, powerOfTen(scale - digits), mode);
  return digits >= target ? rounded / powerOfTen(digits - target) : rounded * powerOfTen(target - digits);
}

/**
 * `value` · 10^`digits`, rounded half up by its decimal spelling, when double arithmetic settles it: the number is small
 * and not near a half, where the last bit would decide.
 */
export function roundedUnscaled(value: number, digits: number): number | undefined {
  const scaled = Math.abs(value) * 10 ** digits;
  if (!(scaled < 2 ** 50)) return undefined;
  const whole = Math.floor(scaled);
  const distance = scaled - whole - 0.5;
  if (Math.abs(distance) <= scaled * 2 ** -50 + 1e-9) return undefined;
  const rounded = distance < 0 ? whole : whole + 1;
  return value < 0 && rounded !== 0 ? -rounded : rounded;
}

/** A double rounded by its shortest decimal spelling, as Java's BigDecimal does it: `round(2.675D, 2)` is 2.68. */
export function roundDouble(value: number, digits: number, mode: RoundingMode): number {
  if (!Number.isFinite(value) || value === 0) return value;
  if (mode === "half-up" && digits >= 0 && digits <= 15) {
    const quick = roundedUnscaled(value, digits);
    if (quick !== undefined) return quick / 10 ** digits;
  }
  const number = parseDecimal(String(value));
  if (number === undefined || digits >= number.scale) return value;
  if (digits < -400) return 0;
  const rounded = divideRounded(number.unscaled, powerOfTen(number.scale - digits), mode);
  return Number(digits >= 0 ? formatDecimal(rounded, digits) : `${rounded}e${-digits}`);
}
