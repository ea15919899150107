import type { Column } from "../../columnar/column.js";
import { MAX_DAY, MIN_DAY } from "../../schema/civil-day.js";
import { decimalOfWords } from "../../schema/cells.js";
import { MAX_SECOND, MIN_SECOND } from "../../schema/datetime.js";
import { powerOfTen } from "../../schema/decimal-text.js";
import { wordsOf } from "../../schema/int64-words.js";
import type { DataType } from "../../schema/types.js";
import { parseDateText, parseTimestampText } from "../kernels/datetime-text.js";
import { daysOfMicros, storeBigInt, storeDaysAndMicros, toBigInt } from "../kernels/int64.js";
import { columnTexts } from "../kernels/readers.js";
import type { CastContext } from "./cast-context.js";
import { valueText } from "./to-number.js";

/** Casts a string or timestamp to a date. */
export function castToDate(column: Column, from: DataType, context: CastContext): ArrayBufferView {
  const out = new Int32Array(column.length);
  if (from.kind !== "string") {
    const words = wordsOf(column.values as BigInt64Array);
    for (let row = 0; row < column.length; row++) out[row] = daysOfMicros(words[2 * row] as number, words[2 * row + 1] as number);
    return out;
  }
  const texts = columnTexts(column);
  for (let row = 0; row < column.length; row++) {
    if (context.isNull(row)) continue;
    const days = parseDateText(texts(row));
    if (days === undefined) context.fail(row, () => texts(row));
    else out[row] = days;
  }
  return out;
}

/** Casts to timestamp or timestamp_ntz; the session's zone is UTC, so both count the same µs. Numbers are seconds. */
export function castToTimestamp(column: Column, from: DataType, to: DataType, context: CastContext): ArrayBufferView {
  const values = new BigInt64Array(column.length);
  const out = new Int32Array(values.buffer);
  if (from.kind === "date") {
    const days = column.values as Int32Array;
    for (let row = 0; row < column.length; row++) storeDaysAndMicros(out, row, days[row] as number, 0);
  } else if (from.kind === "timestamp" || from.kind === "timestamp_ntz") {
    out.set(wordsOf(column.values as BigInt64Array).subarray(0, out.length));
  } else if (from.kind === "string") {
    textsToTimestamps(column, to, out, context);
  } else {
    numbersToTimestamps(column, from, out, context);
  }
  return values;
}

function textsToTimestamps(column: Column, to: DataType, out: Int32Array, context: CastContext): void {
  const texts = columnTexts(column);
  for (let row = 0; row < column.length; row++) {
    if (context.isNull(row)) continue;
    const parsed = parseTimestampText(texts(row));
    if (parsed === undefined) {
      context.fail(row, () => texts(row));
      continue;
    }
    // A zone means nothing to a local time: Spark reads past it.
    const micros = to.kind === "timestamp_ntz" ? parsed.localMicros : parsed.micros;
    const day = parsed.days + Math.floor(micros / 86_400_000_000);
    if (day < MIN_DAY || day > MAX_DAY) context.fail(row, () => texts(row));
    else storeDaysAndMicros(out, row, parsed.days, micros);
  }
}

const [MIN_MICROS, MAX_MICROS] = [BigInt(MIN_SECOND) * 1_000_000n, BigInt(MAX_SECOND) * 1_000_000n + 999_999n];

function numbersToTimestamps(column: Column, from: DataType, out: Int32Array, context: CastContext): void {
  const read = microsReader(column, from);
  for (let row = 0; row < column.length; row++) {
    if (context.isNull(row)) continue;
    const micros = read(row);
    if (micros === undefined || micros < MIN_MICROS || micros > MAX_MICROS) context.fail(row, () => valueText(column, from, row));
    else storeBigInt(out, row, micros);
  }
}

function microsReader(column: Column, from: DataType): (row: number) => bigint | undefined {
  switch (from.kind) {
    case "long": {
      const words = wordsOf(column.values as BigInt64Array);
      return (row) => toBigInt(words[2 * row] as number, words[2 * row + 1] as number) * 1_000_000n;
    }
    case "decimal": {
      const words = wordsOf(column.values as Uint32Array);
      const divisor = powerOfTen(from.scale);
      return (row) => (decimalOfWords(words, 4 * row) * 1_000_000n) / divisor;
    }
    case "float":
    case "double": {
      const values = column.values as Float64Array;
      return (row) => {
        const micros = Math.trunc((values[row] as number) * 1_000_000);
        return Number.isFinite(micros) ? BigInt(micros) : undefined;
      };
    }
    default: {
      const values = column.values as Int32Array;
      return (row) => BigInt(values[row] as number) * 1_000_000n;
    }
  }
}
