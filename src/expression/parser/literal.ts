import type { DataType } from "../../schema/types.js";
import type { Value } from "../../schema/value.js";
import { decimal, types } from "../../schema/data-types.js";
import type { ExpressionNode } from "../expression.js";
import { parseDateText, parseTimestampText } from "../kernels/datetime-text.js";
import { INT64_MAX, INT64_MIN, microsFrom } from "../kernels/int64.js";
import { syntaxError } from "./syntax-error.js";

export function literal(value: Value, type: DataType, position?: number): ExpressionNode {
  return position === undefined ? { kind: "literal", value, type } : { kind: "literal", value, type, position };
}

const NUMBER = /^(\d*)(?:(\.)(\d*))?(?:[eE]([+-]?\d+))?(BD|[LSYDF])?$/i;
const RANGES = { Y: [types.byte, -128n, 127n], S: [types.short, -32768n, 32767n], L: [types.long, INT64_MIN, INT64_MAX] } as const;

/**
 * A number as Spark types it: `1` int (long, then decimal, when it does not fit), `1L` long, `1S` short, `1Y` byte,
 * `1.5` and `1BD` decimal, `1e3` and `1D` double, `1F` float.
 */
export function numberLiteral(sql: string, text: string, position: number, negative: boolean): ExpressionNode {
  const parts = NUMBER.exec(text);
  if (parts === null) throw syntaxError(sql, position, `${text} is not a number`);
  const [, whole = "", point, fraction = "", exponent, suffixText = ""] = parts;
  const suffix = suffixText.toUpperCase();
  if (suffix === "Y" || suffix === "S" || suffix === "L") {
    const [type, min, max] = RANGES[suffix];
    const value = BigInt(whole || "0") * (negative ? -1n : 1n);
    if (point !== undefined || exponent !== undefined) throw syntaxError(sql, position, `the suffix ${suffixText} is for whole numbers`);
    if (value < min || value > max) throw syntaxError(sql, position, `${value} does not fit ${type.kind} (${min} to ${max})`);
    return literal(suffix === "L" ? value : Number(value), type, position);
  }
  if (suffix === "D" || suffix === "F" || (suffix === "" && exponent !== undefined)) {
    const value = Number(`${whole || "0"}.${fraction || "0"}e${exponent ?? "0"}`) * (negative ? -1 : 1);
    if (!Number.isFinite(value)) throw syntaxError(sql, position, `${text} does not fit a double`);
    return suffix === "F" ? literal(Math.fround(value), types.float, position) : literal(value, types.double, position);
  }
  if (suffix === "BD" || point !== undefined)
    return decimalLiteral(sql, { whole, fraction, exponent: Number(exponent ?? 0), position, negative });
  return integerLiteral(sql, whole, position, negative);
}

function integerLiteral(sql: string, digits: string, position: number, negative: boolean): ExpressionNode {
  const value = negative ? -BigInt(digits) : BigInt(digits);
  if (value >= -2147483648n && value <= 2147483647n) return literal(Number(value), types.int, position);
  if (value >= INT64_MIN && value <= INT64_MAX) return literal(value, types.long, position);
  return decimalLiteral(sql, { whole: digits, fraction: "", exponent: 0, position, negative });
}

interface DecimalText {
  readonly whole: string;
  readonly fraction: string;
  readonly exponent: number;
  readonly position: number;
  readonly negative: boolean;
}

function decimalLiteral(sql: string, text: DecimalText): ExpressionNode {
  const tooLong = (): Error => syntaxError(sql, text.position, "a decimal has at most 38 digits");
  if (Math.abs(text.exponent) > 76) throw tooLong();
  let unscaled = BigInt(text.whole + text.fraction || "0");
  let scale = text.fraction.length - text.exponent;
  if (scale < 0) {
    unscaled *= 10n ** BigInt(-scale);
    scale = 0;
  }
  const precision = Math.max(unscaled === 0n ? 1 : String(unscaled).length, scale);
  if (precision > 38) throw tooLong();
  return literal(text.negative ? -unscaled : unscaled, decimal(precision, scale), text.position);
}

/** `DATE '…'`, `TIMESTAMP '…'` (and `_NTZ`, `_LTZ`); `undefined` when the word makes no such literal. */
export function typedLiteral(sql: string, word: string, text: string, position: number): ExpressionNode | undefined {
  switch (word) {
    case "DATE": {
      const days = parseDateText(text);
      if (days === undefined) throw syntaxError(sql, position, `'${text}' is not a date; write it as DATE '2024-01-31'`);
      return literal(days, types.date, position);
    }
    case "TIMESTAMP":
    case "TIMESTAMP_LTZ":
    case "TIMESTAMP_NTZ": {
      const parsed = parseTimestampText(text);
      if (parsed === undefined) {
        const advice =
          "write it as TIMESTAMP '2024-01-31 12:30:00' with Z or an offset such as +02:00 (names of regions are not supported)";
        throw syntaxError(sql, position, `'${text}' is not a timestamp; ${advice}`);
      }
      if (word !== "TIMESTAMP_NTZ") return literal(microsFrom(parsed.days, parsed.micros), types.timestamp, position);
      if (parsed.zoned) throw syntaxError(sql, position, "a TIMESTAMP_NTZ has no zone; leave the zone out or use TIMESTAMP");
      return literal(microsFrom(parsed.days, parsed.micros), types.timestamp_ntz, position);
    }
    default:
      return undefined;
  }
}

/** The bytes of `X'1F'`; an odd number of digits has a zero before it, as in Spark. */
export function binaryLiteral(hex: string, position: number): ExpressionNode {
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  const bytes = new Uint8Array(even.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(even.slice(2 * i, 2 * i + 2), 16);
  return literal(bytes, types.binary, position);
}
