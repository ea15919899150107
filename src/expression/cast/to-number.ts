import type { Column } from "../../columnar/column.js";
import { boolAt } from "../../columnar/access.js";
import { decimalOfWords } from "../../schema/cells.js";
import { formatDecimal, powerOfTen } from "../../schema/decimal-text.js";
import { secondsOfMicros, wordsOf, wordsToNumber } from "../../schema/int64-words.js";
import type { DataType } from "../../schema/types.js";
import { fitsInt64, storeBigInt, toBigInt } from "../kernels/int64.js";
import { SAFE_DIGITS } from "../kernels/decimal.js";
import { columnTexts } from "../kernels/readers.js";
import { valuesFor } from "../kernels/results.js";
import type { CastContext } from "./cast-context.js";
import { formatDouble, parseDoubleText, parseIntegerText } from "./number-text.js";

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  byte: [-128, 127],
  short: [-32768, 32767],
  int: [-2147483648, 2147483647],
};

/** Casts to byte, short or int: fractions are cut off, numbers out of range fail. */
export function castToInteger(column: Column, from: DataType, to: DataType, context: CastContext): ArrayBufferView {
  const out = valuesFor(to, column.length) as Int32Array;
  const [min, max] = RANGES[to.kind] ?? [0, 0];
  const read = wholeNumberReader(column, from);
  for (let row = 0; row < column.length; row++) {
    if (context.isNull(row)) continue;
    const value = read(row);
    if (value >= min && value <= max) out[row] = value;
    else context.fail(row, () => valueText(column, from, row));
  }
  return out;
}

/** Whole numbers near enough for a range check; NaN for what is none. */
function wholeNumberReader(column: Column, from: DataType): (row: number) => number {
  switch (from.kind) {
    case "float":
    case "double": {
      const values = column.values as Float64Array;
      return (row) => Math.trunc(values[row] as number);
    }
    case "long": {
      const words = wordsOf(column.values as BigInt64Array);
      return (row) => wordsToNumber(words[2 * row] as number, words[2 * row + 1] as number);
    }
    case "timestamp":
    case "timestamp_ntz": {
      const words = wordsOf(column.values as BigInt64Array);
      return (row) => secondsOfMicros(words[2 * row] as number, words[2 * row + 1] as number);
    }
    case "decimal": {
      const words = wordsOf(column.values as Uint32Array);
      const divisor = powerOfTen(from.scale);
      const small = from.precision <= SAFE_DIGITS ? 10 ** from.scale : 0;
      if (small > 0) return (row) => Math.trunc(wordsToNumber(words[4 * row] as number, words[4 * row + 1] as number) / small);
      return (row) => Number(decimalOfWords(words, 4 * row) / divisor);
    }
    case "boolean":
      return (row) => (boolAt(column, row) ? 1 : 0);
    case "string": {
      const texts = columnTexts(column);
      return (row) => {
        const value = parseIntegerText(texts(row));
        return value === undefined ? NaN : Number(value);
      };
    }
    default: {
      const values = column.values as Int32Array;
      return (row) => values[row] as number;
    }
  }
}

/** Casts to long. */
export function castToLong(column: Column, from: DataType, context: CastContext): ArrayBufferView {
  const values = new BigInt64Array(column.length);
  const out = new Int32Array(values.buffer);
  if (from.kind === "byte" || from.kind === "short" || from.kind === "int") {
    const source = column.values as Int32Array;
    for (let row = 0; row < column.length; row++) {
      const value = source[row] as number;
      out[2 * row] = value;
      out[2 * row + 1] = value >> 31;
    }
    return values;
  }
  const read = bigReader(column, from);
  for (let row = 0; row < column.length; row++) {
    if (context.isNull(row)) continue;
    const value = read(row);
    if (value !== undefined && fitsInt64(value)) storeBigInt(out, row, value);
    else context.fail(row, () => valueText(column, from, row));
  }
  return values;
}

function bigReader(column: Column, from: DataType): (row: number) => bigint | undefined {
  switch (from.kind) {
    case "float":
    case "double": {
      const values = column.values as Float64Array;
      return (row) => {
        const value = Math.trunc(values[row] as number);
        // 2^63 itself passes Java's range check and is then held at the largest long.
        return value === 9223372036854775808 ? 9223372036854775807n : Number.isFinite(value) ? BigInt(value) : undefined;
      };
    }
    case "decimal": {
      const words = wordsOf(column.values as Uint32Array);
      const divisor = powerOfTen(from.scale);
      return (row) => decimalOfWords(words, 4 * row) / divisor;
    }
    case "string": {
      const texts = columnTexts(column);
      return (row) => parseIntegerText(texts(row));
    }
    default: {
      const whole = wholeNumberReader(column, from);
      return (row) => BigInt(whole(row));
    }
  }
}

/** Casts to float or double. */
export function castToFloating(column: Column, from: DataType, to: DataType, context: CastContext): ArrayBufferView {
  const out = valuesFor(to, column.length) as Float64Array;
  switch (from.kind) {
    case "byte":
    case "short":
    case "int":
    case "float":
    case "double":
      out.set(column.values as Float64Array);
      return out;
    case "long":
    case "timestamp":
    case "timestamp_ntz": {
      const words = wordsOf(column.values as BigInt64Array);
      const divisor = from.kind === "long" ? 1 : 1_000_000;
      for (let row = 0; row < column.length; row++)
        out[row] = wordsToNumber(words[2 * row] as number, words[2 * row + 1] as number) / divisor;
      return out;
    }
    default: {
      const read = doubleReader(column, from);
      for (let row = 0; row < column.length; row++) {
        if (context.isNull(row)) continue;
        const value = read(row);
        if (value === undefined) context.fail(row, () => valueText(column, from, row));
        else out[row] = value;
      }
      return out;
    }
  }
}

function doubleReader(column: Column, from: DataType): (row: number) => number | undefined {
  if (from.kind === "string") {
    const texts = columnTexts(column);
    return (row) => parseDoubleText(texts(row));
  }
  if (from.kind === "boolean") return (row) => (boolAt(column, row) ? 1 : 0);
  const scale = from.kind === "decimal" ? from.scale : 0;
  const words = wordsOf(column.values as Uint32Array);
  // Both the unscaled value and the power of ten are exact, so that the quotient is rounded once.
  if (from.kind === "decimal" && from.precision <= SAFE_DIGITS) {
    const divisor = 10 ** scale;
    return (row) => wordsToNumber(words[4 * row] as number, words[4 * row + 1] as number) / divisor;
  }
  return (row) => Number(formatDecimal(decimalOfWords(words, 4 * row), scale));
}

/** The value of a row in a message. */
export function valueText(column: Column, from: DataType, row: number): string {
  switch (from.kind) {
    case "string":
      return columnTexts(column)(row);
    case "decimal":
      return formatDecimal(decimalOfWords(wordsOf(column.values as Uint32Array), 4 * row), from.scale);
    case "float":
    case "double":
      return formatDouble((column.values as Float64Array)[row] as number);
    case "long":
    case "timestamp":
    case "timestamp_ntz": {
      const words = wordsOf(column.values as BigInt64Array);
      return String(toBigInt(words[2 * row] as number, words[2 * row + 1] as number));
    }
    default:
      return String((column.values as Int32Array)[row]);
  }
}
