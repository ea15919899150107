import type { ByteRange } from "../../storage/object-store.js";
import type { EncodedFile } from "../metadata/encoded-file.js";
import type { PatchedChunk, PatchRequest } from "../patch/patch-wire.js";

/**
 * What passes between the codec's users and the thread that runs it: plain data that can be cloned, and buffers that can be
 * transferred. Nothing here knows apache-arrow, so that a worker starts without loading it.
 */

/** A field of the Arrow C data interface. `format` is its type string, for example `"l"` or `"tsu:UTC"`. */
export interface RawField {
  readonly name: string;
  readonly format: string;
  readonly nullable: boolean;
  readonly metadata: readonly (readonly [string, string])[];
  readonly children: readonly RawField[];
}

/** Bytes `[start, start + size)` of the batch's buffer. */
export interface RawSlice {
  readonly start: number;
  readonly size: number;
}

export interface RawColumn {
  readonly length: number;
  /** -1: not counted. */
  readonly nullCount: number;
  /** Bits before the first row in the bitmaps (`validity`, and `values` of booleans). */
  readonly bitOffset: number;
  readonly validity: RawSlice | undefined;
  readonly offsets: RawSlice | undefined;
  readonly values: RawSlice | undefined;
  readonly children: readonly RawColumn[];
}

export interface RawBatch {
  readonly length: number;
  /** Every buffer of the batch. */
  readonly buffer: ArrayBuffer;
  readonly columns: readonly RawColumn[];
}

export interface RawTable {
  readonly fields: readonly RawField[];
  readonly batches: readonly RawBatch[];
}

/** How one row group is written. Numbers are parquet-wasm's own. */
export interface RawEncodeOptions {
  readonly compression: number;
  /** 0: data pages V1, 1: V2. */
  readonly writerVersion: number;
  readonly plainColumns: readonly string[];
  /** Rows of the row group, so that it is not cut in two. */
  readonly rows: number;
}

/** A column chunk of the file to decode, and what its pages have to keep to. */
export interface ChunkPages {
  /** For messages. */
  readonly column: string;
  /** Its bytes in the file at hand. */
  readonly start: number;
  readonly end: number;
  /** Where the bytes come from, for messages: ranges of the original file, in order. */
  readonly sources: readonly ByteRange[];
  /** No page may claim to be longer, uncompressed. */
  readonly pageBytesMax: number;
  /** Values of all its data pages, where that is known. */
  readonly valueCount: number | undefined;
  /** Its pages carry checksums, and their headers are sealed: one without is damaged. */
  readonly isSealed: boolean;
}

/** The first page of a column that cannot be trusted. */
export interface PageDamage {
  readonly column: string;
  /** In the original file. */
  readonly offset: number;
  readonly reason: string;
}

export type CodecRequest =
  | { readonly kind: "decode"; readonly file: Uint8Array; readonly batchRows: number; readonly chunks: readonly ChunkPages[] }
  | { readonly kind: "encode"; readonly ipc: Uint8Array<ArrayBuffer>; readonly options: RawEncodeOptions }
  | { readonly kind: "patch"; readonly path: string; readonly patch: PatchRequest };

export type CodecResult =
  | { readonly kind: "decoded"; readonly table: RawTable }
  | { readonly kind: "encoded"; readonly file: EncodedFile }
  | { readonly kind: "patched"; readonly chunks: readonly PatchedChunk[] | undefined };

/** `poisoned`: the instance trapped and must not be used again. */
export interface CodecFailure {
  readonly kind: "failed";
  readonly reason: string;
  /** Set when a page was found damaged before it was decoded. */
  readonly page?: PageDamage | undefined;
  readonly unsupported: boolean;
  readonly poisoned: boolean;
}

/** What a worker answers to a `CodecRequest`. */
export interface WorkerReply {
  readonly result: CodecResult | CodecFailure;
  /** The buffer of an encoded request, given back so that the next one need not have fresh memory. */
  readonly spare: ArrayBuffer | undefined;
  /** The wasm memory of the worker, a high-water mark. */
  readonly memoryBytes: number;
}
