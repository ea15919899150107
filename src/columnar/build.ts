import { Int32, type DataType as ArrowType } from "apache-arrow";
import { assert, unreachable } from "../base/assert.js";
import { toArrowType } from "../schema/arrow-mapping.js";
import type { DataType } from "../schema/types.js";
import type { Value } from "../schema/value.js";
import { layoutOf } from "./access.js";
import { allValid, assemble, assembleNull, assertOffsetRange, validityFromNullMask, type Validity } from "./assemble.js";
import type { Column } from "./column.js";

/** A column of `length` nulls. */
export function nullColumn(type: DataType, length: number): Column {
  return nullOfArrowType(toArrowType(type), length);
}

export function nullOfArrowType(type: ArrowType, length: number): Column {
  const layout = layoutOf(type);
  const validity: Validity = length === 0 ? allValid : { bits: new Uint8Array((length + 7) >> 3), nullCount: length };
  switch (layout) {
    case "null":
      return assembleNull(type, length);
    case "bool":
      return assemble(type, length, validity, { values: new Uint8Array((length + 7) >> 3) });
    case "fixed":
      return assemble(type, length, validity, { values: fixedValues(type, length) });
    case "bytes":
      return assemble(type, length, validity, { offsets: new Int32Array(length + 1), values: new Uint8Array(0) });
    case "list":
      return assemble(type, length, validity, {
        offsets: new Int32Array(length + 1),
        children: type.children.map((f) => nullOfArrowType(f.type, 0)),
      });
    case "struct":
      return assemble(type, length, validity, {
        children: type.children.map((f: { type: ArrowType }) => nullOfArrowType(f.type, length)),
      });
    default:
      return unreachable(layout);
  }
}

/** A column that holds `value` in each of its `length` rows. `type` is primitive, or `value` is null. */
export function constantColumn(type: DataType, value: Value, length: number): Column {
  if (value === null) return nullColumn(type, length);
  const arrowType = toArrowType(type);
  const layout = layoutOf(arrowType);
  switch (layout) {
    case "bool":
      return assemble(arrowType, length, allValid, { values: new Uint8Array((length + 7) >> 3).fill(value === true ? 0xff : 0) });
    case "fixed":
      return assemble(arrowType, length, allValid, { values: fixedConstant(arrowType, value, length) });
    case "bytes":
      return repeatedBytes(arrowType, typeof value === "string" ? new TextEncoder().encode(value) : value, length);
    case "null":
    case "list":
    case "struct":
      assert(false, `a ${type.kind} has no constant but null`);
      break;
    default:
      return unreachable(layout);
  }
}

function fixedValues(type: ArrowType, length: number): ArrayBufferView {
  const stride =
    "bitWidth" in type && type.typeId === 7 ? (type.bitWidth as number) / 32 : "byteWidth" in type ? (type.byteWidth as number) : 1;
  const constructor = type.ArrayType as new (length: number) => ArrayBufferView;
  return new constructor(length * stride);
}

function fixedConstant(type: ArrowType, value: Value, length: number): ArrayBufferView {
  const values = fixedValues(type, length);
  if (values instanceof BigInt64Array && typeof value === "bigint") return values.fill(value);
  if (values instanceof Uint32Array && typeof value === "bigint") return fillDecimal(values, value);
  assert(
    typeof value === "number" && !(values instanceof BigInt64Array) && "fill" in values,
    `a constant of ${String(type)} has its type's value`,
  );
  (values as Int32Array | Float64Array).fill(value);
  return values;
}

/** 128-bit two's complement, least significant word first. */
function fillDecimal(words: Uint32Array, value: bigint): Uint32Array {
  const bits = BigInt.asUintN(128, value);
  const pattern = [0n, 32n, 64n, 96n].map((shift) => Number((bits >> shift) & 0xffffffffn));
  for (let i = 0; i < words.length; i++) words[i] = pattern[i & 3] as number;
  return words;
}

function repeatedBytes(type: ArrowType, bytes: Value, length: number): Column {
  assert(bytes instanceof Uint8Array, `a constant of ${String(type)} has its type's value`);
  assertOffsetRange(bytes.length * length);
  const offsets = new Int32Array(length + 1);
  const values = new Uint8Array(bytes.length * length);
  for (let row = 0; row < length; row++) offsets[row + 1] = (row + 1) * bytes.length;
  if (values.length > 0) values.set(bytes);
  // Doubling copies: the part that is filled is copied behind itself.
  for (let filled = bytes.length; filled > 0 && filled < values.length; filled *= 2)
    values.copyWithin(filled, 0, Math.min(filled, values.length - filled));
  return assemble(type, length, allValid, { offsets, values });
}

/** An Int column without nulls around the given values. */
export function int32Column(values: Int32Array): Column {
  return assemble(new Int32(), values.length, allValid, { values });
}

/** A struct column; `nulls` has one byte per row, 1 where the struct itself is null. */
export function structColumn(type: ArrowType, children: readonly Column[], length: number, nulls?: Uint8Array): Column {
  assert(children.length === type.children.length, "a struct has a column for each field");
  return assemble(type, length, validityFromNullMask(nulls, length), { children });
}

/** The same values under another Arrow type of the same layout: other field names, metadata or nullability, nested ones too. */
export function retyped(column: Column, type: ArrowType): Column {
  if (column.type === type) return column;
  const children = column.children.map((child, index) => retyped(child, (type.children[index] as { type: ArrowType }).type));
  return column.clone(type, column.offset, column.length, column.nullCount, column.buffers, children);
}
