import { LakeError } from "../../base/errors.js";
import { formatType } from "../../schema/type-text.js";
import type { DataType } from "../../schema/types.js";
import type { Column } from "../../columnar/column.js";
import { bitOf, clearBit, newBits, validBits, type Bits } from "../kernels/bitmap.js";

export interface CastOptions {
  /** What becomes of a value that the type cannot hold: an error, or null (try_cast). */
  readonly onError: "fail" | "null";
  /** How the fields of structs find each other. */
  readonly structs: "name" | "position";
  /** The expression, for messages. */
  readonly describe?: (() => string) | undefined;
}

/** One cast of a flat column: which rows count, and where a failure goes. */
export interface CastContext {
  readonly length: number;
  isNull(row: number): boolean;
  /** The value of `row`, spelled by `text`, does not fit the type. Raises, or makes the row null. */
  fail(row: number, text: () => string): void;
  /** The row has no value in the new type, in every mode. */
  makeNull(row: number): void;
  /** Validity of the result. */
  valid(): Bits | undefined;
}

export function castContext(column: Column, from: DataType, to: DataType, options: CastOptions): CastContext {
  const source = validBits(column);
  let cleared: Bits | undefined;
  const makeNull = (row: number): void => {
    cleared ??= source?.slice() ?? newBits(column.length).fill(0xff);
    clearBit(cleared, row);
  };
  return {
    length: column.length,
    isNull: (row) => source !== undefined && !bitOf(source, row),
    makeNull,
    fail: (row, text) => {
      if (source !== undefined && !bitOf(source, row)) return;
      if (options.onError === "fail") throw castError(text(), from, to, options);
      makeNull(row);
    },
    valid: () => cleared ?? source,
  };
}

function castError(text: string, from: DataType, to: DataType, options: CastOptions): LakeError {
  const where = options.describe === undefined ? "" : ` in ${options.describe()}`;
  const shown = from.kind === "string" ? `'${text.length > 80 ? `${text.slice(0, 80)}…` : text}'` : text;
  const why = from.kind === "string" ? "is not a value of" : "does not fit";
  return new LakeError(
    "expression/evaluation",
    `The ${formatType(from)} ${shown} ${why} ${formatType(to)}${where}. Use try_cast(… AS ${formatType(to)}) to get null instead.`,
    {
      value: text,
      from: formatType(from),
      to: formatType(to),
      ...(options.describe === undefined ? {} : { expression: options.describe() }),
    },
  );
}
