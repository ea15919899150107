import type { UnknownField } from "../thrift/thrift-reader.js";

/**
 * The footer as parquet.thrift lays it out, in camelCase. Frozen plain data: an edit makes a copy with other fields and
 * `encodeMetadata` writes it; what this package has no word for travels in `unknown`.
 *
 * Offsets, sizes and counts are numbers up to 2^52.
 */
export interface FileMetadata {
  readonly version: number;
  /** Depth first, root first. */
  readonly schema: readonly SchemaElement[];
  readonly rowCount: number;
  readonly rowGroups: readonly RowGroup[];
  readonly keyValues: readonly KeyValue[] | undefined;
  readonly createdBy: string | undefined;
  /** One per leaf. */
  readonly columnOrders: readonly ColumnOrder[] | undefined;
  readonly unknown: readonly UnknownField[];
}

export interface SchemaElement {
  /** Absent for groups. */
  readonly type: PhysicalType | undefined;
  /** Bytes, of `FIXED_LEN_BYTE_ARRAY`. */
  readonly typeLength: number | undefined;
  /** Absent for the root. */
  readonly repetition: Repetition | undefined;
  readonly name: string;
  readonly childCount: number | undefined;
  /** ConvertedType's number: see `convertedType`. */
  readonly convertedType: number | undefined;
  readonly scale: number | undefined;
  readonly precision: number | undefined;
  readonly fieldId: number | undefined;
  readonly logicalType: LogicalType | undefined;
  readonly unknown: readonly UnknownField[];
}

export type PhysicalType = "BOOLEAN" | "INT32" | "INT64" | "INT96" | "FLOAT" | "DOUBLE" | "BYTE_ARRAY" | "FIXED_LEN_BYTE_ARRAY";
/** In the order of their numbers in parquet.thrift. */
export const physicalTypes = [
  "BOOLEAN",
  "INT32",
  "INT64",
  "INT96",
  "FLOAT",
  "DOUBLE",
  "BYTE_ARRAY",
  "FIXED_LEN_BYTE_ARRAY",
] as const satisfies readonly PhysicalType[];

export type Repetition = "required" | "optional" | "repeated";
export const repetitions = ["required", "optional", "repeated"] as const satisfies readonly Repetition[];

/** parquet.thrift ConvertedType. */
export const convertedType = {
  utf8: 0,
  map: 1,
  mapKeyValue: 2,
  list: 3,
  enum: 4,
  decimal: 5,
  date: 6,
  timeMillis: 7,
  timeMicros: 8,
  timestampMillis: 9,
  timestampMicros: 10,
  uint8: 11,
  uint16: 12,
  uint32: 13,
  uint64: 14,
  int8: 15,
  int16: 16,
  int32: 17,
  int64: 18,
  json: 19,
  bson: 20,
  interval: 21,
} as const;

export type TimeUnit = "millis" | "micros" | "nanos";
export const timeUnits = ["millis", "micros", "nanos"] as const satisfies readonly TimeUnit[];

export type PlainLogicalKind = "string" | "map" | "list" | "enum" | "date" | "unknown" | "json" | "bson" | "uuid" | "float16";

export type LogicalType =
  | { readonly kind: PlainLogicalKind }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "time" | "timestamp"; readonly isAdjustedToUtc: boolean; readonly unit: TimeUnit }
  | { readonly kind: "integer"; readonly bitWidth: number; readonly isSigned: boolean }
  | { readonly kind: "variant"; readonly specificationVersion: number | undefined }
  /** Geometry, geography and what is not invented yet; `id` is the number in the union. */
  | { readonly kind: "other"; readonly id: number; readonly field: UnknownField };

export interface KeyValue {
  readonly key: string;
  readonly value: string | undefined;
}

/** `type`: the order parquet.thrift defines for the column's logical type. Others are kept and make statistics unusable. */
export type ColumnOrder = { readonly kind: "type" } | { readonly kind: "other"; readonly field: UnknownField | undefined };

export interface RowGroup {
  /** One per leaf, in the schema's order. */
  readonly columns: readonly ColumnChunk[];
  /** Uncompressed. */
  readonly byteSize: number;
  readonly rowCount: number;
  readonly fileOffset: number | undefined;
  readonly compressedSize: number | undefined;
  readonly ordinal: number | undefined;
  readonly unknown: readonly UnknownField[];
}

export interface ColumnChunk {
  /** Set when the chunk is in another file. */
  readonly filePath: string | undefined;
  /** Not to be relied on: writers put 0 or the chunk's start here. */
  readonly fileOffset: number;
  /** Absent when the column is encrypted. */
  readonly metadata: ColumnMetadata | undefined;
  readonly offsetIndex: Location | undefined;
  readonly columnIndex: Location | undefined;
  /** Encryption's fields among them: see `isEncrypted`. */
  readonly unknown: readonly UnknownField[];
}

export interface Location {
  readonly offset: number;
  readonly length: number;
}

export interface ColumnMetadata {
  readonly type: PhysicalType;
  /** parquet.thrift Encoding numbers. */
  readonly encodings: readonly number[];
  readonly path: readonly string[];
  readonly codec: number;
  /** Nulls included. */
  readonly valueCount: number;
  readonly uncompressedSize: number;
  readonly compressedSize: number;
  readonly keyValues: readonly KeyValue[] | undefined;
  readonly dataPageOffset: number;
  readonly indexPageOffset: number | undefined;
  readonly dictionaryPageOffset: number | undefined;
  readonly statistics: Statistics | undefined;
  readonly unknown: readonly UnknownField[];
}

/** Values in plain encoding, without lengths. `max` and `min` are the deprecated pair whose order was never defined. */
export interface Statistics {
  readonly max: Uint8Array | undefined;
  readonly min: Uint8Array | undefined;
  readonly nullCount: number | undefined;
  readonly distinctCount: number | undefined;
  readonly maxValue: Uint8Array | undefined;
  readonly minValue: Uint8Array | undefined;
  readonly isMaxExact: boolean | undefined;
  readonly isMinExact: boolean | undefined;
  readonly unknown: readonly UnknownField[];
}

/** parquet.thrift CompressionCodec, in the order of its numbers. */
export const compressionCodecs = ["UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"] as const;

/** ColumnChunk.crypto_metadata and encrypted_column_metadata. */
export function isEncrypted(chunk: ColumnChunk): boolean {
  return chunk.metadata === undefined || chunk.unknown.some((field) => field.id === 8 || field.id === 9);
}
