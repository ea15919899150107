import type { RecordBatch } from "apache-arrow";
import { encodeIpcStream } from "./codec-ipc.js";
import type { Compression, DecodeOptions, EncodeOptions } from "./codec.js";
import type { CodecRequest } from "./codec-wire.js";

/** parquet-wasm's numbers. */
const COMPRESSIONS: Readonly<Record<Compression, number>> = { uncompressed: 0, snappy: 1, gzip: 2, brotli: 3, zstd: 5, lz4_raw: 6 };

export function decodeRequest(file: Uint8Array, { batchRows, chunks = [] }: DecodeOptions): CodecRequest {
  return { kind: "decode", file, batchRows, chunks };
}

export function encodeRequest(
  batches: readonly RecordBatch[],
  options: EncodeOptions,
  allocate?: (size: number) => Uint8Array<ArrayBuffer>,
): CodecRequest {
  const rows = batches.reduce((sum, batch) => sum + batch.numRows, 0);
  return {
    kind: "encode",
    ipc: encodeIpcStream(options.schema, batches, allocate),
    options: {
      compression: COMPRESSIONS[options.compression],
      writerVersion: options.formatVersion === "2.0" ? 1 : 0,
      plainColumns: options.plainColumns,
      rows,
    },
  };
}
