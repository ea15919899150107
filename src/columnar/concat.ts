import type { RecordBatch, Schema } from "apache-arrow";
import { assert, unreachable } from "../base/assert.js";
import { allocateLike, bytesOf, bytesPerValue, fixedView, layoutOf, nullCountOf, offsetsOf, unitsOf, validityOf } from "./access.js";
import { allValid, assemble, assembleNull, assertOffsetRange, type Validity } from "./assemble.js";
import { batchOf, columnsOf } from "./batch.js";
import { copyBits, setBits } from "./bits.js";
import { nullOfArrowType } from "./build.js";
import type { Column } from "./column.js";
import { sliceColumn } from "./slice.js";

/** The rows of all columns, one after the other. The columns have one type; there is at least one. */
export function concatColumns(columns: readonly Column[]): Column {
  const filled = columns.filter((column) => column.length > 0);
  const first = filled[0] ?? columns[0];
  assert(first !== undefined, "there is a column to concatenate");
  if (filled.length <= 1) return first;
  const { type } = first;
  const length = filled.reduce((sum, column) => sum + column.length, 0);
  const layout = layoutOf(type);
  if (layout === "null") return assembleNull(type, length);
  const validity = concatValidity(filled, length);
  switch (layout) {
    case "bool":
      return assemble(type, length, validity, { values: concatBools(filled, length) });
    case "fixed":
      return assemble(type, length, validity, { values: concatFixed(filled, first, length) });
    case "bytes": {
      const offsets = concatOffsets(filled, length);
      return assemble(type, length, validity, { offsets, values: concatBytes(filled, offsets[length] ?? 0) });
    }
    case "list":
      return assemble(type, length, validity, {
        offsets: concatOffsets(filled, length),
        children: [concatColumns(filled.map(usedElements))],
      });
    case "struct": {
      const children = first.children.map((_, index) => concatColumns(filled.map((column) => childRows(column, index))));
      return assemble(type, length, validity, { children });
    }
    default:
      return unreachable(layout);
  }
}

/** One batch of all rows; of no batches, one without rows. */
export function concatBatches(schema: Schema, batches: readonly RecordBatch[]): RecordBatch {
  const [only, ...others] = batches;
  if (only === undefined)
    return batchOf(
      schema,
      schema.fields.map((field) => nullOfArrowType(field.type, 0)),
      0,
    );
  if (others.length === 0) return only;
  const length = batches.reduce((sum, batch) => sum + batch.numRows, 0);
  const columns = schema.fields.map((_, index) =>
    concatColumns(
      batches.map((batch) => {
        const column = columnsOf(batch)[index];
        assert(column !== undefined, "batches that are concatenated have the same columns");
        return column;
      }),
    ),
  );
  return batchOf(schema, columns, length);
}

function concatValidity(columns: readonly Column[], length: number): Validity {
  const nullCount = columns.reduce((sum, column) => sum + nullCountOf(column), 0);
  if (nullCount === 0) return allValid;
  const out = new Uint8Array((length + 7) >> 3);
  let at = 0;
  for (const column of columns) {
    const bits = validityOf(column);
    if (bits === undefined) setBits(out, at, column.length);
    else copyBits(bits, column.offset, out, at, column.length);
    at += column.length;
  }
  return { bits: out, nullCount };
}

function concatBools(columns: readonly Column[], length: number): Uint8Array {
  const out = new Uint8Array((length + 7) >> 3);
  let at = 0;
  for (const column of columns) {
    copyBits(column.values as Uint8Array, column.offset, out, at, column.length);
    at += column.length;
  }
  return out;
}

function concatFixed(columns: readonly Column[], like: Column, length: number): ArrayBufferView {
  const values = allocateLike(like, length);
  const to = unitsOf(values, bytesPerValue(like)).units;
  let at = 0;
  for (const column of columns) {
    const { units, perValue } = fixedView(column);
    to.set(units.subarray(0, column.length * perValue), at);
    at += column.length * perValue;
  }
  return values;
}

function concatOffsets(columns: readonly Column[], length: number): Int32Array {
  const out = new Int32Array(length + 1);
  let at = 0;
  let total = 0;
  for (const column of columns) {
    const offsets = offsetsOf(column);
    const shift = total - (offsets[0] as number);
    total = shift + (offsets[column.length] as number);
    assertOffsetRange(total);
    for (let row = 1; row <= column.length; row++) out[at + row] = (offsets[row] as number) + shift;
    at += column.length;
  }
  return out;
}

function concatBytes(columns: readonly Column[], total: number): Uint8Array {
  const out = new Uint8Array(total);
  let at = 0;
  for (const column of columns) {
    const offsets = offsetsOf(column);
    const used = bytesOf(column).subarray(offsets[0], offsets[column.length]);
    out.set(used, at);
    at += used.length;
  }
  return out;
}

/** The elements of a list column that its rows reach. */
function usedElements(column: Column): Column {
  const offsets = offsetsOf(column);
  const [child] = column.children;
  assert(child !== undefined, "a list has a child");
  return sliceColumn(child, offsets[0] ?? 0, offsets[column.length] ?? 0);
}

function childRows(column: Column, index: number): Column {
  const child = column.children[index];
  assert(child !== undefined, "structs of one type have the same children");
  return sliceColumn(child, 0, column.length);
}
