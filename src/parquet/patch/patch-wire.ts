import type { PhysicalType } from "../metadata/file-metadata.js";
import type { OffsetIndex } from "../metadata/page-index.js";

/**
 * What passes between the engine and the thread that patches column chunks: plain data and bytes. Nothing here knows Arrow.
 *
 * A chunk is patched when some of its rows change or go: pages are taken apart and put together again, and what did not change
 * is neither decoded to values nor encoded from them.
 */
export interface PatchRequest {
  /** A stretch of the file with every chunk of `chunks`. Given away. */
  readonly bytes: Uint8Array;
  readonly rowCount: number;
  /** Rows of the row group that change, ascending. */
  readonly rows: Int32Array;
  /** The row of `values` that each takes; -1 where the row goes. */
  readonly takes: Int32Array;
  /** A Parquet file of one row group with the new values, uncompressed and plain, pages of version 1. */
  readonly values: Uint8Array | undefined;
  readonly chunks: readonly ChunkPatch[];
}

export interface ChunkPatch {
  /** Where the chunk lies in `bytes`. */
  readonly start: number;
  readonly end: number;
  readonly compression: PatchCompression;
  /** The file says that all its pages are sealed. */
  readonly isSealed: boolean;
  readonly shape: LeafShape;
  /** The column of `values` with its new values; absent: the changed rows keep theirs. */
  readonly valueColumn: number | undefined;
}

export type PatchCompression = "uncompressed" | "snappy";

/** What has to be known of a leaf to move its values about. It is not nested. */
export interface LeafShape {
  readonly physicalType: PhysicalType;
  /** Bytes of a value in plain encoding; 0 where they vary, and for booleans. */
  readonly width: number;
  readonly isOptional: boolean;
  readonly order: ValueOrder;
}

/** How values in plain encoding compare. */
export type ValueOrder = "boolean" | "int32" | "int64" | "float" | "double" | "bytes" | "signed-bytes";

/** A chunk with the rows that are left. */
export interface PatchedChunk {
  readonly bytes: Uint8Array;
  /** Bytes of the dictionary page at the start, 0 without one. */
  readonly dictionarySize: number;
  readonly uncompressedSize: number;
  readonly valueCount: number;
  readonly summary: ValueSummary;
  /** Data pages; offsets count from the start of `bytes`. */
  readonly pages: OffsetIndex;
  readonly pageSummaries: readonly ValueSummary[];
}

/** Exact bounds, in plain encoding without lengths; NaN is left out of them. */
export interface ValueSummary {
  readonly min: Uint8Array | undefined;
  readonly max: Uint8Array | undefined;
  readonly nullCount: number;
  readonly hasNaN: boolean;
}
