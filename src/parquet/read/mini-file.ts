import { assert } from "../../base/assert.js";
import { encodeFooter, MAGIC } from "../metadata/footer.js";
import type { ChunkPages } from "../codec/codec-wire.js";
import type { ColumnChunk } from "../metadata/file-metadata.js";
import type { ChunkRead, PartPlan } from "./read-plan.js";

/**
 * A small Parquet file in memory: exactly the given bytes of some column chunks, in the order of the part's leaves, under a
 * new footer of one row group. `bytes` holds the pieces of every chunk, in the order of its `ranges`.
 *
 * Statistics, column orders, page indexes and key-value pairs are left out. Column orders of another number of leaves trap
 * the codec; a foreign ARROW:schema would change how it reads.
 */
export function buildMiniFile(part: PartPlan, bytes: readonly (readonly Uint8Array[])[]): Uint8Array {
  const columns: ColumnChunk[] = [];
  let position = MAGIC.length;
  for (const chunk of part.chunks) {
    columns.push(miniChunk(chunk, position, part.rowCount));
    position += chunk.bytes;
  }
  const footer = encodeFooter({
    version: 2,
    schema: part.schema.elements,
    rowCount: part.rowCount,
    rowGroups: [
      {
        columns,
        byteSize: part.chunks.reduce((sum, { metadata }) => sum + metadata.uncompressedSize, 0),
        rowCount: part.rowCount,
        fileOffset: undefined,
        compressedSize: undefined,
        ordinal: undefined,
        unknown: [],
      },
    ],
    keyValues: undefined,
    createdBy: undefined,
    columnOrders: undefined,
    unknown: [],
  });
  const file = new Uint8Array(position + footer.length);
  file.set(MAGIC);
  let at = MAGIC.length;
  for (const [index, chunk] of part.chunks.entries()) {
    const start = at;
    for (const piece of bytes[index] ?? []) {
      file.set(piece, at);
      at += piece.length;
    }
    assert(at - start === chunk.bytes, "a mini-file gets the bytes its plan names");
  }
  file.set(footer, at);
  return file;
}

/** What the pages of a part's mini-file have to keep to. */
export function chunkPagesOf(part: PartPlan, isSealed: boolean): readonly ChunkPages[] {
  let position = MAGIC.length;
  return part.chunks.map(({ leaf, metadata, ranges, bytes }) => {
    const start = position;
    position += bytes;
    const isWhole = bytes === metadata.compressedSize;
    return {
      column: leaf.leaf.path.join("."),
      start,
      end: position,
      sources: ranges,
      // Some writers give a total that is too small; a page of this size does no harm.
      pageBytesMax: Math.max(metadata.uncompressedSize, metadata.compressedSize, PAGE_BYTES_FLOOR),
      valueCount: isWhole ? metadata.valueCount : leaf.leaf.repetitionLevel === 0 ? part.rowCount : undefined,
      isSealed,
    };
  });
}

const PAGE_BYTES_FLOOR = 1 << 20;

function miniChunk({ leaf, metadata, dictionaryBytes, bytes }: ChunkRead, position: number, rowCount: number): ColumnChunk {
  return {
    filePath: undefined,
    fileOffset: 0,
    metadata: {
      type: leaf.type,
      encodings: metadata.encodings,
      path: leaf.path,
      codec: metadata.codec,
      // How many values the pages of a repeated leaf hold only they know; the decoder goes by the rows.
      valueCount: leaf.leaf.repetitionLevel === 0 ? rowCount : metadata.valueCount,
      uncompressedSize: metadata.uncompressedSize,
      compressedSize: bytes,
      keyValues: undefined,
      dataPageOffset: position + dictionaryBytes,
      indexPageOffset: undefined,
      dictionaryPageOffset: dictionaryBytes > 0 ? position : undefined,
      statistics: undefined,
      unknown: [],
    },
    offsetIndex: undefined,
    columnIndex: undefined,
    unknown: [],
  };
}
