import { corruptFile } from "../corrupt.js";
import { CRC_DIGITS, crc32, crcAt, putCrc } from "../crc32.js";
import { thriftType, type UnknownField } from "../thrift/thrift-reader.js";
import type { FileMetadata } from "./file-metadata.js";

/**
 * Checksums of what Parquet has none for: a file's footer and its page indexes. They stand in an extension field of the
 * footer, which other readers pass over: for every column chunk the CRC-32 of its column index and of its offset index, then
 * that of the footer up to there, all as hexadecimal digits, then sixteen letters that tell this extension from others.
 *
 * All pages of a sealed file have checksums, and their headers are sealed (see `sealPageHeader`).
 * @see https://parquet.apache.org/docs/file-format/binaryprotocolextensions
 */
export interface FileSeal {
  /** Row group by row group, leaf by leaf; an absent index has the checksum of no bytes. */
  readonly chunks: readonly ChunkSeal[];
}

export interface ChunkSeal {
  readonly columnIndex: number;
  readonly offsetIndex: number;
}

/** The checksums of an index's bytes. */
export function sealIndexes(columnIndex: Uint8Array | undefined, offsetIndex: Uint8Array | undefined): ChunkSeal {
  return { columnIndex: crc32(columnIndex ?? nothing), offsetIndex: crc32(offsetIndex ?? nothing) };
}

const nothing = new Uint8Array(0);

const EXTENSION_FIELD = 32767;
const NAME = new TextEncoder().encode("laketable.seal.1");
const CHUNK_BYTES = 2 * CRC_DIGITS;
/** The footer's own checksum and what follows it: the name, and the stop of the footer. */
const END_BYTES = CRC_DIGITS + NAME.length + 1;

/** The extension field, before the footer's own checksum is known. */
export function sealField({ chunks }: FileSeal): UnknownField {
  const size = chunks.length * CHUNK_BYTES + CRC_DIGITS + NAME.length;
  const prefix = lengthPrefix(size);
  const bytes = new Uint8Array(prefix.length + size);
  bytes.set(prefix);
  let at = prefix.length;
  for (const { columnIndex, offsetIndex } of chunks) {
    putCrc(bytes, at, columnIndex);
    putCrc(bytes, at + CRC_DIGITS, offsetIndex);
    at += CHUNK_BYTES;
  }
  bytes.set(NAME, at + CRC_DIGITS);
  return { id: EXTENSION_FIELD, type: thriftType.binary, bytes };
}

function lengthPrefix(length: number): readonly number[] {
  return length < 128 ? [length] : [(length & 127) | 128, ...lengthPrefix(length >>> 7)];
}

/** Puts the checksum into an encoded footer that ends with `sealField`. */
export function closeSeal(footer: Uint8Array): void {
  const end = footer.length - END_BYTES;
  putCrc(footer, end, crc32(footer.subarray(0, end)));
}

/**
 * Checks an encoded footer against its seal; one without a seal passes.
 *
 * @throws parquet/corrupt  it is not what was written
 */
export function checkSeal(footer: Uint8Array, path: string): void {
  const end = footer.length - END_BYTES;
  if (end < 0 || !hasName(footer, footer.length - 1 - NAME.length)) return;
  if (crc32(footer.subarray(0, end)) !== crcAt(footer, end)) throw corruptFile(path, "its footer does not match its checksum");
}

/** The seal of a decoded footer, and the footer without it: changed and encoded anew, it would not be true any more. */
export function takeSeal(metadata: FileMetadata): { readonly metadata: FileMetadata; readonly seal: FileSeal | undefined } {
  const count = metadata.rowGroups.reduce((sum, { columns }) => sum + columns.length, 0);
  const size = count * CHUNK_BYTES + CRC_DIGITS + NAME.length;
  const field = metadata.unknown.find(
    ({ id, type, bytes }) => id === EXTENSION_FIELD && type === thriftType.binary && hasName(bytes, bytes.length - NAME.length),
  );
  if (field === undefined || field.bytes.length <= size) return { metadata, seal: undefined };
  const start = field.bytes.length - size;
  const chunks = Array.from({ length: count }, (_, i) => ({
    columnIndex: crcAt(field.bytes, start + CHUNK_BYTES * i) ?? 0,
    offsetIndex: crcAt(field.bytes, start + CHUNK_BYTES * i + CRC_DIGITS) ?? 0,
  }));
  return { metadata: { ...metadata, unknown: metadata.unknown.filter((other) => other !== field) }, seal: { chunks } };
}

function hasName(bytes: Uint8Array, start: number): boolean {
  return start >= 0 && NAME.every((byte, i) => bytes[start + i] === byte);
}

/** The checksums of a column chunk's indexes. */
export function chunkSeal({ chunks }: FileSeal, metadata: FileMetadata, rowGroup: number, leaf: number): ChunkSeal | undefined {
  // Every row group has one chunk per leaf.
  return chunks[rowGroup * (metadata.rowGroups[rowGroup]?.columns.length ?? 0) + leaf];
}
