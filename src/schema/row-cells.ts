import { LakeError } from "../base/errors.js";
import type { Column } from "./column.js";
import { decimalOfWords, longReader, type CellReader } from "./cells.js";
import { createMomentFormatter, formatDate } from "./datetime.js";
import { formatDecimal, placePoint } from "./decimal-text.js";
import { fitsSafeInteger, fractionOfMicros, secondsOfMicros, wordsOf, wordsToNumber } from "./int64-words.js";
import type { DataType } from "./types.js";
import type { Value } from "./value.js";
import { formatValue } from "./value-order.js";

/** Readers of the forms that rows have beside the plain value; each works on 32-bit words where a BigInt can be avoided. */

/** A long as a number. @throws schema/overflow beyond ±(2^53 - 1), naming column and row */
export function safeLongReader(column: Column, name: string): CellReader<number> {
  const words = wordsOf(column.values);
  return (row) => {
    const low = words[2 * row] ?? 0;
    const high = words[2 * row + 1] ?? 0;
    if (!fitsSafeInteger(low, high)) throw unsafeLong(column, name, row);
    return wordsToNumber(low, high);
  };
}

function unsafeLong(column: Column, name: string, row: number): LakeError {
  const value = longReader(column)(row);
  return new LakeError(
    "schema/overflow",
    `Row ${row}, column "${name}": the long ${value} is beyond ±9007199254740991, where a JavaScript number would round it. ` +
      `Read the rows with { long: "bigint" } or { long: "string" }.`,
    { column: name, row, value: value.toString() },
  );
}

/** A decimal with all digits of its scale. */
export function decimalTextReader(column: Column, scale: number): CellReader<string> {
  const words = wordsOf(column.values);
  return (row) => {
    const at = 4 * row;
    const low = words[at] ?? 0;
    const high = words[at + 1] ?? 0;
    const sign = high >> 31;
    if (words[at + 2] !== sign || words[at + 3] !== sign || !fitsSafeInteger(low, high))
      return formatDecimal(decimalOfWords(words, at), scale);
    const unscaled = wordsToNumber(low, high);
    return unscaled < 0 ? `-${placePoint(String(-unscaled), scale)}` : placePoint(String(unscaled), scale);
  };
}

/** The double nearest to a decimal. */
export function decimalNumberReader(column: Column, scale: number): CellReader<number> {
  const read = decimalTextReader(column, scale);
  return (row) => Number(read(row));
}

export function dateTextReader(column: Column): CellReader<string> {
  const days: Int32Array = column.values;
  return (row) => formatDate(days[row] ?? 0);
}

/** A timestamp or timestamp_ntz in one of the forms of `RowOptions.timestamp`. */
export function momentReader(type: DataType, column: Column, form: "string" | "date" | "micros"): CellReader<string | Date | bigint> {
  if (form === "micros") return longReader(column);
  const words = wordsOf(column.values);
  if (form === "date") {
    return (row) => {
      const [low, high] = [words[2 * row] ?? 0, words[2 * row + 1] ?? 0];
      return new Date(secondsOfMicros(low, high) * 1000 + Math.floor(fractionOfMicros(low, high) / 1000));
    };
  }
  const format = createMomentFormatter(type.kind === "timestamp" ? "Z" : "");
  return (row) => {
    const low = words[2 * row] ?? 0;
    const high = words[2 * row + 1] ?? 0;
    return format(secondsOfMicros(low, high), fractionOfMicros(low, high));
  };
}

/** A value outside Arrow as rows spell it. */
export function rowValue(type: DataType, value: Value): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case "decimal":
    case "date":
    case "timestamp":
    case "timestamp_ntz":
      return formatValue(type, value);
    default:
      return value;
  }
}
