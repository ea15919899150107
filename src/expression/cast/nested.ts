import { LakeError } from "../../base/errors.js";
import { assert } from "../../base/assert.js";
import { bytesOf, isNullAt, offsetsOf, validityOf } from "../../columnar/access.js";
import { assemble } from "../../columnar/assemble.js";
import { nullColumn, retyped } from "../../columnar/build.js";
import type { Column } from "../../columnar/column.js";
import { sliceColumn } from "../../columnar/slice.js";
import { toArrowType } from "../../schema/arrow-mapping.js";
import { findField } from "../../schema/field-names.js";
import { formatType } from "../../schema/type-text.js";
import type { ArrayType, DataType, Field, MapType, StructType } from "../../schema/types.js";
import { clearBit, validBits, validity } from "../kernels/bitmap.js";
import type { CastOptions } from "./cast-context.js";

export type CastChild = (column: Column, from: DataType, to: DataType) => Column;

/** Casts structs, arrays and maps through their children. */
export function castNested(
  column: Column,
  from: DataType,
  to: StructType | ArrayType | MapType,
  options: CastOptions,
  castChild: CastChild,
): Column {
  if (from.kind === "struct" && to.kind === "struct") return castStruct(column, from, to, options, castChild);
  if (from.kind === "array" && to.kind === "array") return castList(column, from, to, castChild);
  assert(from.kind === "map" && to.kind === "map", "only equal kinds of nested types are cast to each other");
  return castMap(column, from, to, castChild);
}

function castStruct(column: Column, from: StructType, to: StructType, options: CastOptions, castChild: CastChild): Column {
  const children = to.fields.map((field, index) => {
    const at = sourceIndex(from, field, index, options);
    const source = from.fields[at];
    if (source === undefined) return missingField(from, to, field, column.length);
    const child = castChild(hidden(column, at), source.type, field.type);
    return retyped(child, toArrowType(field.type));
  });
  if (options.structs === "position" && from.fields.length !== to.fields.length) throw shapeMismatch(from, to);
  return assemble(toArrowType(to), column.length, validity(validBits(column)), { children });
}

/** A child without the values of rows whose struct is null: what lies there must not fail a cast. */
function hidden(column: Column, index: number): Column {
  const child = column.children[index] as Column;
  const own = validityOf(column);
  if (own === undefined) return child;
  const bits = validBits(column);
  const childBits = validBits(child);
  if (bits === undefined) return child;
  const joint = childBits === undefined ? bits : bits.map((byte, i) => byte & (childBits[i] as number));
  return withValidity(child, joint);
}

/** The same values under another validity bitmap that begins at bit 0. */
export function withValidity(column: Column, bits: Uint8Array): Column {
  if (column.typeId === 1) return column;
  // Bitmaps of a slice share one offset with the validity; a Bool's values must move along.
  const values = column.typeId === 6 ? realigned(column) : (column.values as ArrayBufferView | undefined);
  const offsets = column.valueOffsets === undefined ? undefined : offsetsOf(column);
  return assemble(
    column.type,
    column.length,
    { bits, nullCount: -1 },
    {
      ...(offsets === undefined ? {} : { offsets }),
      ...(values === undefined ? {} : { values: column.typeId === 5 || column.typeId === 4 ? bytesOf(column) : values }),
      children: column.children,
    },
  );
}

function realigned(column: Column): ArrayBufferView {
  const out = new Uint8Array((column.length + 7) >> 3);
  const source = column.values as Uint8Array;
  for (let row = 0; row < column.length; row++) {
    const at = column.offset + row;
    if ((((source[at >> 3] as number) >> (at & 7)) & 1) === 1) out[row >> 3] = (out[row >> 3] as number) | (1 << (row & 7));
  }
  return out;
}

function sourceIndex(from: StructType, field: Field, index: number, options: CastOptions): number {
  if (options.structs === "position") return index;
  const found = findField(from, field.name);
  return found === undefined ? -1 : from.fields.indexOf(found);
}

function missingField(from: StructType, to: StructType, field: Field, length: number): Column {
  if (field.nullable) return nullColumn(field.type, length);
  throw new LakeError(
    "expression/type-mismatch",
    `A ${formatType(from)} cannot be cast to ${formatType(to)}: it has no field ${field.name}, which must not be null. ` +
      "Add the field, or make it nullable.",
    { from: formatType(from), to: formatType(to), field: field.name },
  );
}

function shapeMismatch(from: StructType, to: StructType): LakeError {
  const [has, wants] = [from.fields.length, to.fields.length];
  return new LakeError("expression/type-mismatch", `A struct of ${has} fields cannot be cast to one of ${wants} (${formatType(to)}).`, {
    has,
    wants,
  });
}

/** The elements that the rows point at, and offsets that begin at 0. */
function elementsOf(column: Column): { offsets: Int32Array; start: number; end: number } {
  const offsets = offsetsOf(column).subarray(0, column.length + 1);
  const start = offsets[0] ?? 0;
  const end = offsets[column.length] ?? start;
  return { offsets: start === 0 ? offsets : offsets.map((offset) => offset - start), start, end };
}

function castList(column: Column, from: ArrayType, to: ArrayType, castChild: CastChild): Column {
  const { offsets, start, end } = elementsOf(column);
  const elements = withoutHidden(column, offsets, sliceColumn(column.children[0] as Column, start, end));
  const child = castChild(elements, from.element, to.element);
  const type = toArrowType(to);
  return assemble(type, column.length, validity(validBits(column)), { offsets, children: [retyped(child, toArrowType(to.element))] });
}

/** Elements that lie under null lists made null themselves: what nobody can see must not fail a cast. */
function withoutHidden(column: Column, offsets: Int32Array, elements: Column): Column {
  if (validityOf(column) === undefined) return elements;
  let bits: Uint8Array | undefined;
  for (let row = 0; row < column.length; row++) {
    if (offsets[row] === offsets[row + 1] || !isNullAt(column, row)) continue;
    bits ??= validBits(elements)?.slice() ?? new Uint8Array((elements.length + 7) >> 3).fill(0xff);
    for (let at = offsets[row] as number; at < (offsets[row + 1] as number); at++) clearBit(bits, at);
  }
  return bits === undefined ? elements : withValidity(elements, bits);
}

function castMap(column: Column, from: MapType, to: MapType, castChild: CastChild): Column {
  const { offsets, start, end } = elementsOf(column);
  const entries = sliceColumn(column.children[0] as Column, start, end);
  const key = castChild(entries.children[0] as Column, from.key, to.key);
  if (countNulls(key) > 0)
    throw new LakeError("expression/evaluation", `A key of a map cannot be cast to ${formatType(to.key)}, and keys are never null.`);
  const value = castChild(entries.children[1] as Column, from.value, to.value);
  const type = toArrowType(to);
  const entryType = (type.children[0] as { type: Column["type"] }).type;
  const children = [retyped(key, toArrowType(to.key)), retyped(value, toArrowType(to.value))];
  const child = assemble(entryType, end - start, { bits: undefined, nullCount: 0 }, { children });
  return assemble(type, column.length, validity(validBits(column)), { offsets, children: [child] });
}

function countNulls(column: Column): number {
  let count = 0;
  for (let row = 0; row < column.length; row++) if (isNullAt(column, row)) count++;
  return count;
}
