import { array, decimal, field, map, struct, types } from "../../schema/data-types.js";
import type { DataType, Field, StructType } from "../../schema/types.js";
import { unsupportedFile } from "../corrupt.js";
import { fileColumns, type FileField, type FileType } from "./file-type.js";
import { leafType } from "./leaf-type.js";
import type { SchemaLeaf, SchemaTree } from "./schema-tree.js";

/**
 * A file's columns in logical types: for each the one that keeps every value, as Spark infers it. Field ids are in the
 * metadata under `parquet.field.id`.
 *
 * @throws parquet/unsupported  a column of a type Delta has no word for, naming it
 */
export function schemaOfFile(schema: SchemaTree, path: string): StructType {
  return struct(fileColumns(schema).map((column) => logicalField(column, path, [column.name])));
}

function logicalField(column: FileField, path: string, names: readonly string[]): Field {
  const metadata = column.id === undefined ? {} : { "parquet.field.id": column.id };
  return field(column.name, logicalType(column.type, path, names), { nullable: column.type.nullable, metadata });
}

function logicalType(type: FileType, path: string, names: readonly string[]): DataType {
  switch (type.kind) {
    case "leaf":
      return leafLogicalType(type.leaf, path, names);
    case "struct":
      if (type.node.element.logicalType?.kind === "variant") return types.variant;
      return struct(type.fields.map((nested) => logicalField(nested, path, [...names, nested.name])));
    case "list":
      return array(logicalType(type.element, path, [...names, "element"]), type.element.nullable);
    case "map":
      return map(logicalType(type.key, path, [...names, "key"]), logicalType(type.value, path, [...names, "value"]), type.value.nullable);
  }
}

function leafLogicalType(leaf: SchemaLeaf, path: string, names: readonly string[]): DataType {
  if (leaf.element.logicalType?.kind === "unknown") return types.void;
  const type = leafType(leaf);
  const refuse = (what: string): never => {
    throw unsupportedFile(path, `its column ${names.join(".")} is ${what}`, "Tables have no such type; rewrite the file.", {
      column: names.join("."),
    });
  };
  switch (type.kind) {
    case "boolean":
    case "float":
    case "double":
    case "date":
      return types[type.kind];
    case "float16":
      return types.float;
    case "int96":
      return types.timestamp;
    case "integer":
      return integerType(type.bits, type.isSigned);
    case "decimal":
      if (type.precision < 1 || type.precision > 38 || type.scale < 0 || type.scale > type.precision) {
        return refuse(`decimal(${type.precision},${type.scale})`);
      }
      return decimal(type.precision, type.scale);
    case "timestamp":
      return type.isAdjustedToUtc ? types.timestamp : types.timestamp_ntz;
    case "bytes":
      return isText(leaf) ? types.string : types.binary;
    case "fixed":
      return types.binary;
    case "foreign":
      return refuse(type.name);
  }
}

function integerType(bits: 8 | 16 | 32 | 64, isSigned: boolean): DataType {
  switch (bits) {
    case 8:
      return isSigned ? types.byte : types.short;
    case 16:
      return isSigned ? types.short : types.int;
    case 32:
      return isSigned ? types.int : types.long;
    case 64:
      return isSigned ? types.long : decimal(20, 0);
  }
}

/** ConvertedType UTF8, ENUM and JSON. */
const textTypes: readonly (number | undefined)[] = [0, 4, 19];

function isText({ element }: SchemaLeaf): boolean {
  const { logicalType: logical } = element;
  if (logical !== undefined) return logical.kind === "string" || logical.kind === "enum" || logical.kind === "json";
  return textTypes.includes(element.convertedType);
}
