import { boolAt, bytesOf, offsetsOf } from "../../columnar/access.js";
import type { Column } from "../../columnar/column.js";
import { isNullAt } from "../../columnar/access.js";
import { decimalOfWords } from "../../schema/cells.js";
import { formatDate } from "../../schema/datetime.js";
import { formatDecimal } from "../../schema/decimal-text.js";
import { fitsSafeInteger, wordsOf, wordsToNumber } from "../../schema/int64-words.js";
import type { DataType } from "../../schema/types.js";
import { formatTimeText } from "../kernels/datetime-text.js";
import { daysOfMicros, microsOfDay, toBigInt } from "../kernels/int64.js";
import { columnTexts } from "../kernels/readers.js";
import { formatDouble, formatFloat } from "./number-text.js";

/** How Spark spells the values of a column when it casts them to a string. For rows that are not null. */
export function textOf(column: Column, type: DataType): (row: number) => string {
  switch (type.kind) {
    case "boolean":
      return (row) => (boolAt(column, row) ? "true" : "false");
    case "byte":
    case "short":
    case "int": {
      const values = column.values as Int32Array;
      return (row) => String(values[row]);
    }
    case "float": {
      const values = column.values as Float32Array;
      return (row) => formatFloat(values[row] as number);
    }
    case "double": {
      const values = column.values as Float64Array;
      return (row) => formatDouble(values[row] as number);
    }
    case "long": {
      const words = wordsOf(column.values as BigInt64Array);
      return (row) => longText(words[2 * row] as number, words[2 * row + 1] as number);
    }
    case "decimal": {
      const words = wordsOf(column.values as Uint32Array);
      return (row) => formatDecimal(decimalOfWords(words, 4 * row), type.scale);
    }
    case "date": {
      const values = column.values as Int32Array;
      return (row) => formatDate(values[row] as number);
    }
    case "timestamp":
    case "timestamp_ntz": {
      const words = wordsOf(column.values as BigInt64Array);
      let [lastDays, lastDate] = [NaN, ""];
      return (row) => {
        const low = words[2 * row] as number;
        const high = words[2 * row + 1] as number;
        const days = daysOfMicros(low, high);
        // Neighbours in a column often share their day.
        if (days !== lastDays) [lastDays, lastDate] = [days, formatDate(days)];
        return `${lastDate} ${formatTimeText(microsOfDay(low, high, days))}`;
      };
    }
    case "string":
    case "binary":
      return columnTexts(column);
    case "struct":
      return structText(
        column,
        type.fields.map((field) => field.type),
      );
    case "array":
      return listText(column, type.element);
    case "map":
      return mapText(column, type.key, type.value);
    case "void":
    case "variant":
      return () => "null";
  }
}

function longText(low: number, high: number): string {
  return fitsSafeInteger(low, high) ? String(wordsToNumber(low, high)) : toBigInt(low, high).toString();
}

function nullableText(column: Column, type: DataType): (row: number) => string {
  const text = textOf(column, type);
  return (row) => (isNullAt(column, row) ? "null" : text(row));
}

function structText(column: Column, fields: readonly DataType[]): (row: number) => string {
  const texts = fields.map((type, index) => nullableText(column.children[index] as Column, type));
  return (row) => `{${texts.map((text) => text(row)).join(", ")}}`;
}

function listText(column: Column, element: DataType): (row: number) => string {
  const offsets = offsetsOf(column);
  const text = nullableText(column.children[0] as Column, element);
  return (row) => {
    const parts: string[] = [];
    for (let i = offsets[row] as number; i < (offsets[row + 1] as number); i++) parts.push(text(i));
    return `[${parts.join(", ")}]`;
  };
}

function mapText(column: Column, keyType: DataType, valueType: DataType): (row: number) => string {
  const offsets = offsetsOf(column);
  const entries = column.children[0] as Column;
  const key = nullableText(entries.children[0] as Column, keyType);
  const value = nullableText(entries.children[1] as Column, valueType);
  return (row) => {
    const parts: string[] = [];
    for (let i = offsets[row] as number; i < (offsets[row + 1] as number); i++) parts.push(`${key(i)} -> ${value(i)}`);
    return `{${parts.join(", ")}}`;
  };
}

/** Whether the bytes of every value that is not null are UTF-8; the row of the first that is not. */
export function firstInvalidText(column: Column): number | undefined {
  const offsets = offsetsOf(column);
  const bytes = bytesOf(column);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let row = 0; row < column.length; row++) {
    if (isNullAt(column, row)) continue;
    try {
      decoder.decode(bytes.subarray(offsets[row], offsets[row + 1]));
    } catch {
      // A fatal decoder has no other way to say no.
      return row;
    }
  }
  return undefined;
}
