import { newTimestampScan, microsOfScan, parseDate, scanTimestamp } from "../../schema/datetime.js";
import { fitsPrecision, parseDecimal, powerOfTen } from "../../schema/decimal-text.js";
import type { DataType, DecimalType } from "../../schema/types.js";
import type { Value } from "../../schema/value.js";
import { isNumberText, type ExactJson } from "./exact-json.js";

export type BoundSide = "min" | "max";

/**
 * One entry of `minValues` or `maxValues` as a true bound of its type; `undefined` when it says nothing that can be relied on.
 *
 * PROTOCOL.md "Per-file Statistics": timestamps are cut to milliseconds, so a maximum is widened to the last µs of its
 * millisecond. Numbers that a writer may have passed through a double are widened by what a double can be off.
 */
export function decodeStatsValue(json: ExactJson | undefined, type: DataType, side: BoundSide): Value | undefined {
  if (json === undefined || json === null) return undefined;
  switch (type.kind) {
    case "byte":
    case "short":
    case "int": {
      const value = integerOf(json);
      return value === undefined ? undefined : Number(value);
    }
    case "long":
      return integerOf(json);
    case "float":
    case "double":
      return floatingOf(json, type.kind, side);
    case "decimal":
      return decimalOf(json, type, side);
    case "string":
      return typeof json === "string" ? json : undefined;
    case "boolean":
      return typeof json === "boolean" ? json : undefined;
    case "date":
      return typeof json === "string" ? parseDate(json) : undefined;
    case "timestamp":
    case "timestamp_ntz":
      return typeof json === "string" ? microsOf(json, type.kind, side) : undefined;
    default:
      return undefined;
  }
}

/** Widens a bound that is already a value (struct statistics of a checkpoint) by what its writer cut off. */
export function widenStatsValue(value: Value, type: DataType, side: BoundSide): Value | undefined {
  if (value === null) return undefined;
  if (typeof value === "bigint" && side === "max" && (type.kind === "timestamp" || type.kind === "timestamp_ntz")) return value + 999n;
  if (typeof value === "number" && Number.isNaN(value) && side === "min") return undefined;
  return value;
}

function integerOf(json: ExactJson): bigint | undefined {
  if (isNumberText(json)) return /^-?\d{1,19}$/.test(json.numberText) ? int64(BigInt(json.numberText)) : undefined;
  return typeof json === "number" && Number.isSafeInteger(json) ? BigInt(json) : undefined;
}

function int64(value: bigint): bigint | undefined {
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

const specials: ReadonlyMap<string, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["+Infinity", Infinity],
  ["inf", Infinity],
  ["-Infinity", -Infinity],
  ["-inf", -Infinity],
]);

/** A minimum of NaN says nothing: some writers let one NaN spoil it. */
function floatingOf(json: ExactJson, kind: "float" | "double", side: BoundSide): number | undefined {
  const value = isNumberText(json)
    ? Number(json.numberText)
    : typeof json === "string"
      ? specials.get(json)
      : typeof json === "number"
        ? json
        : undefined;
  if (value === undefined || (Number.isNaN(value) && side === "min")) return undefined;
  return kind === "float" ? Math.fround(value) : value;
}

function decimalOf(json: ExactJson, type: DecimalType, side: BoundSide): bigint | undefined {
  const text = isNumberText(json)
    ? json.numberText
    : typeof json === "number"
      ? String(json)
      : typeof json === "string"
        ? json
        : undefined;
  const number = text === undefined ? undefined : parseDecimal(text);
  if (text === undefined || number === undefined) return undefined;
  const lower = side === "min";
  let unscaled = scaled(number.unscaled, number.scale, type.scale, lower);
  const magnitude = unscaled < 0n ? -unscaled : unscaled;
  if (typeof json !== "string" && magnitude >= exactInDoubles && mayBeDouble(text)) {
    const slack = magnitude / 2n ** 51n + 1n;
    unscaled += lower ? -slack : slack;
  }
  return fitsPrecision(unscaled, type.precision) ? unscaled : undefined;
}

/** At another scale, rounded outwards. */
function scaled(unscaled: bigint, from: number, to: number, lower: boolean): bigint {
  if (to >= from) return unscaled * powerOfTen(to - from);
  const divisor = powerOfTen(from - to);
  const quotient = unscaled / divisor;
  const rest = unscaled % divisor;
  if (rest === 0n) return quotient;
  return lower ? (rest < 0n ? quotient - 1n : quotient) : rest > 0n ? quotient + 1n : quotient;
}

/** Decimals of up to 15 digits come back from a double as they were. */
const exactInDoubles = 10n ** 15n;

/** A double prints as up to 17 significant digits; more cannot come from one. */
function mayBeDouble(text: string): boolean {
  return (
    text
      .replace(/[eE].*$/, "")
      .replace(/[-.]/g, "")
      .replace(/^0+/, "")
      .replace(/0+$/, "").length <= 17
  );
}

/** Before 1900 zones were off by seconds that writers cut from the offset: only UTC can be relied on. */
const reliableOffsetsFrom = -2_208_988_800_000_000n;

function microsOf(text: string, kind: "timestamp" | "timestamp_ntz", side: BoundSide): bigint | undefined {
  const scan = newTimestampScan();
  if (!scanTimestamp(text, scan)) return undefined;
  if (kind === "timestamp" && !scan.hasZone) return undefined;
  const isUtc = /(Z|[+-]00:?00)$/i.test(text);
  if (kind === "timestamp_ntz" && scan.hasZone && !isUtc) return undefined;
  const micros = microsOfScan(scan);
  if (!isUtc && scan.hasZone && micros < reliableOffsetsFrom) return undefined;
  return side === "max" ? micros + 999n : micros;
}
