import type { DecimalType } from "./types.js";

/** A decimal number as written: unscaled · 10^-scale. */
export interface DecimalNumber {
  readonly unscaled: bigint;
  /** 0 or more. */
  readonly scale: number;
}

const powers: bigint[] = [1n];

/** 10^exponent, for a whole exponent from 0. */
export function powerOfTen(exponent: number): bigint {
  for (let i = powers.length; i <= exponent && i <= 80; i += 1) powers.push((powers[i - 1] ?? 1n) * 10n);
  return powers[exponent] ?? 10n ** BigInt(exponent);
}

const decimalPattern = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,4}))?$/;

/** The number of `-12.34`, `.5`, `1e-3`; `undefined` when the text is something else. */
export function parseDecimal(text: string): DecimalNumber | undefined {
  const match = decimalPattern.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const digits = BigInt(whole + fraction);
  const unscaled = sign === "-" ? -digits : digits;
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { unscaled, scale } : { unscaled: unscaled * powerOfTen(-scale), scale: 0 };
}

/** The unscaled value at another scale; `undefined` when digits other than 0 would be lost. */
export function rescale(unscaled: bigint, from: number, to: number): bigint | undefined {
  if (to >= from) return unscaled * powerOfTen(to - from);
  const divisor = powerOfTen(from - to);
  const quotient = unscaled / divisor;
  return quotient * divisor === unscaled ? quotient : undefined;
}

/** Whether the unscaled value has at most `precision` digits. */
export function fitsPrecision(unscaled: bigint, precision: number): boolean {
  const limit = powerOfTen(precision);
  return unscaled < limit && unscaled > -limit;
}

/** The unscaled value of `number` as the given type; `undefined` when it does not fit exactly. */
export function toUnscaled(number: DecimalNumber, type: DecimalType): bigint | undefined {
  const unscaled = rescale(number.unscaled, number.scale, type.scale);
  return unscaled !== undefined && fitsPrecision(unscaled, type.precision) ? unscaled : undefined;
}

/** All digits of the scale, none more: 1234 at scale 2 is `12.34`, 5 at scale 2 `0.05`. */
export function formatDecimal(unscaled: bigint, scale: number): string {
  return unscaled < 0n ? `-${placePoint((-unscaled).toString(), scale)}` : placePoint(unscaled.toString(), scale);
}

/** The digits of an unscaled number ≥ 0 with their point. */
export function placePoint(digits: string, scale: number): string {
  if (scale === 0) return digits;
  const padded = digits.length > scale ? digits : digits.padStart(scale + 1, "0");
  return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}
