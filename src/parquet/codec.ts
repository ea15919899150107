import type { RecordBatch, Schema } from "apache-arrow";

export type Compression = "uncompressed" | "snappy" | "gzip" | "brotli" | "lz4_raw" | "zstd";

/**
 * The door to the Parquet encoder and decoder (parquet-wasm). Two forms keep this contract: `inline` (in process) and
 * `pooled` (worker threads). Bytes given away are transferred: the caller does not touch them afterwards.
 *
 * Errors: damaged bytes are `parquet/corrupt` naming `path`, never a dead process; a codec that dies without saying why is
 * `parquet/codec`. After an error the codec goes on serving others.
 */
export interface ParquetCodec {
  /** How many jobs run at once; 1 for `inline`. The measure for read-ahead. */
  readonly parallelism: number;

  /** Decodes one whole (mini-)file in memory: all columns, all row groups, batches of up to `batchRows` rows. */
  decode(file: Uint8Array, options: DecodeOptions): Promise<RecordBatch[]>;

  /** Opens an encoder for one file. Row groups are what the caller flushes. */
  openEncoder(options: EncodeOptions): Promise<ParquetEncoder>;

  /** Ends the workers. Without it they do not keep the process alive. */
  close(): Promise<void>;
}

export interface DecodeOptions {
  /** For messages. */
  readonly path: string;
  readonly batchRows: number;
  readonly signal?: AbortSignal | undefined;
}

export interface EncodeOptions {
  readonly path: string;
  /** Field ids are in the fields' metadata under `PARQUET:field_id`. */
  readonly schema: Schema;
  readonly compression: Compression;
  /** `"1.0"` or `"2.0"`: delta.parquet.format.version's 1.0.0 and 2.12.0. */
  readonly formatVersion: "1.0" | "2.0";
  /** Leaf columns (dotted paths) that are written without a dictionary. */
  readonly plainColumns: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** One file being encoded. Calls are made one after the other. */
export interface ParquetEncoder {
  /** Encodes the batches as one row group and resolves to the bytes that are final now (possibly none). */
  writeRowGroup(batches: readonly RecordBatch[]): Promise<Uint8Array>;
  /** The rest of the file, footer included. */
  finish(): Promise<Uint8Array>;
  abort(): Promise<void>;
}
