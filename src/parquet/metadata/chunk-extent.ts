import { corruptFile, unsupportedFile } from "../corrupt.js";
import { compressionCodecs, isEncrypted, type ColumnChunk, type ColumnMetadata } from "./file-metadata.js";
import { MAGIC } from "./footer.js";

/** A column chunk that can be read, and where it lies. */
export interface ReadableChunk {
  readonly chunk: ColumnChunk;
  readonly metadata: ColumnMetadata;
  /** In the file: dictionary page first, if there is one. */
  readonly start: number;
  readonly end: number;
}

/**
 * @throws parquet/corrupt      a chunk outside the file
 * @throws parquet/unsupported  a chunk in another file, encrypted, or compressed in a way the codec does not know
 */
export function readableChunk(chunk: ColumnChunk, file: { readonly path: string; readonly size: number }): ReadableChunk {
  const { metadata } = chunk;
  if (metadata === undefined || isEncrypted(chunk)) {
    throw unsupportedFile(file.path, "one of the wanted columns is encrypted", "Read the table with an engine that has the keys.");
  }
  const column = metadata.path.join(".");
  if (chunk.filePath !== undefined && chunk.filePath !== "") {
    throw unsupportedFile(file.path, `its column ${column} lies in another file, ${chunk.filePath}`, "Rewrite the file in one piece.");
  }
  const codec = compressionCodecs[metadata.codec];
  if (codec === undefined || codec === "LZO") {
    const name = codec ?? `number ${metadata.codec}`;
    const advice = "Rewrite the file with snappy or zstd.";
    throw unsupportedFile(file.path, `its column ${column} is compressed with ${name}`, advice, { codec: name });
  }
  const { dataPageOffset, dictionaryPageOffset } = metadata;
  // Some writers put 0 where there is no dictionary page.
  const hasDictionary = dictionaryPageOffset !== undefined && dictionaryPageOffset > 0 && dictionaryPageOffset < dataPageOffset;
  const start = hasDictionary ? dictionaryPageOffset : dataPageOffset;
  const end = start + metadata.compressedSize;
  if (start < MAGIC.length || end > file.size - MAGIC.length || dataPageOffset > end) {
    throw corruptFile(file.path, `its column ${column} should lie in bytes ${start} to ${end} of a file of ${file.size} bytes`);
  }
  return { chunk, metadata, start, end };
}
