import { boolAt } from "../../columnar/access.js";
import type { Column } from "../../columnar/column.js";
import { decimalOfWords } from "../../schema/cells.js";
import { fitsPrecision, parseDecimal, powerOfTen } from "../../schema/decimal-text.js";
import { wordsOf, wordsToNumber } from "../../schema/int64-words.js";
import type { DataType, DecimalType } from "../../schema/types.js";
import { trimWhitespace } from "../kernels/datetime-text.js";
import { SAFE_DIGITS, roundScale, storeSmallDecimal } from "../kernels/decimal.js";
import { toBigInt } from "../kernels/int64.js";
import { roundedUnscaled } from "../kernels/rounding.js";
import { columnTexts, storeDecimal } from "../kernels/readers.js";
import type { CastContext } from "./cast-context.js";
import { valueText } from "./to-number.js";

/** Casts to a decimal: rounded half up to its scale, failing when the digits do not fit. */
export function castToDecimal(column: Column, from: DataType, to: DecimalType, context: CastContext): ArrayBufferView {
  const values = new Uint32Array(column.length * 4);
  const out = new Int32Array(values.buffer);
  const fail = (row: number): void => context.fail(row, () => valueText(column, from, row));
  const small = smallReader(column, from, to);
  if (small !== undefined) {
    const limit = 10 ** to.precision;
    for (let row = 0; row < column.length; row++) {
      const value = small(row);
      if (value < limit && value > -limit) storeSmallDecimal(out, row, value);
      else fail(row);
    }
    return values;
  }
  const read = unscaledReader(column, from, to.scale);
  const doubles =
    (from.kind === "double" || from.kind === "float") && to.scale <= SAFE_DIGITS ? (column.values as Float64Array) : undefined;
  const limit = 10 ** to.precision;
  for (let row = 0; row < column.length; row++) {
    if (context.isNull(row)) continue;
    const quick = doubles === undefined ? undefined : roundedUnscaled(doubles[row] as number, to.scale);
    if (quick !== undefined && Math.abs(quick) < limit) {
      storeSmallDecimal(out, row, quick);
      continue;
    }
    const value = read(row);
    if (value === "none") context.makeNull(row);
    else if (value === undefined || !fitsPrecision(value, to.precision)) fail(row);
    else storeDecimal(out, row, value);
  }
  return values;
}

/** Unscaled values as safe integers, where the types prove that all of them are. */
function smallReader(column: Column, from: DataType, to: DecimalType): ((row: number) => number) | undefined {
  if (to.precision > SAFE_DIGITS) return undefined;
  if (from.kind === "byte" || from.kind === "short" || from.kind === "int") {
    if (10 + to.scale > SAFE_DIGITS) return undefined;
    const values = column.values as Int32Array;
    const factor = 10 ** to.scale;
    return (row) => (values[row] as number) * factor;
  }
  if (from.kind !== "decimal" || from.precision + Math.max(0, to.scale - from.scale) > SAFE_DIGITS) return undefined;
  const words = wordsOf(column.values as Uint32Array);
  const unscaled = (row: number): number => wordsToNumber(words[4 * row] as number, words[4 * row + 1] as number);
  if (to.scale >= from.scale) {
    const factor = 10 ** (to.scale - from.scale);
    return (row) => unscaled(row) * factor;
  }
  const divisor = 10 ** (from.scale - to.scale);
  return (row) => {
    const value = unscaled(row);
    const rest = value % divisor;
    const quotient = (value - rest) / divisor;
    if (2 * Math.abs(rest) < divisor) return quotient;
    return value < 0 ? quotient - 1 : quotient + 1;
  };
}

/** `undefined`: not a number; `"none"`: a number that no decimal has, which Spark makes null in every mode. */
function unscaledReader(column: Column, from: DataType, scale: number): (row: number) => bigint | undefined | "none" {
  switch (from.kind) {
    case "string": {
      const texts = columnTexts(column);
      return (row) => ofText(trimWhitespace(texts(row)), scale);
    }
    case "float":
    case "double": {
      const values = column.values as Float64Array;
      return (row) => ofDouble(values[row] as number, scale);
    }
    case "decimal": {
      const words = wordsOf(column.values as Uint32Array);
      return (row) => roundScale(decimalOfWords(words, 4 * row), from.scale, scale);
    }
    case "long": {
      const words = wordsOf(column.values as BigInt64Array);
      const factor = powerOfTen(scale);
      return (row) => toBigInt(words[2 * row] as number, words[2 * row + 1] as number) * factor;
    }
    case "timestamp":
    case "timestamp_ntz": {
      const words = wordsOf(column.values as BigInt64Array);
      return (row) => ofDouble(wordsToNumber(words[2 * row] as number, words[2 * row + 1] as number) / 1_000_000, scale);
    }
    case "boolean": {
      const one = powerOfTen(scale);
      return (row) => (boolAt(column, row) ? one : 0n);
    }
    default: {
      const values = column.values as Int32Array;
      const factor = powerOfTen(scale);
      return (row) => BigInt(values[row] as number) * factor;
    }
  }
}

function ofDouble(value: number, scale: number): bigint | undefined | "none" {
  return Number.isFinite(value) ? ofText(String(value), scale) : "none";
}

function ofText(text: string, scale: number): bigint | undefined {
  const number = parseDecimal(text);
  if (number === undefined || number.scale > 4000) return undefined;
  return roundScale(number.unscaled, number.scale, scale);
}
