import type { ColumnBounds } from "../../expression/bounds.js";
import type { DataType } from "../../schema/types.js";
import type { Value } from "../../schema/value.js";
import type { Statistics } from "./file-metadata.js";
import type { LeafConversion } from "./leaf-conversion.js";
import { leafType } from "./leaf-type.js";
import type { SchemaLeaf } from "./schema-tree.js";

/** A leaf whose bounds are asked for, and the type it is read as. */
export interface BoundedLeaf {
  readonly leaf: SchemaLeaf;
  readonly type: DataType;
  readonly conversion: LeafConversion;
}

/** `hasTypeOrder`: the footer's column_orders do not name an order for this column that we do not know. */
export interface BoundsOptions {
  readonly hasTypeOrder: boolean;
}

/**
 * What the statistics of a column chunk say of the values as they are read.
 *
 * The deprecated pair `min`/`max` was written in signed byte order whatever the type, so it counts only for types that have
 * that order. INT96 has no order at all. Bounds that are NaN, too short or not UTF-8 are no bounds.
 *
 * @see parquet.thrift Statistics, ColumnOrder
 */
export function statisticsBounds(target: BoundedLeaf, statistics: Statistics | undefined, options: BoundsOptions): ColumnBounds {
  if (statistics === undefined) return target.leaf.definitionLevel === 0 ? { nullCount: 0 } : {};
  const { nullCount: counted, minValue, maxValue, min, max } = statistics;
  const nullCount = target.leaf.definitionLevel === 0 ? 0 : counted;
  const nulls = nullCount === undefined ? {} : { nullCount };
  const isNew = minValue !== undefined || maxValue !== undefined;
  if (isNew ? !options.hasTypeOrder : !hasSignedOrder(target.leaf)) return nulls;
  const pair = boundPair(target, isNew ? minValue : min, isNew ? maxValue : max);
  const isExact = statistics.isMinExact === true && statistics.isMaxExact === true && pair.min !== undefined && pair.max !== undefined;
  return { ...nulls, ...pair, ...(isExact ? { exact: true } : {}) };
}

/** Lower and upper bound in plain encoding as values; either may be unusable. */
export function boundPair(target: BoundedLeaf, min: Uint8Array | undefined, max: Uint8Array | undefined): ColumnBounds {
  const low = min === undefined ? undefined : decodeBound(target, min);
  const high = max === undefined ? undefined : decodeBound(target, max);
  // One NaN means that the writer compared without regard to NaN: neither bound can be trusted.
  if (Number.isNaN(low) || Number.isNaN(high)) return {};
  return { ...(low === undefined ? {} : { min: low }), ...(high === undefined ? {} : { max: high }) };
}

function hasSignedOrder(leaf: SchemaLeaf): boolean {
  const type = leafType(leaf);
  switch (type.kind) {
    case "boolean":
    case "float":
    case "double":
    case "date":
    case "timestamp":
      return true;
    case "integer":
      return type.isSigned;
    case "decimal":
      return leaf.physicalType === "INT32" || leaf.physicalType === "INT64";
    default:
      return false;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A bound in plain encoding, as a value of the type it is read as. Every conversion keeps the order. */
function decodeBound(target: BoundedLeaf, bytes: Uint8Array): Value | undefined {
  const { leaf, type, conversion } = target;
  const file = leafType(leaf);
  switch (file.kind) {
    case "boolean":
      return bytes.length === 1 ? bytes[0] !== 0 : undefined;
    case "float":
    case "double":
      return decodeFloat(leaf, bytes);
    case "bytes":
    case "fixed":
      return type.kind === "string" ? decodeText(bytes) : bytes.slice();
    case "integer":
    case "date":
    case "timestamp":
    case "decimal": {
      const isSigned = file.kind !== "integer" || file.isSigned;
      const raw = decodeInteger(leaf, bytes, isSigned);
      return raw === undefined ? undefined : integerBound(type, conversion, raw);
    }
    case "float16":
    case "int96":
    case "foreign":
      return undefined;
  }
}

function decodeFloat({ physicalType }: SchemaLeaf, bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (physicalType === "FLOAT") return bytes.length === 4 ? view.getFloat32(0, true) : undefined;
  return bytes.length === 8 ? view.getFloat64(0, true) : undefined;
}

/** A bound cut within a character is not a string; it is left out rather than mended. */
function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function decodeInteger({ physicalType, element }: SchemaLeaf, bytes: Uint8Array, isSigned: boolean): bigint | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (physicalType) {
    case "INT32":
      if (bytes.length !== 4) return undefined;
      return BigInt(isSigned ? view.getInt32(0, true) : view.getUint32(0, true));
    case "INT64":
      if (bytes.length !== 8) return undefined;
      return isSigned ? view.getBigInt64(0, true) : view.getBigUint64(0, true);
    case "FIXED_LEN_BYTE_ARRAY":
      return bytes.length === element.typeLength ? bigEndian(bytes) : undefined;
    case "BYTE_ARRAY":
      return bytes.length > 0 ? bigEndian(bytes) : undefined;
    default:
      return undefined;
  }
}

function bigEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, value);
}

const DAY_MICROS = 86_400_000_000n;

function integerBound(type: DataType, conversion: LeafConversion, raw: bigint): Value | undefined {
  switch (type.kind) {
    case "byte":
    case "short":
    case "int":
    case "date":
    case "double":
      return Number(raw);
    case "long":
      return raw;
    case "decimal":
      return conversion.kind === "decimal" ? raw * 10n ** BigInt(conversion.scaleUp) : undefined;
    case "timestamp":
    case "timestamp_ntz":
      if (conversion.kind === "relabel") return raw;
      return conversion.kind === "scale-time" ? micros(raw, conversion.from) : undefined;
    default:
      return undefined;
  }
}

function micros(raw: bigint, from: "millis" | "nanos" | "days"): bigint {
  if (from === "millis") return raw * 1000n;
  if (from === "days") return raw * DAY_MICROS;
  const quotient = raw / 1000n;
  return raw < 0n && quotient * 1000n !== raw ? quotient - 1n : quotient;
}
