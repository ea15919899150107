import { Data, type DataType } from "apache-arrow";
import { LakeError } from "../base/errors.js";
import { term } from "../base/wording.js";
import type { Column } from "./column.js";

/** Which rows of a new column have values. `bits` is absent when all do. */
export interface Validity {
  readonly bits: Uint8Array | undefined;
  readonly nullCount: number;
}

export const allValid: Validity = Object.freeze({ bits: undefined, nullCount: 0 });

/** From a bitmap starting at bit 0 of `length` rows. */
export function validityFrom(bits: Uint8Array, validCount: number, length: number): Validity {
  return validCount === length ? allValid : { bits, nullCount: length - validCount };
}

/** From one byte per row, 1 where the row is null. */
export function validityFromNullMask(mask: Uint8Array | undefined, length: number): Validity {
  if (mask === undefined) return allValid;
  const bits = new Uint8Array((length + 7) >> 3);
  let valid = 0;
  for (let row = 0; row < length; row++) {
    if (mask[row] !== 0) continue;
    bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
    valid++;
  }
  return validityFrom(bits, valid, length);
}

interface Parts {
  readonly offsets?: Int32Array;
  readonly values?: ArrayBufferView;
  readonly children?: readonly Column[];
}

/** A column from its buffers. All of them start at row 0. */
export function assemble(type: DataType, length: number, validity: Validity, parts: Parts): Column {
  const buffers: unknown = [parts.offsets, parts.values, validity.bits];
  const children = parts.children === undefined ? [] : [...parts.children];
  return new Data(type, 0, length, validity.nullCount, buffers as Partial<Column["buffers"]>, children);
}

/** A column of a Null type: nothing but its length. */
export function assembleNull(type: DataType, length: number): Column {
  return new Data(type, 0, length, length);
}

/** The 32-bit offsets of Arrow's strings, lists and maps end at 2^31 - 1. */
export function assertOffsetRange(total: number): void {
  if (total > 0x7fffffff) {
    throw new LakeError(
      "memory/budget-exceeded",
      [
        `One batch would hold ${total} bytes or elements in one column, and Arrow's 32-bit offsets end at 2147483647. ` +
          "Use smaller batches or a smaller ",
        term("memory-limit"),
        ".",
      ],
      { total },
    );
  }
}
