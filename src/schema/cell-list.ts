import { LakeError, type LakeErrorCode } from "../base/errors.js";
import { term, type Term, type Wording } from "../base/wording.js";
import { allValid, type ValidBits } from "./arrow-buffers.js";
import { formatPath } from "./field-names.js";
import { describeType, formatType } from "./type-text.js";
import type { DataType } from "./types.js";

/** Stands for a cell whose struct is null: it is no value and breaks no `not null`. */
export const HOLE: unique symbol = Symbol("hole");

/** JavaScript values on their way into one column. */
export interface CellList {
  readonly cells: readonly unknown[];
  readonly type: DataType;
  readonly nullable: boolean;
  /** Names down to the column, for messages. */
  readonly path: readonly string[];
  /** The row of the data that a cell belongs to, for messages. */
  readonly rowOf: (index: number) => number;
}

/** Whether a cell holds nothing: `undefined` counts as null. */
export function isAbsent(cell: unknown): cell is null | undefined | typeof HOLE {
  return cell === null || cell === undefined || cell === HOLE;
}

/** Gathers which cells are null while a column is filled. */
export interface NullCollector {
  /** Notes that the cell at `index` is absent. @throws schema/not-null */
  add(index: number): void;
  valid(): ValidBits;
}

export function collectNulls(list: CellList): NullCollector {
  let bits: Uint8Array | undefined;
  return {
    add: (index) => {
      if (!list.nullable) {
        if (list.cells[index] === HOLE) return;
        throw cellError(list, index, "schema/not-null", "holds null, and the column is not null", "Give every row a value");
      }
      bits ??= new Uint8Array((list.cells.length + 7) >> 3).fill(0xff);
      bits[index >> 3] = (bits[index >> 3] ?? 0) & ~(1 << (index & 7));
    },
    valid: () => (bits === undefined ? allValid : { nullBitmap: bits, offset: 0 }),
  };
}

/** A refusal of one cell, naming column, row and value. `problem` follows the value, `advice` is a sentence without its end. */
export function cellError(list: CellList, index: number, code: LakeErrorCode, problem: string, advice: string | Wording): LakeError {
  const column = formatPath(list.path);
  const row = list.rowOf(index);
  const value = describeCell(list.cells[index]);
  const subject = code === "schema/not-null" ? problem : `${value} ${problem}`;
  return new LakeError(code, [{ row }, `, column "${column}": ${subject}. `, ...(typeof advice === "string" ? [advice] : advice), "."], {
    column,
    row,
    value,
    type: formatType(list.type),
  });
}

// What to pass for a type, for messages.
const wanted: Readonly<Record<string, string | Term>> = {
  byte: "a whole number from -128 to 127",
  short: "a whole number from -32768 to 32767",
  int: "a whole number from -2147483648 to 2147483647",
  long: term("long-value"),
  float: "a number",
  double: "a number",
  decimal: 'a text such as "12.34", or a number that is exact',
  string: "a string",
  binary: term("binary-value"),
  boolean: "true or false",
  date: 'a text such as "2026-01-31"',
  timestamp: term("timestamp-value"),
  timestamp_ntz: term("timestamp-ntz-value"),
  struct: "an object",
  array: "an array",
  map: "a Map or an object",
  void: "null",
};

/** The refusal of a value whose kind the column never takes. */
export function mismatch(list: CellList, index: number): LakeError {
  return cellError(list, index, "schema/type-mismatch", `is not ${describeType(list.type)}`, [
    "Pass ",
    wanted[list.type.kind] ?? "another value",
  ]);
}

const LONGEST = 80;

/** A value for messages: short, and clear about its kind. */
export function describeCell(value: unknown): string {
  if (value === HOLE || value === undefined) return "undefined";
  if (typeof value === "string") return shorten(JSON.stringify(value));
  if (typeof value === "bigint") return shorten(`${value}n`);
  if (value === null || typeof value === "number" || typeof value === "boolean") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "symbol" || typeof value === "function") return `a ${typeof value}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : `Date ${value.toISOString()}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name} of ${value.byteLength} bytes`;
  if (value instanceof Map) return `a Map of ${value.size}`;
  return shorten(`an object with ${Object.keys(value).slice(0, 5).join(", ") || "no fields"}`);
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
