import type { DataType, DecimalType } from "../../schema/types.js";
import type { SchemaLeaf } from "./schema-tree.js";
import { leafType, type LeafType } from "./leaf-type.js";

/**
 * How a leaf is decoded and what is then done to its values to make them the wanted type.
 *
 * The codec sees plain physical types only (see `mini-schema`): booleans, 32- and 64-bit integers, floats, bytes and fixed
 * bytes. What they mean is decided here, so that no hint in the file and no habit of the codec can change a value.
 */
export type LeafConversion =
  /** Same bits, another name: int32 → date, µs → timestamp, bytes → string. */
  | { readonly kind: "relabel" }
  /** Between whole numbers of different widths; values are checked when the target is narrower than the declared source. */
  | { readonly kind: "integer"; readonly from: IntegerLayout; readonly to: 8 | 16 | 32 | 64 }
  | { readonly kind: "integer-to-double"; readonly isSigned: boolean }
  | { readonly kind: "float-to-double" }
  | { readonly kind: "half-to-float"; readonly to: "float" | "double" }
  /** Unscaled integers to decimals: multiplied by 10^`scaleUp`, checked against `precision` when `isChecked`. */
  | DecimalConversion
  /** To µs. */
  | { readonly kind: "scale-time"; readonly from: "millis" | "nanos" | "days" }
  | { readonly kind: "int96" }
  /** Fixed bytes → binary. */
  | { readonly kind: "fixed-to-bytes"; readonly size: number };

export interface DecimalConversion {
  readonly kind: "decimal";
  readonly from: DecimalLayout;
  readonly scaleUp: number;
  readonly precision: number;
  readonly isChecked: boolean;
}

export interface IntegerLayout {
  readonly bits: 32 | 64;
  readonly isSigned: boolean;
}

/** `decimal128`: fixed bytes up to 16 that the codec turns into 128-bit words. */
export type DecimalLayout = "int32" | "uint32" | "int64" | "uint64" | "decimal128" | "fixed" | "bytes";

const relabel: LeafConversion = { kind: "relabel" };

/**
 * The way from a leaf of the file to the wanted type, or `undefined` when there is none that keeps every value.
 *
 * Beside what writers of the type produce this covers the widenings of PROTOCOL.md "Type Widening" (byte → … → long, float
 * → double, integers → double and decimal, decimal → wider decimal, date → timestamp_ntz).
 */
export function leafConversion(leaf: SchemaLeaf, wanted: DataType): LeafConversion | undefined {
  const file = leafType(leaf);
  switch (wanted.kind) {
    case "boolean":
      return file.kind === "boolean" ? relabel : undefined;
    case "byte":
      return toInteger(leaf, file, 8);
    case "short":
      return toInteger(leaf, file, 16);
    case "int":
      return toInteger(leaf, file, 32);
    case "long":
      return toInteger(leaf, file, 64);
    case "float":
      if (file.kind === "float16") return { kind: "half-to-float", to: "float" };
      return file.kind === "float" ? relabel : undefined;
    case "double":
      return toDouble(file);
    case "decimal":
      return toDecimal(leaf, file, wanted);
    case "string":
      return file.kind === "bytes" ? relabel : undefined;
    case "binary":
      if (file.kind === "fixed") return { kind: "fixed-to-bytes", size: file.size };
      return file.kind === "bytes" ? relabel : undefined;
    case "date":
      return file.kind === "date" || isPlainInt32(leaf) ? relabel : undefined;
    case "timestamp":
      return toTimestamp(file);
    case "timestamp_ntz":
      return file.kind === "date" ? { kind: "scale-time", from: "days" } : toTimestamp(file);
    default:
      return undefined;
  }
}

/** An INT32 without any annotation: old writers leave dates so. */
function isPlainInt32({ physicalType, element }: SchemaLeaf): boolean {
  return physicalType === "INT32" && element.logicalType === undefined && element.convertedType === undefined;
}

function toInteger(leaf: SchemaLeaf, file: LeafType, to: 8 | 16 | 32 | 64): LeafConversion | undefined {
  if (file.kind !== "integer") return undefined;
  const bits = leaf.physicalType === "INT64" ? 64 : 32;
  // An INT64 is not narrowed: no version of a column can have been wider and still hold int values by declaration.
  if (bits > to && bits === 64) return undefined;
  return file.isSigned && bits === to ? relabel : { kind: "integer", from: { bits, isSigned: file.isSigned }, to };
}

function toDouble(file: LeafType): LeafConversion | undefined {
  switch (file.kind) {
    case "double":
      return relabel;
    case "float":
      return { kind: "float-to-double" };
    case "float16":
      return { kind: "half-to-float", to: "double" };
    case "integer":
      return file.bits === 64 ? undefined : { kind: "integer-to-double", isSigned: file.isSigned };
    default:
      return undefined;
  }
}

/** Digits of the largest value of an integer type. */
function integerDigits(bits: 8 | 16 | 32 | 64, isSigned: boolean): number {
  switch (bits) {
    case 8:
      return 3;
    case 16:
      return 5;
    case 32:
      return 10;
    case 64:
      return isSigned ? 19 : 20;
  }
}

function toDecimal(leaf: SchemaLeaf, file: LeafType, wanted: DecimalType): LeafConversion | undefined {
  const isDecimal = file.kind === "decimal";
  if (!isDecimal && file.kind !== "integer") return undefined;
  const scale = isDecimal ? file.scale : 0;
  const precision = isDecimal ? file.precision : integerDigits(file.bits, file.isSigned);
  if (wanted.scale < scale || scale < 0) return undefined;
  const from = decimalLayout(leaf, isDecimal || file.isSigned);
  if (from === undefined) return undefined;
  const isChecked = precision - scale > wanted.precision - wanted.scale;
  return { kind: "decimal", from, scaleUp: wanted.scale - scale, precision: wanted.precision, isChecked };
}

function decimalLayout({ physicalType, element }: SchemaLeaf, isSigned: boolean): DecimalLayout | undefined {
  switch (physicalType) {
    case "INT32":
      return isSigned ? "int32" : "uint32";
    case "INT64":
      return isSigned ? "int64" : "uint64";
    case "FIXED_LEN_BYTE_ARRAY":
      return (element.typeLength ?? 0) <= 16 ? "decimal128" : "fixed";
    case "BYTE_ARRAY":
      return "bytes";
    default:
      return undefined;
  }
}

function toTimestamp(file: LeafType): LeafConversion | undefined {
  if (file.kind === "int96") return { kind: "int96" };
  if (file.kind !== "timestamp") return undefined;
  return file.unit === "micros" ? relabel : { kind: "scale-time", from: file.unit };
}

/** Whether the file has days, of whichever calendar. */
export function holdsDays({ type, conversion }: { readonly type: DataType; readonly conversion: LeafConversion }): boolean {
  return type.kind === "date" || (conversion.kind === "scale-time" && conversion.from === "days");
}
