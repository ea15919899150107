import type { DecimalType } from "../../src/schema/types.js";

interface TypedDecimal {
  readonly type: DecimalType;
  readonly value: bigint;
}

/** Decimal arithmetic as Spark defines it, in plain BigInt: the unscaled result for operands of at most 12 digits. */
export function canonicalDecimal(operation: string, x: TypedDecimal, y: TypedDecimal): bigint | "error" {
  const [s1, s2, p1, p2] = [x.type.scale, y.type.scale, x.type.precision, y.type.precision];
  const scale = Math.max(s1, s2);
  const up = (digits: number): bigint => 10n ** BigInt(digits);
  if (operation === "+") return x.value * up(scale - s1) + y.value * up(scale - s2);
  if (operation === "-") return x.value * up(scale - s1) - y.value * up(scale - s2);
  if (operation === "*") return x.value * y.value;
  if (y.value === 0n) return "error";
  const wanted = Math.max(6, s1 + p2 + 1);
  const whole = p1 - s1 + s2;
  const kept = whole + wanted <= 38 ? wanted : Math.max(38 - whole, Math.min(wanted, 6));
  const [numerator, denominator] = [x.value * up(kept + s2), y.value * up(s1)];
  const sign = numerator < 0n !== denominator < 0n ? -1n : 1n;
  const [n, d] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator];
  return sign * ((2n * n + d) / (2n * d));
}
