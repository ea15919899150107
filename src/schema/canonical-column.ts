import { LakeError } from "../base/errors.js";
import { unreachable } from "../base/assert.js";
import type { Column } from "./column.js";
import { allValid, bytesOf, isValidAt, narrowOffsets, newColumn, plainOffsets, validBitsOf, viewAs } from "./arrow-buffers.js";
import { ArrowId } from "./arrow-ids.js";
import type { ArrowDataLike } from "./arrow-shape.js";
import { toArrowType } from "./arrow-mapping.js";
import { canonicalBytes } from "./canonical-bytes.js";
import { decodeDictionary } from "./canonical-dictionary.js";
import { canonicalDate, canonicalDecimal, canonicalFloat, canonicalInteger, canonicalTimestamp } from "./canonical-numbers.js";
import { columnFromCells } from "./column-encoder.js";
import { types } from "./data-types.js";
import { formatPath } from "./field-names.js";
import type { ArrayType, DataType, MapType, StructType } from "./types.js";

/**
 * A column of any copy and layout of Arrow as a column of our Arrow mapping. Buffers are shared where the layouts agree.
 *
 * @param type what `fromArrowField` makes of the column's field
 * @param path names down to the column, for messages
 * @throws schema/overflow, schema/invalid-value, schema/not-null (a null map key), memory/budget-exceeded
 */
export function canonicalColumn(data: ArrowDataLike, type: DataType, path: readonly string[]): Column {
  const column = formatPath(path);
  if (data.type.typeId === ArrowId.Dictionary) return decodeDictionary(data, type, path, canonicalColumn);
  if (lacksBuffers(data)) return columnFromCells(new Array<unknown>(data.length).fill(null), type, path);
  switch (type.kind) {
    case "void":
      return newColumn(toArrowType(type), data.length, allValid, {});
    case "boolean":
      return newColumn(toArrowType(type), data.length, validBitsOf(data), { values: bitsOf(data, column) });
    case "byte":
    case "short":
    case "int":
    case "long":
      return canonicalInteger(data, type, column);
    case "decimal":
      return data.type.typeId === ArrowId.Int ? canonicalInteger(data, type, column) : canonicalDecimal(data, type, column);
    case "float":
    case "double":
      return canonicalFloat(data, type, column);
    case "date":
      return canonicalDate(data, type, column);
    case "timestamp":
    case "timestamp_ntz":
      return canonicalTimestamp(data, type, column);
    case "string":
    case "binary":
      return canonicalBytes(data, type, column);
    case "struct":
      return canonicalStruct(data, type, path);
    case "array":
      return canonicalList(data, type, path);
    case "map":
      return canonicalMap(data, type, path);
    case "variant":
      return canonicalVariant(data, path);
    default:
      return unreachable(type);
  }
}

/** Some producers give a column of nothing but nulls no buffers but its bitmap. */
function lacksBuffers(data: ArrowDataLike): boolean {
  if (data.length === 0 || data.type.typeId === ArrowId.Null || data.children.length > 0) return false;
  const buffer = data.valueOffsets ?? data.values;
  if (ArrayBuffer.isView(buffer) && buffer.byteLength > 0) return false;
  const valid = validBitsOf(data);
  for (let row = 0; row < data.length; row += 1) if (isValidAt(valid, row)) return false;
  return true;
}

function bitsOf(data: ArrowDataLike, column: string): Uint8Array {
  const bytes = (data.offset + data.length + 7) >> 3;
  return viewAs(bytesOf(data.values), Uint8Array, data.length === 0 ? 0 : bytes, `column "${column}"`);
}

function canonicalStruct(data: ArrowDataLike, type: StructType, path: readonly string[]): Column {
  const children = type.fields.map((field, i) => {
    const child = childOf(data, i, path);
    return canonicalColumn(cut(child, 0, data.length, path), field.type, [...path, field.name]);
  });
  return newColumn(toArrowType(type), data.length, validBitsOf(data), { children });
}

function canonicalList(data: ArrowDataLike, type: ArrayType, path: readonly string[]): Column {
  const { valueOffsets, elements } = elementsOf(data, path);
  const element = canonicalColumn(elements, type.element, [...path, "element"]);
  return newColumn(toArrowType(type), data.length, validBitsOf(data), { valueOffsets, children: [element] });
}

function canonicalMap(data: ArrowDataLike, type: MapType, path: readonly string[]): Column {
  const { valueOffsets, elements } = elementsOf(data, path);
  const key = canonicalColumn(cut(childOf(elements, 0, path), 0, elements.length, path), type.key, [...path, "key"]);
  const value = canonicalColumn(cut(childOf(elements, 1, path), 0, elements.length, path), type.value, [...path, "value"]);
  if (key.nullCount > 0 && type.key.kind !== "void") {
    const column = formatPath(path);
    throw new LakeError(
      "schema/not-null",
      `The map column "${column}" has a null key, and keys are never null. Drop such entries first.`,
      {
        column,
      },
    );
  }
  const mapType = toArrowType(type);
  const entriesType = mapType.children[0]?.type;
  const entries = newColumn(entriesType ?? mapType, elements.length, allValid, { children: [key, value] });
  return newColumn(mapType, data.length, validBitsOf(data), { valueOffsets, children: [entries] });
}

/** Metadata and value by name; a shredded variant has more. */
function canonicalVariant(data: ArrowDataLike, path: readonly string[]): Column {
  const fields = data.type.children ?? [];
  const shredded = fields.find((f) => f.name !== "metadata" && f.name !== "value");
  if (shredded !== undefined || fields.length !== 2) {
    const column = formatPath(path);
    throw new LakeError(
      "delta/unsupported-feature",
      `The variant column "${column}" is shredded (it has ${fields.map((f) => f.name).join(", ")}), which needs the table feature ` +
        `variantShredding. This release of laketable does not have it; write plain variants of metadata and value.`,
      { column, feature: "variantShredding" },
    );
  }
  const children = ["metadata", "value"].map((name) => {
    const child = childOf(
      data,
      fields.findIndex((f) => f.name === name),
      path,
    );
    return canonicalColumn(cut(child, 0, data.length, path), types.binary, [...path, name]);
  });
  return newColumn(toArrowType(types.variant), data.length, validBitsOf(data), { children });
}

/** The offsets of a list or map, starting at 0 unless shared, and just the elements that they cover. */
function elementsOf(data: ArrowDataLike, path: readonly string[]): { valueOffsets: Int32Array; elements: ArrowDataLike } {
  const child = childOf(data, 0, path);
  const column = formatPath(path);
  switch (data.type.typeId) {
    case ArrowId.LargeList: {
      const { offsets, start, end } = narrowOffsets(data.valueOffsets, data.length, column);
      return { valueOffsets: offsets, elements: cut(child, start, end, path) };
    }
    case ArrowId.FixedSizeList: {
      const size = data.type.listSize ?? 0;
      const valueOffsets = Int32Array.from({ length: data.length + 1 }, (_, row) => row * size);
      return { valueOffsets, elements: cut(child, 0, size * data.length, path) };
    }
    default: {
      const shared = plainOffsets(data.valueOffsets, data.length, column);
      const start = shared[0] ?? 0;
      const elements = cut(child, start, shared[data.length] ?? 0, path);
      return { valueOffsets: start === 0 ? shared : shared.map((offset) => offset - start), elements };
    }
  }
}

function childOf(data: ArrowDataLike, index: number, path: readonly string[]): ArrowDataLike {
  return data.children[index] ?? damaged(path, `has no child ${index}`);
}

/** Rows [start, end) of a column; slicing shares the buffers. */
function cut(data: ArrowDataLike, start: number, end: number, path: readonly string[]): ArrowDataLike {
  if (start === 0 && end === data.length) return data;
  if (end > data.length || end < start) damaged(path, `points at rows ${start} to ${end} of a child of ${data.length}`);
  return data.slice(start, end - start);
}

function damaged(path: readonly string[], how: string): never {
  const column = formatPath(path);
  throw new LakeError(
    "schema/invalid-value",
    `The Arrow column "${column}" is damaged: it ${how}. Make the data anew; it is not a valid Arrow batch.`,
    {
      column,
    },
  );
}
