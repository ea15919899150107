import { LakeError } from "../base/errors.js";
import { ArrowDateUnit, ArrowId, arrowTypeName } from "./arrow-ids.js";
import type { ArrowFieldLike, ArrowSchemaLike, ArrowTypeLike } from "./arrow-shape.js";
import { MAX_DECIMAL_PRECISION, array, decimal, field, map, struct, types } from "./data-types.js";
import { EXTENSION_NAME, VARIANT_EXTENSION, fromArrowMetadata } from "./field-metadata.js";
import type { DataType, Field, StructType } from "./types.js";

/**
 * The logical schema nearest to an Arrow schema of any copy of apache-arrow. No value needs to change its meaning:
 * uint8 → short, uint16 → int, uint32 → long, uint64 → decimal(20,0), half floats → float, every timestamp with a zone →
 * timestamp, without one → timestamp_ntz, dictionaries → their values, fixed-size and large forms → the plain ones.
 *
 * @throws schema/type-mismatch for Arrow types that no table's column can hold: Time, Duration, Interval, Union, decimals whose scale
 *   is negative or above 38
 */
export function fromArrowSchema(schema: ArrowSchemaLike): StructType {
  return struct(schema.fields.map((f) => fromArrowField(f, [])));
}

/** @param path names of the columns around the field, for messages */
export function fromArrowField(arrowField: ArrowFieldLike, path: readonly string[] = []): Field {
  const type = fromArrowFieldType(arrowField, [...path, arrowField.name]);
  return field(arrowField.name, type, { nullable: arrowField.nullable, metadata: fromArrowMetadata(arrowField.metadata) });
}

/** The type of an Arrow field; its metadata says when a struct is a variant. */
export function fromArrowFieldType(arrowField: ArrowFieldLike, path: readonly string[]): DataType {
  const isVariant = arrowField.type.typeId === ArrowId.Struct && arrowField.metadata?.get(EXTENSION_NAME) === VARIANT_EXTENSION;
  return isVariant ? types.variant : fromArrowType(arrowField.type, path);
}

/** @throws schema/type-mismatch */
export function fromArrowType(type: ArrowTypeLike, path: readonly string[] = []): DataType {
  switch (type.typeId) {
    case ArrowId.Null:
      return types.void;
    case ArrowId.Bool:
      return types.boolean;
    case ArrowId.Int:
      return integerType(type);
    case ArrowId.Float:
      return type.precision === 2 ? types.double : types.float;
    case ArrowId.Decimal:
      return decimalType(type, path);
    case ArrowId.Utf8:
    case ArrowId.LargeUtf8:
    case ArrowId.Utf8View:
      return types.string;
    case ArrowId.Binary:
    case ArrowId.LargeBinary:
    case ArrowId.BinaryView:
    case ArrowId.FixedSizeBinary:
      return types.binary;
    case ArrowId.Date:
      // A date64 is a whole day in milliseconds; anything finer is refused when its values are read.
      return type.unit === ArrowDateUnit.Day || type.unit === ArrowDateUnit.Millisecond ? types.date : unsupported(type, path);
    case ArrowId.Timestamp:
      return type.timezone === undefined || type.timezone === null || type.timezone === "" ? types.timestamp_ntz : types.timestamp;
    case ArrowId.Dictionary:
      return type.dictionary === undefined ? unsupported(type, path) : fromArrowType(type.dictionary, path);
    default:
      return nestedType(type, path);
  }
}

function nestedType(type: ArrowTypeLike, path: readonly string[]): DataType {
  const children = type.children ?? [];
  const first = children[0];
  switch (type.typeId) {
    case ArrowId.Struct:
      return struct(children.map((child) => fromArrowField(child, path)));
    case ArrowId.List:
    case ArrowId.LargeList:
    case ArrowId.FixedSizeList:
      return first === undefined ? unsupported(type, path) : array(fromArrowFieldType(first, [...path, "element"]), first.nullable);
    case ArrowId.Map: {
      const [key, value] = first?.type.children ?? [];
      if (key === undefined || value === undefined) return unsupported(type, path);
      return map(fromArrowFieldType(key, [...path, "key"]), fromArrowFieldType(value, [...path, "value"]), value.nullable);
    }
    default:
      return unsupported(type, path);
  }
}

function integerType(type: ArrowTypeLike): DataType {
  switch (type.bitWidth) {
    case 8:
      return type.isSigned === false ? types.short : types.byte;
    case 16:
      return type.isSigned === false ? types.int : types.short;
    case 32:
      return type.isSigned === false ? types.long : types.int;
    default:
      return type.isSigned === false ? decimal(20, 0) : types.long;
  }
}

function decimalType(type: ArrowTypeLike, path: readonly string[]): DataType {
  const { precision = 0, scale = 0 } = type;
  // A decimal256 keeps its scale; values that need more than 38 digits are refused when they are read.
  const digits = Math.min(precision, MAX_DECIMAL_PRECISION);
  if (scale < 0 || scale > digits || digits < 1) return unsupported(type, path, `decimal(${precision},${scale})`);
  return decimal(digits, scale);
}

// What a refused Arrow type can be turned into beforehand.
const advice: Readonly<Record<number, string>> = {
  [ArrowId.Time]: "Tables have no time of day: cast the column to a string, or to a timestamp with its date",
  [ArrowId.Duration]: "Tables have no durations: cast the column to an int64 of the unit you need",
  [ArrowId.Interval]: "Tables have no intervals: cast the column to numbers or a string",
  [ArrowId.Union]: "Tables have no unions: use a struct with one nullable field per kind",
  [ArrowId.Decimal]: "A decimal has up to 38 digits and 0 to 38 of them after the point: cast the column to one",
};

function unsupported(type: ArrowTypeLike, path: readonly string[], name = arrowTypeName(type.typeId)): never {
  const column = path.join(".");
  throw new LakeError(
    "schema/type-mismatch",
    `Column ${column} has the Arrow type ${name}, which no table can hold. ${advice[type.typeId] ?? "Cast it to another type"}.`,
    { column, arrowType: name },
  );
}
