import type { RecordBatch } from "apache-arrow";
import { assert, unreachable } from "../base/assert.js";
import { LakeError } from "../base/errors.js";
import type { Column } from "./column.js";
import { binaryReader, booleanReader, longReader, numberReader, stringReader, validReader, type CellReader } from "./cells.js";
import { dateTextReader, decimalNumberReader, decimalTextReader, momentReader, safeLongReader } from "./row-cells.js";
import { formatPath } from "./field-names.js";
import { resolveRowOptions, type ResolvedRowOptions, type RowOptions } from "./row-options.js";
import type { Row } from "./row-type.js";
import { formatType } from "./type-text.js";
import type { DataType, Field, MapType, StructType } from "./types.js";

export { rowValue } from "./row-cells.js";
export type { RowOptions } from "./row-options.js";
export type { Row } from "./row-type.js";

/**
 * Makes the rows of batches that have the Arrow mapping of `schema`, in the forms that `options` say, at every depth.
 *
 * @throws schema/overflow while reading, when `{ long: "number" }` meets a value that a double would round
 */
export function rowReader(schema: StructType, options?: RowOptions): (batch: RecordBatch) => Generator<Row> {
  const resolved = resolveRowOptions(options);
  return function* rows(batch) {
    const read = batchReader(schema, batch, resolved);
    for (let row = 0; row < batch.numRows; row += 1) yield read(row);
  };
}

/** As `rowReader`, all rows of a batch at once. */
export function rowArrayReader(schema: StructType, options?: RowOptions): (batch: RecordBatch) => Row[] {
  const resolved = resolveRowOptions(options);
  return (batch) => {
    const read = batchReader(schema, batch, resolved);
    const rows: Row[] = [];
    for (let row = 0; row < batch.numRows; row += 1) rows.push(read(row));
    return rows;
  };
}

function batchReader(schema: StructType, batch: RecordBatch, options: ResolvedRowOptions): CellReader<Row> {
  assert(batch.data.children.length === schema.fields.length, "a batch has the columns of its schema");
  return objectReader(schema.fields, batch.data.children, options, []);
}

/**
 * Reads a column of any type in the forms of rows.
 *
 * @param path names down to the column, for messages
 */
export function columnReader(type: DataType, column: Column, options: ResolvedRowOptions, path: readonly string[]): CellReader<unknown> {
  if (type.kind === "void") return () => null;
  const read = presentReader(type, column, options, path);
  const isValid = validReader(column);
  return isValid === undefined ? read : (row) => (isValid(row) ? read(row) : null);
}

function presentReader(type: DataType, column: Column, options: ResolvedRowOptions, path: readonly string[]): CellReader<unknown> {
  switch (type.kind) {
    case "byte":
    case "short":
    case "int":
    case "float":
    case "double":
      return numberReader(column);
    case "long":
      return options.long === "number" ? safeLongReader(column, formatPath(path)) : longTextReader(longReader(column), options.long);
    case "decimal":
      return options.decimal === "string" ? decimalTextReader(column, type.scale) : decimalNumberReader(column, type.scale);
    case "boolean":
      return booleanReader(column);
    case "string":
      return stringReader(column);
    case "binary":
      return copyOf(binaryReader(column));
    case "date":
      return dateTextReader(column);
    case "timestamp":
    case "timestamp_ntz":
      return momentReader(type, column, options.timestamp);
    case "struct":
      return objectReader(type.fields, column.children, options, path);
    case "array":
      return listReader(column, columnReader(type.element, childOf(column, 0), options, [...path, "element"]));
    case "map":
      return mapReader(type, column, options, path);
    case "variant":
    case "void":
      return refuseVariant(type, path);
    default:
      return unreachable(type);
  }
}

function longTextReader(read: CellReader<bigint>, form: "bigint" | "string"): CellReader<bigint | string> {
  return form === "bigint" ? read : (row) => read(row).toString();
}

/** A copy, so that a row outlives its batch without keeping it in memory. */
function copyOf(read: CellReader<Uint8Array>): CellReader<Uint8Array> {
  return (row) => read(row).slice();
}

function childOf(column: Column, index: number): Column {
  const child = column.children[index];
  assert(child !== undefined, `a nested column has its child ${index}`);
  return child;
}

function objectReader(
  fields: readonly Field[],
  columns: readonly Column[],
  options: ResolvedRowOptions,
  path: readonly string[],
): CellReader<Row> {
  const names = fields.map((field) => field.name);
  const readers = fields.map((field, i) => {
    const column = columns[i];
    assert(column !== undefined, `a struct has the column of its field ${field.name}`);
    return columnReader(field.type, column, options, [...path, field.name]);
  });
  if (names.includes("__proto__")) return definingReader(names, readers);
  return (row) => {
    const object: Row = {};
    for (let i = 0; i < names.length; i += 1) object[names[i] as string] = (readers[i] as CellReader<unknown>)(row);
    return object;
  };
}

/** Assigning to `__proto__` would set the prototype; a column of that name is a property like others. */
function definingReader(names: readonly string[], readers: readonly CellReader<unknown>[]): CellReader<Row> {
  return (row) => Object.fromEntries(names.map((name, i) => [name, readers[i]?.(row)]));
}

function listReader(column: Column, read: CellReader<unknown>): CellReader<unknown[]> {
  const offsets: Int32Array = column.valueOffsets;
  return (row) => {
    const end = offsets[row + 1] ?? 0;
    const list: unknown[] = [];
    for (let at = offsets[row] ?? 0; at < end; at += 1) list.push(read(at));
    return list;
  };
}

function mapReader(type: MapType, column: Column, options: ResolvedRowOptions, path: readonly string[]): CellReader<unknown> {
  const offsets: Int32Array = column.valueOffsets;
  const entries = childOf(column, 0);
  const readKey = columnReader(type.key, childOf(entries, 0), options, [...path, "key"]);
  const readValue = columnReader(type.value, childOf(entries, 1), options, [...path, "value"]);
  if (options.map === "map") {
    return (row) => {
      const end = offsets[row + 1] ?? 0;
      const map = new Map<unknown, unknown>();
      for (let at = offsets[row] ?? 0; at < end; at += 1) map.set(readKey(at), readValue(at));
      return map;
    };
  }
  const keyText = keyTextReader(type, readKey, path);
  return (row) => {
    const end = offsets[row + 1] ?? 0;
    const pairs: [string, unknown][] = [];
    for (let at = offsets[row] ?? 0; at < end; at += 1) pairs.push([keyText(at), readValue(at)]);
    return Object.fromEntries(pairs);
  };
}

function keyTextReader(type: MapType, readKey: CellReader<unknown>, path: readonly string[]): CellReader<string> {
  const { kind } = type.key;
  if (kind === "binary" || kind === "struct" || kind === "array" || kind === "map" || kind === "variant") {
    const column = formatPath(path);
    throw new LakeError(
      "schema/type-mismatch",
      `The map column "${column}" has keys of type ${formatType(type.key)}, which cannot be keys of an object. ` +
        `Read it with { map: "map" }.`,
      { column, keyType: formatType(type.key) },
    );
  }
  return (row) => {
    const key = readKey(row);
    return key instanceof Date ? key.toISOString() : Object.is(key, -0) ? "-0" : String(key);
  };
}

function refuseVariant(type: DataType, path: readonly string[]): never {
  const column = formatPath(path);
  throw new LakeError(
    "delta/unsupported-feature",
    `Column "${column}" is a ${type.kind}, whose values this release of laketable cannot turn into JavaScript values. ` +
      `Leave the column out.`,
    { column, type: type.kind, feature: "variantType" },
  );
}
