import { LakeError } from "../../base/errors.js";
import { corruptFile } from "../corrupt.js";
import { decodeMetadata } from "./decode-metadata.js";
import { encodeMetadata } from "./encode-metadata.js";
import type { FileMetadata } from "./file-metadata.js";
import { checkSeal, closeSeal, sealField, takeSeal, type FileSeal } from "./footer-seal.js";
import type { RangeReader } from "../range-reader.js";
import { schemaTree, type SchemaTree } from "./schema-tree.js";

/** A file's footer, decoded and checked: row groups have one chunk per leaf, and every row group's rows add up. */
export interface ParquetFooter {
  readonly metadata: FileMetadata;
  readonly schema: SchemaTree;
  /** Of a file of our own: checksums of its page indexes, and that its pages have theirs. */
  readonly seal: FileSeal | undefined;
  /** The end of the file as it was fetched, when it was: page indexes often lie in it and need no further request. */
  readonly tail: FileTail | undefined;
  /** Bytes of the file, when they are not those its reader was told. */
  readonly fileSize?: number | undefined;
}

export interface FileTail {
  /** Where `bytes` start in the file. */
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** What is read of a file's end before its footer's length is known: most footers fit. */
export const TAIL_GUESS_BYTES = 64 * 1024;

/** The magic before and after; the last eight bytes are the footer's length and the magic again. */
export const MAGIC = Uint8Array.of(0x50, 0x41, 0x52, 0x31);
const TRAILER_BYTES = 8;

/**
 * Reads a file's footer with one request of `TAIL_GUESS_BYTES`, or two when the footer is longer. Where the file has another
 * size than its reader was told and a sound footer at its real end, that one is read, as Spark does.
 *
 * @throws parquet/corrupt      not a Parquet file, or a damaged one; names it
 * @throws parquet/unsupported  an encrypted footer
 */
export async function readFooter(file: RangeReader, signal?: AbortSignal): Promise<ParquetFooter> {
  try {
    return await readFooterAtEnd(file, signal);
  } catch (error) {
    const fileSize = LakeError.is(error, "parquet/corrupt") ? await file.measure?.(signal) : undefined;
    if (fileSize === undefined || fileSize === file.size) throw error;
    const footer = await readFooterAtEnd({ ...file, size: fileSize }, signal).catch((second: unknown) => {
      throw LakeError.is(second, "parquet/corrupt") ? error : second;
    });
    return { ...footer, fileSize };
  }
}

async function readFooterAtEnd(file: RangeReader, signal: AbortSignal | undefined): Promise<ParquetFooter> {
  const { path, size } = file;
  if (size < MAGIC.length + TRAILER_BYTES) throw notParquet(path, `it has only ${size} bytes`);
  const start = Math.max(0, size - TAIL_GUESS_BYTES);
  const tail = await readExactly(file, start, size, signal);
  const length = footerLength(tail, size, path);
  if (length + TRAILER_BYTES <= tail.length) {
    const bytes = tail.subarray(tail.length - TRAILER_BYTES - length, -TRAILER_BYTES);
    return { ...decodeFooter(bytes, path), tail: { start, bytes: tail } };
  }
  const head = await readExactly(file, size - TRAILER_BYTES - length, start, signal);
  const whole = new Uint8Array(length);
  whole.set(head);
  whole.set(tail.subarray(0, length - head.length), head.length);
  return decodeFooter(whole, path);
}

/** The footer of a whole file in memory. Throws as `readFooter` does. */
export function footerOfBytes(bytes: Uint8Array, path: string): ParquetFooter {
  return decodeFooter(footerBytes(bytes, path), path);
}

/** The Thrift bytes of the footer of a whole file in memory, a view of `bytes`. Throws as `readFooter` does. */
export function footerBytes(bytes: Uint8Array, path: string): Uint8Array {
  if (bytes.length < MAGIC.length + TRAILER_BYTES) throw notParquet(path, `it has only ${bytes.length} bytes`);
  const length = footerLength(bytes, bytes.length, path);
  return bytes.subarray(bytes.length - TRAILER_BYTES - length, -TRAILER_BYTES);
}

/**
 * Decodes the Thrift bytes of a footer, without the length and magic that follow.
 *
 * @throws parquet/corrupt  damaged bytes, a seal that does not match them, or row groups that do not fit the schema
 */
export function decodeFooter(bytes: Uint8Array, path: string): ParquetFooter {
  checkSeal(bytes, path);
  const { metadata, seal } = takeSeal(decodeMetadata(bytes, path));
  const schema = schemaTree(metadata.schema, path);
  let rows = 0;
  for (const [index, group] of metadata.rowGroups.entries()) {
    rows += group.rowCount;
    if (group.columns.length !== schema.leaves.length) {
      throw corruptFile(path, `row group ${index} has ${group.columns.length} columns, its schema ${schema.leaves.length}`);
    }
    for (const leaf of schema.leaves) {
      const type = group.columns[leaf.leafIndex]?.metadata?.type;
      if (type !== undefined && type !== leaf.physicalType) {
        throw corruptFile(path, `column ${leaf.path.join(".")} is ${leaf.physicalType} in the schema and ${type} in row group ${index}`);
      }
    }
  }
  if (rows !== metadata.rowCount) throw corruptFile(path, `its row groups hold ${rows} rows, its footer says ${metadata.rowCount}`);
  return { metadata, schema, seal, tail: undefined };
}

/** The end of a file, as it follows the last page: the footer, sealed if there is a seal, its length, the magic. */
export function encodeFooter(metadata: FileMetadata, seal?: FileSeal): Uint8Array {
  const body = encodeMetadata(seal === undefined ? metadata : { ...metadata, unknown: [...metadata.unknown, sealField(seal)] });
  if (seal !== undefined) closeSeal(body);
  const result = new Uint8Array(body.length + TRAILER_BYTES);
  result.set(body);
  new DataView(result.buffer).setUint32(body.length, body.length, true);
  result.set(MAGIC, body.length + 4);
  return result;
}

function footerLength(tail: Uint8Array, size: number, path: string): number {
  const magic = String.fromCharCode(...tail.subarray(-4));
  if (magic === "PARE") {
    throw new LakeError(
      "parquet/unsupported",
      `${path} has an encrypted footer. Parquet encryption is not supported; read the table with an engine that has the keys.`,
      { path },
    );
  }
  if (magic !== "PAR1") throw notParquet(path, "its last four bytes are not PAR1");
  const length = new DataView(tail.buffer, tail.byteOffset + tail.length - TRAILER_BYTES).getUint32(0, true);
  if (length === 0 || length > size - TRAILER_BYTES - MAGIC.length) {
    throw corruptFile(path, `a footer of ${length} bytes does not fit its ${size} bytes`);
  }
  return length;
}

async function readExactly(file: RangeReader, start: number, end: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const [bytes] = await file.read([{ start, end }], signal);
  if (bytes?.length !== end - start) throw corruptFile(file.path, `it should have ${file.size} bytes and ends before`);
  return bytes;
}

function notParquet(path: string, reason: string): LakeError {
  return new LakeError("parquet/corrupt", `${path} is not a Parquet file, or was cut off: ${reason}. Restore the file from a copy.`, {
    path,
    reason,
  });
}
