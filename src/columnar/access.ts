import { Type, type DataType } from "apache-arrow";
import { LakeError } from "../base/errors.js";
import type { Column } from "./column.js";

/** How the values of a type lie in memory. A map is a list of entry structs. */
export type Layout = "null" | "bool" | "fixed" | "bytes" | "list" | "struct";

/** Fixed-width values seen as whole numbers, so that no 64-bit value passes through a double or a BigInt. */
export type Units = Uint8Array | Uint16Array | Int32Array;

/** @throws internal/assertion for Arrow types outside the mapping of Delta's types (dictionaries, large and view types, …) */
export function layoutOf(type: DataType): Layout {
  switch (type.typeId) {
    case Type.Null:
      return "null";
    case Type.Bool:
      return "bool";
    case Type.Int:
    case Type.Float:
    case Type.Decimal:
    case Type.Date:
    case Type.Time:
    case Type.Timestamp:
    case Type.FixedSizeBinary:
      return "fixed";
    case Type.Utf8:
    case Type.Binary:
      return "bytes";
    case Type.List:
    case Type.Map:
      return "list";
    case Type.Struct:
      return "struct";
    default:
      throw new LakeError("internal/assertion", `This is a bug in laketable: a column kernel met the Arrow type ${String(type)}.`, {
        type: String(type),
      });
  }
}

/** The validity bitmap, or `undefined` when no row is null. Bit `column.offset + row` is 1 where the row has a value. */
export function validityOf(column: Column): Uint8Array | undefined {
  const bits: Uint8Array | undefined = column.nullBitmap;
  return bits !== undefined && bits !== null && bits.length > 0 && column.nullCount > 0 ? bits : undefined;
}

/** Null rows, right also for slices of Null columns, whose own `nullCount` is not. */
export function nullCountOf(column: Column): number {
  if (column.typeId === Type.Null) return column.length;
  return validityOf(column) === undefined ? 0 : column.nullCount;
}

export function isNullAt(column: Column, row: number): boolean {
  if (column.typeId === Type.Null) return true;
  const bits = validityOf(column);
  return bits !== undefined && !bitAt(bits, column.offset + row);
}

/** One byte per row, 1 where the row is null; `undefined` when none is. */
export function nullMask(column: Column): Uint8Array | undefined {
  if (column.typeId === Type.Null) return new Uint8Array(column.length).fill(1);
  const bits = validityOf(column);
  if (bits === undefined) return undefined;
  const mask = new Uint8Array(column.length);
  const { offset } = column;
  for (let row = 0; row < mask.length; row++) mask[row] = (((bits[(offset + row) >> 3] ?? 0) >> ((offset + row) & 7)) & 1) ^ 1;
  return mask;
}

export function bitAt(bits: Uint8Array, index: number): boolean {
  return (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
}

/** The value of row `row` of a Bool column that is not null there. */
export function boolAt(column: Column, row: number): boolean {
  return bitAt(column.values as Uint8Array, column.offset + row);
}

/** `length + 1` offsets into the bytes or the child; the first need not be 0. */
export function offsetsOf(column: Column): Int32Array {
  const offsets: Int32Array | undefined = column.valueOffsets;
  return offsets === undefined || offsets.length === 0 ? emptyOffsets : offsets;
}

const emptyOffsets = new Int32Array(1);

/** The bytes of a Utf8 or Binary column, addressed by `offsetsOf`. */
export function bytesOf(column: Column): Uint8Array {
  const values: Uint8Array | undefined = column.values;
  return values ?? emptyBytes;
}

const emptyBytes = new Uint8Array(0);

/** The values of a fixed-width column as whole units, `perValue` of them for one value, starting at the first row. */
export interface FixedView {
  readonly units: Units;
  readonly perValue: number;
}

export function fixedView(column: Column): FixedView {
  return unitsOf(column.values as ArrayBufferView, bytesPerValue(column));
}

/** A view on raw fixed-width bytes in the widest unit that moves them without a change. */
export function unitsOf(values: ArrayBufferView, width: number): FixedView {
  const { buffer, byteOffset, byteLength } = values;
  if (width % 4 === 0 && byteOffset % 4 === 0)
    return { units: new Int32Array(buffer, byteOffset, byteLength >> 2), perValue: width >> 2 };
  if (width === 2 && byteOffset % 2 === 0) return { units: new Uint16Array(buffer, byteOffset, byteLength >> 1), perValue: 1 };
  return { units: new Uint8Array(buffer, byteOffset, byteLength), perValue: width };
}

/** Bytes of one value of a fixed-width column. */
export function bytesPerValue(column: Column): number {
  return (column.values as Uint8Array).BYTES_PER_ELEMENT * column.stride;
}

/** A fresh typed array for `length` values of the type of `like`. */
export function allocateLike(like: Column, length: number): ArrayBufferView {
  const constructor = (like.values as Uint8Array).constructor as new (length: number) => ArrayBufferView;
  return new constructor(length * like.stride);
}
