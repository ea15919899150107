import { convertedType, type SchemaElement, type TimeUnit } from "./file-metadata.js";
import type { SchemaLeaf } from "./schema-tree.js";

/** What a leaf's values are, new and old annotations brought together. */
export type LeafType =
  | { readonly kind: "boolean" | "float" | "double" | "float16" | "date" | "int96" | "bytes" }
  | { readonly kind: "integer"; readonly bits: 8 | 16 | 32 | 64; readonly isSigned: boolean }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "timestamp"; readonly unit: TimeUnit; readonly isAdjustedToUtc: boolean }
  | { readonly kind: "fixed"; readonly size: number }
  /** What Delta has no type for; `name` is for messages. */
  | { readonly kind: "foreign"; readonly name: string };

/** @see https://github.com/apache/parquet-format/blob/master/LogicalTypes.md */
export function leafType({ element, physicalType }: SchemaLeaf): LeafType {
  const decimal = decimalOf(element);
  if (decimal !== undefined) return decimal;
  const logical = element.logicalType;
  switch (physicalType) {
    case "BOOLEAN":
      return { kind: "boolean" };
    case "FLOAT":
      return { kind: "float" };
    case "DOUBLE":
      return { kind: "double" };
    case "INT96":
      return { kind: "int96" };
    case "INT32":
      return int32Type(element);
    case "INT64":
      return int64Type(element);
    case "BYTE_ARRAY":
      return { kind: "bytes" };
    case "FIXED_LEN_BYTE_ARRAY":
      if (logical?.kind === "float16") return { kind: "float16" };
      if (element.convertedType === convertedType.interval) return { kind: "foreign", name: "INTERVAL" };
      return { kind: "fixed", size: element.typeLength ?? 0 };
  }
}

function decimalOf(element: SchemaElement): LeafType | undefined {
  const logical = element.logicalType;
  if (logical?.kind === "decimal") return { kind: "decimal", precision: logical.precision, scale: logical.scale };
  if (logical !== undefined || element.convertedType !== convertedType.decimal) return undefined;
  return { kind: "decimal", precision: element.precision ?? 0, scale: element.scale ?? 0 };
}

function int32Type({ logicalType, convertedType: converted }: SchemaElement): LeafType {
  if (logicalType?.kind === "integer") return integer(logicalType.bitWidth, logicalType.isSigned);
  if (logicalType?.kind === "date" || (logicalType === undefined && converted === convertedType.date)) return { kind: "date" };
  if (logicalType?.kind === "time" || converted === convertedType.timeMillis) return { kind: "foreign", name: "TIME" };
  if (logicalType === undefined && converted !== undefined) {
    if (converted === convertedType.int8) return integer(8, true);
    if (converted === convertedType.int16) return integer(16, true);
    if (converted === convertedType.uint8) return integer(8, false);
    if (converted === convertedType.uint16) return integer(16, false);
    if (converted === convertedType.uint32) return integer(32, false);
  }
  return integer(32, true);
}

function int64Type({ logicalType, convertedType: converted }: SchemaElement): LeafType {
  if (logicalType?.kind === "timestamp")
    return { kind: "timestamp", unit: logicalType.unit, isAdjustedToUtc: logicalType.isAdjustedToUtc };
  if (logicalType?.kind === "integer") return integer(64, logicalType.isSigned);
  if (logicalType?.kind === "time" || converted === convertedType.timeMicros) return { kind: "foreign", name: "TIME" };
  if (logicalType === undefined) {
    // The old annotations are always in UTC.
    if (converted === convertedType.timestampMillis) return { kind: "timestamp", unit: "millis", isAdjustedToUtc: true };
    if (converted === convertedType.timestampMicros) return { kind: "timestamp", unit: "micros", isAdjustedToUtc: true };
    if (converted === convertedType.uint64) return integer(64, false);
  }
  return integer(64, true);
}

function integer(bits: number, isSigned: boolean): LeafType {
  if (bits === 8 || bits === 16 || bits === 32 || bits === 64) return { kind: "integer", bits, isSigned };
  return { kind: "foreign", name: `INTEGER of ${bits} bits` };
}

/** For messages: `INT64 TIMESTAMP(millis)`, `BYTE_ARRAY`, … */
export function describeLeaf(leaf: SchemaLeaf): string {
  const type = leafType(leaf);
  switch (type.kind) {
    case "integer":
      return `${type.isSigned ? "" : "unsigned "}integer of ${type.bits} bits`;
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "timestamp":
      return `timestamp in ${type.unit}`;
    case "fixed":
      return `fixed-length bytes (${type.size})`;
    case "foreign":
      return type.name;
    default:
      return type.kind;
  }
}
