import { assert } from "../../base/assert.js";
import { joinBytes } from "../../base/join-bytes.js";
import { packageVersion } from "../../version.js";
import type { EncodedChunk, EncodedFile } from "../metadata/encoded-file.js";
import type { ColumnChunk, ColumnMetadata, FileMetadata, Location, RowGroup } from "../metadata/file-metadata.js";
import { sealIndexes } from "../metadata/footer-seal.js";
import { encodeFooter, MAGIC } from "../metadata/footer.js";
import { encodeOffsetIndex, type OffsetIndex } from "../metadata/page-index.js";

/**
 * Puts one file together from row groups that were encoded apart: pages are copied as bytes, everything that names a position is
 * moved. The footer is all ours.
 */
export interface SplicedFile {
  /** Bytes handed out so far. */
  readonly size: number;
  readonly rowGroups: readonly RowGroup[];
  /** Takes over what was encoded apart and returns the bytes that follow next. The footers all tell the same schema. */
  add(encoded: EncodedFile): readonly Uint8Array[];
  /** Page indexes and footer, as bytes and decoded. Called once, after `add`. */
  finish(): { readonly parts: readonly Uint8Array[]; readonly metadata: FileMetadata };
}

/** The page indexes of one column chunk, as they will be written. */
interface ChunkIndexes {
  readonly columnIndex: Uint8Array | undefined;
  readonly offsetIndex: OffsetIndex | undefined;
}

export function spliceFile(): SplicedFile {
  let size = 0;
  let first: FileMetadata | undefined;
  const rowGroups: RowGroup[] = [];
  const indexes: ChunkIndexes[][] = [];

  return {
    get size() {
      return size;
    },
    rowGroups,
    add({ footer, groups }) {
      const parts: Uint8Array[] = [];
      if (first === undefined) {
        first = footer;
        size += MAGIC.length;
        parts.push(MAGIC);
      }
      for (const group of groups) {
        const start = size;
        const placed = group.chunks.map((chunk) => {
          const shift = size;
          for (const part of chunk.parts) size += part.length;
          parts.push(...chunk.parts);
          return { column: placedChunk(chunk.metadata, shift), indexes: placedIndexes(chunk, shift) };
        });
        indexes.push(placed.map((chunk) => chunk.indexes));
        rowGroups.push({
          columns: placed.map(({ column }) => column),
          byteSize: group.chunks.reduce((sum, { metadata }) => sum + metadata.uncompressedSize, 0),
          rowCount: group.rowCount,
          fileOffset: start,
          compressedSize: size - start,
          ordinal: rowGroups.length <= ORDINAL_MAX ? rowGroups.length : undefined,
          unknown: [],
        });
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

/** RowGroup.ordinal is an i16. */
const ORDINAL_MAX = 32767;

function placedChunk(metadata: ColumnMetadata, shift: number): ColumnChunk {
  const { dictionaryPageOffset, dataPageOffset } = metadata;
  return {
    filePath: undefined,
    // Deprecated: 0 says that the metadata is in the footer only.
    fileOffset: 0,
    metadata: {
      ...metadata,
      dataPageOffset: dataPageOffset + shift,
      dictionaryPageOffset: dictionaryPageOffset === undefined ? undefined : dictionaryPageOffset + shift,
    },
    offsetIndex: undefined,
    columnIndex: undefined,
    unknown: [],
  };
}

function placedIndexes({ columnIndex, offsetIndex }: EncodedChunk, shift: number): ChunkIndexes {
  return { columnIndex, offsetIndex: offsetIndex && { ...offsetIndex, offsets: offsetIndex.offsets.map((offset) => offset + shift) } };
}

/** A whole file in memory. */
export function fileOf(encoded: EncodedFile): Uint8Array<ArrayBuffer> {
  const file = spliceFile();
  return joinBytes([...file.add(encoded), ...file.finish().parts]);
}
