import { assert } from "../../base/assert.js";
import type { ColumnChunk, Location } from "../metadata/file-metadata.js";
import { encodeFooter, footerOfBytes, MAGIC } from "../metadata/footer.js";
import { decodePageHeader, sealPageHeader } from "../metadata/page-header.js";
import { decodeOffsetIndex, encodeOffsetIndex, type OffsetIndex } from "../metadata/page-index.js";

/**
 * A copy of a file that the encoder made in which every page has its checksum, and every page header its seal. The encoder
 * writes neither. Headers grow by it, so that all that lies behind them moves.
 */
export function sealPages(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const what = "an encoded row group";
  const { metadata } = footerOfBytes(file, what);
  const parts: Uint8Array[] = [MAGIC];
  let size = MAGIC.length;
  const place = (bytes: Uint8Array): number => {
    parts.push(bytes);
    size += bytes.length;
    return size - bytes.length;
  };
  const moved = metadata.rowGroups.map((group) => {
    const chunks = group.columns.map((chunk) => moveChunk(file, chunk, group.rowCount, place));
    const grown = chunks.reduce((sum, chunk) => sum + chunk.grown, 0);
    return { group: { ...group, byteSize: group.byteSize + grown }, chunks };
  });
  const at = (bytes: Uint8Array | undefined): Location | undefined => bytes && { offset: place(bytes), length: bytes.length };
  const rowGroups = moved.map(({ group, chunks }) => ({
    ...group,
    columns: chunks.map(({ chunk, offsetIndex }) => ({
      ...chunk,
      columnIndex: at(bytesAt(file, chunk.columnIndex)),
      offsetIndex: at(offsetIndex && encodeOffsetIndex(offsetIndex)),
    })),
  }));
  place(encodeFooter({ ...metadata, rowGroups }));
  const result = new Uint8Array(size);
  let position = 0;
  for (const part of parts) {
    result.set(part, position);
    position += part.length;
  }
  return result;
}

interface MovedChunk {
  readonly chunk: ColumnChunk;
  readonly offsetIndex: OffsetIndex | undefined;
  /** Bytes it has become longer. */
  readonly grown: number;
}

function moveChunk(file: Uint8Array, chunk: ColumnChunk, rowCount: number, place: (bytes: Uint8Array) => number): MovedChunk {
  const { metadata } = chunk;
  assert(metadata !== undefined, "an encoded column chunk has metadata");
  const start = metadata.dictionaryPageOffset ?? metadata.dataPageOffset;
  const end = start + metadata.compressedSize;
  /** Where each page has gone, by where it was. */
  const pages = new Map<number, { readonly offset: number; readonly size: number }>();
  let size = 0;
  for (let position = start; position < end;) {
    const bytes = file.subarray(position, end);
    const header = decodePageHeader(bytes);
    assert(typeof header !== "string", "an encoded page has a header");
    const page = bytes.subarray(header.size, header.size + header.compressedSize);
    const sealed = sealPageHeader(bytes, page);
    pages.set(position, { offset: place(sealed), size: sealed.length + page.length });
    place(page);
    size += sealed.length + page.length;
    position += header.size + page.length;
  }
  const pageAt = (offset: number): { readonly offset: number; readonly size: number } => {
    const page = pages.get(offset);
    assert(page !== undefined, "the indexes of an encoded file name its pages");
    return page;
  };
  const bytes = bytesAt(file, chunk.offsetIndex);
  const index = bytes && decodeOffsetIndex(bytes, { path: "an encoded row group", start, end, rowCount });
  const grown = size - metadata.compressedSize;
  const moved = {
    ...metadata,
    compressedSize: metadata.compressedSize + grown,
    uncompressedSize: metadata.uncompressedSize + grown,
    dataPageOffset: pageAt(metadata.dataPageOffset).offset,
    dictionaryPageOffset: metadata.dictionaryPageOffset === undefined ? undefined : pageAt(metadata.dictionaryPageOffset).offset,
  };
  const offsetIndex = index && {
    firstRows: index.firstRows,
    offsets: index.offsets.map((offset) => pageAt(offset).offset),
    sizes: index.offsets.map((offset) => pageAt(offset).size),
  };
  return { chunk: { ...chunk, metadata: moved }, offsetIndex, grown };
}

function bytesAt(file: Uint8Array, location: Location | undefined): Uint8Array | undefined {
  return location === undefined ? undefined : file.subarray(location.offset, location.offset + location.length);
}
