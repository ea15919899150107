import {
  Binary,
  Bool,
  type DataType as ArrowType,
  DateDay,
  Decimal,
  Field as ArrowField,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  List,
  Map_,
  Null,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
} from "apache-arrow";
import { unreachable } from "../base/assert.js";
import { EXTENSION_NAME, VARIANT_EXTENSION, toArrowMetadata } from "./field-metadata.js";
import type { DataType, Field, StructType } from "./types.js";

export { fromArrowField, fromArrowSchema, fromArrowType } from "./from-arrow.js";

/** The Arrow type of a logical type: one for each, fixed, in every batch of this package. */
export function toArrowType(type: DataType): ArrowType {
  switch (type.kind) {
    case "byte":
      return new Int8();
    case "short":
      return new Int16();
    case "int":
      return new Int32();
    case "long":
      return new Int64();
    case "float":
      return new Float32();
    case "double":
      return new Float64();
    case "decimal":
      return new Decimal(type.scale, type.precision, 128);
    case "string":
      return new Utf8();
    case "binary":
      return new Binary();
    case "boolean":
      return new Bool();
    case "date":
      return new DateDay();
    case "timestamp":
      return new TimestampMicrosecond("UTC");
    case "timestamp_ntz":
      return new TimestampMicrosecond();
    case "void":
      return new Null();
    case "variant":
      return new Struct([new ArrowField("metadata", new Binary(), false), new ArrowField("value", new Binary(), false)]);
    case "struct":
      return new Struct(type.fields.map(toArrowField));
    case "array":
      return new List(innerField("element", type.element, type.containsNull));
    case "map":
      return mapType(innerField("key", type.key, false), innerField("value", type.value, type.valueContainsNull));
    default:
      return unreachable(type);
  }
}

export function toArrowField(field: Field): ArrowField {
  const metadata = toArrowMetadata(field.metadata);
  if (field.type.kind === "variant") metadata.set(EXTENSION_NAME, VARIANT_EXTENSION);
  return new ArrowField(field.name, toArrowType(field.type), field.nullable, metadata);
}

export function toArrowSchema(schema: StructType): Schema {
  return new Schema(schema.fields.map(toArrowField));
}

function innerField(name: string, type: DataType, nullable: boolean): ArrowField {
  const metadata = type.kind === "variant" ? new Map([[EXTENSION_NAME, VARIANT_EXTENSION]]) : null;
  return new ArrowField(name, toArrowType(type), nullable, metadata);
}

function mapType(key: ArrowField, value: ArrowField): Map_ {
  const entries: { name: string } & ArrowField = new ArrowField("key_value", new Struct([key, value]), false);
  const type = new Map_(entries);
  // The constructor renames its entries to "entries"; the Parquet format, into which this name goes, says "key_value".
  entries.name = "key_value";
  return type;
}
