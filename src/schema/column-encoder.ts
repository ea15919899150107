import { unreachable } from "../base/assert.js";
import { LakeError } from "../base/errors.js";
import type { Column } from "./column.js";
import { allValid, assertOffsetFits, newColumn } from "./arrow-buffers.js";
import { toArrowType } from "./arrow-mapping.js";
import { collectNulls, isAbsent, mismatch, type CellList } from "./cell-list.js";
import { encodeBinary, encodeStrings } from "./encode-bytes.js";
import { encodeDecimals } from "./encode-decimal.js";
import { encodeBooleans, encodeFloats, encodeInts, encodeLongs } from "./encode-numbers.js";
import { encodeDates, encodeTimestamps } from "./encode-times.js";
import { formatPath } from "./field-names.js";
import { isPlainRecord, splitRecords } from "./record-split.js";
import type { ArrayType, DataType, Field, MapType } from "./types.js";
import { keyFromText } from "./map-keys.js";

/** A column of cells that stand in their forms of rows. @throws as `batchFromRows` */
export function columnFromCells(cells: readonly unknown[], type: DataType, path: readonly string[]): Column {
  return encodeCells({ cells, type, nullable: true, path, rowOf: (index) => index });
}

/** Fills one column, by its type and at once: a loop per type, no object per cell. */
export function encodeCells(list: CellList): Column {
  const { type } = list;
  switch (type.kind) {
    case "boolean":
      return encodeBooleans(list);
    case "byte":
    case "short":
    case "int":
      return encodeInts(list);
    case "long":
      return encodeLongs(list);
    case "float":
    case "double":
      return encodeFloats(list);
    case "decimal":
      return encodeDecimals(list);
    case "string":
      return encodeStrings(list);
    case "binary":
      return encodeBinary(list);
    case "date":
      return encodeDates(list);
    case "timestamp":
    case "timestamp_ntz":
      return encodeTimestamps(list);
    case "struct":
      return encodeStructs(list, type.fields);
    case "array":
      return encodeLists(list, type);
    case "map":
      return encodeMaps(list, type);
    case "void":
      return encodeVoid(list);
    case "variant":
      return refuseVariant(list);
    default:
      return unreachable(type);
  }
}

function encodeVoid(list: CellList): Column {
  const other = list.cells.findIndex((cell) => !isAbsent(cell));
  if (other >= 0) throw mismatch(list, other);
  return newColumn(toArrowType(list.type), list.cells.length, allValid, {});
}

function encodeStructs(list: CellList, fields: readonly Field[]): Column {
  const nulls = collectNulls(list);
  list.cells.forEach((cell, i) => {
    if (isAbsent(cell)) nulls.add(i);
    else if (!isPlainRecord(cell)) throw mismatch(list, i);
  });
  const { columns } = splitRecords(list.cells, fields, list.path, list.rowOf);
  const children = fields.map((field, i) => encodeField(field, columns[i] ?? [], list.path, list.rowOf));
  return newColumn(toArrowType(list.type), list.cells.length, nulls.valid(), { children });
}

/** One field of records that `splitRecords` took apart. */
export function encodeField(field: Field, cells: readonly unknown[], path: readonly string[], rowOf: (index: number) => number): Column {
  return encodeCells({ cells, type: field.type, nullable: field.nullable, path: [...path, field.name], rowOf });
}

function encodeLists(list: CellList, type: ArrayType): Column {
  const { cells, path } = list;
  const nulls = collectNulls(list);
  const valueOffsets = new Int32Array(cells.length + 1);
  const elements: unknown[] = [];
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i];
    if (isList(cell)) for (let j = 0; j < cell.length; j += 1) elements.push(cell[j]);
    else if (isAbsent(cell)) nulls.add(i);
    else throw mismatch(list, i);
    assertOffsetFits(elements.length, formatPath(path));
    valueOffsets[i + 1] = elements.length;
  }
  const rowOf = rowThrough(list, valueOffsets);
  const element = encodeCells({ cells: elements, type: type.element, nullable: type.containsNull, path: [...path, "element"], rowOf });
  return newColumn(toArrowType(type), cells.length, nulls.valid(), { valueOffsets, children: [element] });
}

/** Arrays, and typed arrays of numbers such as an embedding's Float32Array. */
function isList(cell: unknown): cell is ArrayLike<unknown> {
  return Array.isArray(cell) || (ArrayBuffer.isView(cell) && !(cell instanceof DataView));
}

function encodeMaps(list: CellList, type: MapType): Column {
  const { cells, path } = list;
  const nulls = collectNulls(list);
  const valueOffsets = new Int32Array(cells.length + 1);
  const keys: unknown[] = [];
  const values: unknown[] = [];
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i];
    if (cell instanceof Map) {
      for (const [key, value] of cell) {
        keys.push(key);
        values.push(value);
      }
    } else if (isAbsent(cell)) nulls.add(i);
    else if (isPlainRecord(cell)) {
      for (const [key, value] of Object.entries(cell)) {
        keys.push(keyFromText(type.key, key));
        values.push(value);
      }
    } else throw mismatch(list, i);
    assertOffsetFits(keys.length, formatPath(path));
    valueOffsets[i + 1] = keys.length;
  }
  const rowOf = rowThrough(list, valueOffsets);
  const key = encodeCells({ cells: keys, type: type.key, nullable: false, path: [...path, "key"], rowOf });
  const value = encodeCells({ cells: values, type: type.value, nullable: type.valueContainsNull, path: [...path, "value"], rowOf });
  const mapType = toArrowType(type);
  const entries = newColumn(mapType.children[0]?.type ?? mapType, keys.length, allValid, { children: [key, value] });
  return newColumn(mapType, cells.length, nulls.valid(), { valueOffsets, children: [entries] });
}

/** The row that an element belongs to, found when a message needs it. */
function rowThrough(list: CellList, valueOffsets: Int32Array): (index: number) => number {
  return (index) => list.rowOf(Math.max(0, valueOffsets.findIndex((offset) => offset > index) - 1));
}

function refuseVariant(list: CellList): Column {
  const column = formatPath(list.path);
  throw new LakeError(
    "delta/unsupported-feature",
    `Column "${column}" is a variant, which this release of laketable cannot write from rows. Leave the column out.`,
    { column, type: "variant", feature: "variantType" },
  );
}
