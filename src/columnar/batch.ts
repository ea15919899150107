import { Data, RecordBatch, Struct, type Schema } from "apache-arrow";
import { assert } from "../base/assert.js";
import { layoutOf, offsetsOf, validityOf } from "./access.js";
import type { Column } from "./column.js";

/** A batch of these columns, in the order of the schema's fields. */
export function batchOf(schema: Schema, columns: readonly Column[], length: number): RecordBatch {
  assert(columns.length === schema.fields.length, `a batch of ${schema.fields.length} fields has ${columns.length} columns`);
  // A shorter column would be padded with nulls by apache-arrow, silently.
  assert(
    columns.every((column) => column.length === length),
    `every column of a batch has its ${length} rows`,
  );
  return new RecordBatch(schema, new Data(new Struct(schema.fields), 0, length, 0, undefined, [...columns]));
}

export function columnsOf(batch: RecordBatch): readonly Column[] {
  return batch.data.children;
}

/** Bytes that the rows of the batch take; of shared or sliced buffers only the part that is used. */
export function batchBytes(batch: RecordBatch): number {
  return columnsOf(batch).reduce((bytes, column) => bytes + columnBytes(column), 0);
}

/** Bytes that the rows of the column take. */
export function columnBytes(column: Column): number {
  const bits = validityOf(column) === undefined ? 0 : (column.length + 7) >> 3;
  return bits + valueBytes(column, column.length);
}

function valueBytes(column: Column, length: number): number {
  switch (layoutOf(column.type)) {
    case "null":
      return 0;
    case "bool":
      return (length + 7) >> 3;
    case "fixed":
      return length * (column.values as Uint8Array).BYTES_PER_ELEMENT * column.stride;
    case "bytes":
      return (length + 1) * 4 + spanOf(column);
    case "struct":
      return column.children.reduce((bytes, child) => bytes + columnBytes(child), 0);
    case "list": {
      const [child] = column.children;
      const elements = spanOf(column);
      const share = child === undefined || child.length === 0 ? 0 : (columnBytes(child) * elements) / child.length;
      return (length + 1) * 4 + Math.round(share);
    }
  }
}

function spanOf(column: Column): number {
  const offsets = offsetsOf(column);
  return (offsets[column.length] ?? 0) - (offsets[0] ?? 0);
}
