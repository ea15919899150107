import { assert } from "../../base/assert.js";
import { packageVersion } from "../../version.js";
import type { ColumnChunk, ColumnMetadata, FileMetadata, Location, RowGroup } from "../metadata/file-metadata.js";
import { sealIndexes } from "../metadata/footer-seal.js";
import { encodeFooter, footerOfBytes, MAGIC } from "../metadata/footer.js";
import { decodeOffsetIndex, encodeOffsetIndex, type OffsetIndex } from "../metadata/page-index.js";

/**
 * Puts one file together from files of one row group each: pages are copied as bytes, everything that names a position is
 * moved. Row groups can so be encoded apart from each other, and the footer is all ours.
 */
export interface SplicedFile {
  /** Bytes handed out so far. */
  readonly size: number;
  readonly rowGroups: readonly RowGroup[];
  /** Takes over the row groups of a small file and returns the bytes that follow next. */
  add(file: Uint8Array): readonly Uint8Array[];
  /** Takes over a row group in pieces and returns the bytes that follow next. `like` is a file of the same schema. */
  addGroup(group: EncodedGroup, like: FileMetadata): readonly Uint8Array[];
  /** Page indexes and footer, as bytes and decoded. Called once, after `add`. */
  finish(): { readonly parts: readonly Uint8Array[]; readonly metadata: FileMetadata };
}

/** A row group whose column chunks lie apart: one for each leaf of the schema, in its order. Their pages are sealed. */
export interface EncodedGroup {
  readonly rowCount: number;
  readonly chunks: readonly EncodedChunk[];
}

export interface EncodedChunk {
  /** Its bytes, one after the other. */
  readonly parts: readonly Uint8Array[];
  /** Its offsets count from the first byte. */
  readonly metadata: ColumnMetadata;
  /** Its offsets count from the first byte. */
  readonly offsetIndex: OffsetIndex | undefined;
  readonly columnIndex: Uint8Array | undefined;
}

/** The page indexes of one column chunk, as they will be written. */
interface ChunkIndexes {
  readonly columnIndex: Uint8Array | undefined;
  readonly offsetIndex: OffsetIndex | undefined;
}

export function spliceFile(path: string): SplicedFile {
  let size = 0;
  let first: FileMetadata | undefined;
  const rowGroups: RowGroup[] = [];
  const indexes: ChunkIndexes[][] = [];

  const begin = (metadata: FileMetadata): Uint8Array[] => {
    if (first !== undefined) return [];
    first = metadata;
    size += MAGIC.length;
    return [MAGIC];
  };

  return {
    get size() {
      return size;
    },
    rowGroups,
    addGroup({ rowCount, chunks }, like) {
      const parts = begin(like);
      const columns: ColumnChunk[] = [];
      const chunkIndexes: ChunkIndexes[] = [];
      for (const { parts: bytes, metadata, offsetIndex, columnIndex } of chunks) {
        const shift = size;
        for (const part of bytes) size += part.length;
        parts.push(...bytes);
        const plain = { filePath: undefined, fileOffset: 0, metadata, offsetIndex: undefined, columnIndex: undefined, unknown: [] };
        columns.push(movedChunk(plain, shift));
        chunkIndexes.push({ columnIndex, offsetIndex: offsetIndex && movedIndex(offsetIndex, shift) });
      }
      const byteSize = chunks.reduce((sum, { metadata }) => sum + metadata.uncompressedSize, 0);
      const group = { columns, byteSize, rowCount, fileOffset: undefined, compressedSize: undefined, ordinal: undefined, unknown: [] };
      indexes.push(chunkIndexes);
      rowGroups.push(movedGroup(group, 0, rowGroups.length));
      return parts;
    },
    add(file) {
      const { metadata } = footerOfBytes(file, path);
      const parts = begin(metadata);
      for (const group of metadata.rowGroups) {
        const { start, end } = extentOf(group);
        const shift = size - start;
        parts.push(file.subarray(start, end));
        size += end - start;
        indexes.push(group.columns.map((chunk) => chunkIndexes(chunk, group, file, shift, path)));
        rowGroups.push(movedGroup(group, shift, rowGroups.length));
      }
      return parts;
    },
    finish() {
      assert(first !== undefined, "a file is spliced of at least one");
      const placed = placeIndexes(indexes, size);
      const located = rowGroups.map((group, row) => ({
        ...group,
        columns: group.columns.map((chunk, leaf) => ({ ...chunk, ...placed.locations[row]?.[leaf] })),
      }));
      const metadata = fileMetadata(first, located);
      const footer = encodeFooter(metadata, { chunks: placed.seals });
      size = placed.end + footer.length;
      return { parts: [...placed.parts, footer], metadata };
    },
  };
}

/** All column indexes, then all offset indexes, as parquet-format's PageIndex.md lays them out. */
function placeIndexes(indexes: readonly (readonly ChunkIndexes[])[], start: number): PlacedIndexes {
  const parts: Uint8Array[] = [];
  let end = start;
  const place = (bytes: Uint8Array | undefined): Location | undefined => {
    if (bytes === undefined) return undefined;
    parts.push(bytes);
    end += bytes.length;
    return { offset: end - bytes.length, length: bytes.length };
  };
  const encoded = indexes.map((chunks) =>
    chunks.map(({ columnIndex, offsetIndex }) => ({ columnIndex, offsetIndex: offsetIndex && encodeOffsetIndex(offsetIndex) })),
  );
  const columnIndexes = encoded.map((chunks) => chunks.map(({ columnIndex }) => place(columnIndex)));
  const offsetIndexes = encoded.map((chunks) => chunks.map(({ offsetIndex }) => place(offsetIndex)));
  const locations = columnIndexes.map((chunks, row) =>
    chunks.map((columnIndex, leaf) => ({ columnIndex, offsetIndex: offsetIndexes[row]?.[leaf] })),
  );
  return { parts, end, locations, seals: encoded.flat().map((chunk) => sealIndexes(chunk.columnIndex, chunk.offsetIndex)) };
}

interface PlacedIndexes {
  readonly parts: readonly Uint8Array[];
  /** Where the last one ends. */
  readonly end: number;
  /** By row group and leaf. */
  readonly locations: readonly (readonly Pick<ColumnChunk, "columnIndex" | "offsetIndex">[])[];
  readonly seals: readonly ReturnType<typeof sealIndexes>[];
}

function fileMetadata(first: FileMetadata, rowGroups: readonly RowGroup[]): FileMetadata {
  const [root, ...schema] = first.schema;
  assert(root !== undefined, "a schema has a root");
  return {
    ...first,
    schema: [{ ...root, name: "schema" }, ...schema],
    rowCount: rowGroups.reduce((sum, { rowCount }) => sum + rowCount, 0),
    rowGroups,
    // ARROW:schema would say it all a second time, and misleads readers whose types differ.
    keyValues: undefined,
    createdBy: `laketable version ${packageVersion}`,
  };
}

/** The bytes of the group's chunks, which lie one after the other. */
function extentOf({ columns }: RowGroup): { readonly start: number; readonly end: number } {
  const extents = columns.map(({ metadata }) => {
    assert(metadata !== undefined, "an encoded column chunk has metadata");
    const start = metadata.dictionaryPageOffset ?? metadata.dataPageOffset;
    return { start, end: start + metadata.compressedSize };
  });
  const start = Math.min(...extents.map((extent) => extent.start));
  const end = Math.max(...extents.map((extent) => extent.end));
  const covered = extents.reduce((sum, extent) => sum + extent.end - extent.start, 0);
  assert(covered === end - start, "the column chunks of an encoded row group leave no gaps");
  return { start, end };
}

/** RowGroup.ordinal is an i16. */
const ORDINAL_MAX = 32767;

function movedGroup(group: RowGroup, shift: number, ordinal: number): RowGroup {
  const columns = group.columns.map((chunk) => movedChunk(chunk, shift));
  const { start, end } = extentOf({ ...group, columns });
  return { ...group, columns, ordinal: ordinal <= ORDINAL_MAX ? ordinal : undefined, fileOffset: start, compressedSize: end - start };
}

function movedChunk(chunk: ColumnChunk, shift: number): ColumnChunk {
  const { metadata } = chunk;
  assert(metadata !== undefined, "an encoded column chunk has metadata");
  const { dictionaryPageOffset, dataPageOffset } = metadata;
  return {
    ...chunk,
    // Deprecated: 0 says that the metadata is in the footer only.
    fileOffset: 0,
    metadata: {
      ...metadata,
      dataPageOffset: dataPageOffset + shift,
      dictionaryPageOffset: dictionaryPageOffset === undefined ? undefined : dictionaryPageOffset + shift,
    },
  };
}

function chunkIndexes(chunk: ColumnChunk, group: RowGroup, file: Uint8Array, shift: number, path: string): ChunkIndexes {
  const bytesAt = (location: Location | undefined): Uint8Array | undefined =>
    // A copy, so that the pages beside it can be let go.
    location === undefined ? undefined : file.slice(location.offset, location.offset + location.length);
  const offsets = bytesAt(chunk.offsetIndex);
  const index = offsets && decodeOffsetIndex(offsets, { path, start: 0, end: file.length, rowCount: group.rowCount });
  return {
    columnIndex: bytesAt(chunk.columnIndex),
    offsetIndex: index && movedIndex(index, shift),
  };
}

function movedIndex(index: OffsetIndex, shift: number): OffsetIndex {
  return { ...index, offsets: index.offsets.map((offset) => offset + shift) };
}
