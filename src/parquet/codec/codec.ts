import type { RecordBatch, Schema } from "apache-arrow";
import type { EncodedFile } from "../metadata/encoded-file.js";
import type { ChunkPages } from "./codec-wire.js";
import type { PatchedChunk, PatchRequest } from "../patch/patch-wire.js";

export type Compression = "uncompressed" | "snappy" | "gzip" | "brotli" | "lz4_raw" | "zstd";

/**
 * The door to the Parquet encoder and decoder (parquet-wasm). Two forms keep this contract: `inline` (in process) and
 * `pooled` (worker threads). Jobs know nothing of each other: they run in any order, as many at once as `parallelism` says.
 *
 * Errors: damaged bytes are `parquet/corrupt` naming `path`, never a dead process; a codec that dies without saying why is
 * `parquet/codec`. After an error the codec goes on serving others.
 */
export interface ParquetCodec {
  /** How many jobs run at once; 1 for `inline`. The measure for read-ahead. */
  readonly parallelism: number;

  /**
   * Decodes one whole (mini-)file in memory: all columns, all row groups, batches of up to `batchRows` rows.
   * The bytes are given away: the caller does not touch them afterwards.
   */
  decode(file: Uint8Array, options: DecodeOptions): Promise<RecordBatch[]>;

  /**
   * Encodes the batches as one row group (none when they have no rows), page indexes included and all pages sealed (see
   * `sealPageHeader`). The batches stay the caller's and are read before the call returns.
   */
  encode(batches: readonly RecordBatch[], options: EncodeOptions): Promise<EncodedFile>;

  /**
   * Changes some rows of column chunks; the bytes are given away. `undefined`: the chunks are not of the kind that is patched, or
   * damaged, and have to be decoded and encoded (see `patchGroup`).
   */
  patch(request: PatchRequest, options: PatchOptions): Promise<readonly PatchedChunk[] | undefined>;

  /** Ends the workers; jobs under way are refused with `parquet/codec`. Without it they do not keep the process alive. */
  close(): Promise<void>;
}

export interface DecodeOptions {
  /** For messages. */
  readonly path: string;
  readonly batchRows: number;
  /** The column chunks whose pages are checked before they are decoded: sizes, counts, checksums. Default: none. */
  readonly chunks?: readonly ChunkPages[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PatchOptions {
  /** For messages. */
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
}

export interface EncodeOptions {
  readonly path: string;
  /** The batches' schema. Field ids are in the fields' metadata under `PARQUET:field_id`. */
  readonly schema: Schema;
  readonly compression: Compression;
  /** `"1.0"` or `"2.0"`: delta.parquet.format.version's 1.0.0 and 2.12.0. */
  readonly formatVersion: "1.0" | "2.0";
  /** Top-level columns written without a dictionary. Leaves below structs, lists and maps cannot be named and always try one. */
  readonly plainColumns: readonly string[];
  readonly signal?: AbortSignal | undefined;
}
