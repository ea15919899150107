import { Data, type DataType as ArrowType } from "apache-arrow";
import { LakeError } from "../base/errors.js";
import type { Column } from "./column.js";
import type { ArrowDataLike } from "./arrow-shape.js";

/** The buffers of a column of our own; absent ones are empty. */
export interface ColumnParts {
  readonly values?: ArrayBufferView | undefined;
  readonly valueOffsets?: Int32Array | undefined;
  readonly children?: readonly Column[];
}

/** Which rows hold a value: a bitmap and the bit of its first row. Without a bitmap all do. */
export interface ValidBits {
  readonly nullBitmap: Uint8Array | undefined;
  readonly offset: number;
}

export const allValid: ValidBits = Object.freeze({ nullBitmap: undefined, offset: 0 });

/** A column of our copy of apache-arrow. `valid.offset` also counts for the bits of a Bool's values. */
export function newColumn(type: ArrowType, length: number, valid: ValidBits, parts: ColumnParts): Column {
  const nullCount = valid.nullBitmap === undefined ? 0 : -1;
  const buffers: unknown = [parts.valueOffsets, parts.values, valid.nullBitmap];
  return new Data(type, valid.offset, length, nullCount, buffers as Partial<Column["buffers"]>, [...(parts.children ?? [])]);
}

/** The validity of a column of any copy; shared, not copied. */
export function validBitsOf(data: ArrowDataLike): ValidBits {
  const { nullBitmap, offset } = data;
  return { nullBitmap: nullBitmap === undefined || nullBitmap === null || nullBitmap.byteLength === 0 ? undefined : nullBitmap, offset };
}

export function isValidAt(valid: ValidBits, row: number): boolean {
  if (valid.nullBitmap === undefined) return true;
  const bit = valid.offset + row;
  return (((valid.nullBitmap[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1;
}

interface ViewConstructor<T> {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
  new (length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

/**
 * The first `length` elements of a buffer, as the given kind of array: in place where the alignment allows it. Copies of
 * apache-arrow differ in the arrays they use for one type, and buffers from a file or another language need not be aligned.
 */
export function viewAs<T extends ArrayBufferView>(buffer: unknown, kind: ViewConstructor<T>, length: number, what: string): T {
  if (length === 0) return new kind(0);
  const bytes = length * kind.BYTES_PER_ELEMENT;
  if (!ArrayBuffer.isView(buffer) || buffer.byteLength < bytes) {
    const size = ArrayBuffer.isView(buffer) ? buffer.byteLength : 0;
    throw new LakeError(
      "schema/invalid-value",
      `An Arrow column is damaged: ${what} needs ${bytes} bytes and has ${size}. Make the data anew; it is not a valid Arrow batch.`,
      { needed: bytes, found: size },
    );
  }
  if (buffer.byteOffset % kind.BYTES_PER_ELEMENT === 0) return new kind(buffer.buffer, buffer.byteOffset, length);
  const copy = new kind(length);
  new Uint8Array(copy.buffer).set(new Uint8Array(buffer.buffer, buffer.byteOffset, bytes));
  return copy;
}

/** All bytes of a buffer, in place. */
export function bytesOf(buffer: unknown): Uint8Array {
  return ArrayBuffer.isView(buffer) ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : new Uint8Array(0);
}

/** Where Arrow's 32-bit offsets end. */
export const MAX_OFFSET = 0x7fffffff;

/** @throws memory/budget-exceeded when a column of one batch has more bytes or elements than 32-bit offsets can count */
export function assertOffsetFits(total: number, column: string): void {
  if (total <= MAX_OFFSET) return;
  throw new LakeError(
    "memory/budget-exceeded",
    `Column "${column}" would hold ${total} bytes or elements in one batch; the most is ${MAX_OFFSET}. Pass the data in smaller batches.`,
    { column, total },
  );
}

/** 32-bit offsets starting at 0, from 64-bit ones. @returns the offsets and the range of the child they cover */
export function narrowOffsets(buffer: unknown, length: number, column: string): { offsets: Int32Array; start: number; end: number } {
  if (length === 0) return { offsets: new Int32Array(1), start: 0, end: 0 };
  const wide = viewAs(buffer, BigInt64Array, length + 1, `the offsets of column "${column}"`);
  const start = Number(wide[0] ?? 0n);
  const end = Number(wide[length] ?? 0n);
  assertOffsetFits(end - start, column);
  const offsets = new Int32Array(length + 1);
  for (let row = 0; row <= length; row += 1) offsets[row] = Number(wide[row] ?? 0n) - start;
  return { offsets, start, end };
}

/** 32-bit offsets as they are. */
export function plainOffsets(buffer: unknown, length: number, column: string): Int32Array {
  return length === 0 ? new Int32Array(1) : viewAs(buffer, Int32Array, length + 1, `the offsets of column "${column}"`);
}
