import { lowerBound } from "../../columnar/lower-bound.js";
import type { OffsetIndex } from "../metadata/page-index.js";
import { createExtremes, joinSummaries } from "./extremes.js";
import type { FreshValues } from "./fresh-values.js";
import { patchPage } from "./patch-page.js";
import { patchDictionary, type PatchedDictionary } from "./patch-dictionary.js";
import { pageMemory, storedBytes } from "./page-body.js";
import { encodings, readPageHeader, type DataPageHeader, type DictionaryPageHeader } from "./page-header.js";
import { PageSink } from "./page-sink.js";
import { isSound } from "./sound-page.js";
import type { ChunkPatch, PatchedChunk, ValueSummary } from "./patch-wire.js";

/** What happens to the rows of a chunk. */
export interface ChunkChanges {
  readonly rowCount: number;
  /** Ascending. */
  readonly rows: Int32Array;
  /** The row of the new values that each takes; -1 where the row goes. */
  readonly takes: Int32Array;
  readonly fresh: FreshValues | undefined;
}

/**
 * A column chunk with some of its values replaced and some of its rows gone. Pages keep their encoding; statistics are counted
 * anew from the values.
 *
 * `undefined` when the chunk is anything but pages of version 1, plain or by dictionary, or when its bytes are damaged.
 */
export function patchChunk(bytes: Uint8Array, patch: ChunkPatch, changes: ChunkChanges, path: string): PatchedChunk | undefined {
  const { compression, shape } = patch;
  const sink = new PageSink(patch.end - patch.start);
  const pages: { readonly offsets: number[]; readonly sizes: number[]; readonly firstRows: number[] } = {
    offsets: [],
    sizes: [],
    firstRows: [],
  };
  const pageSummaries: ValueSummary[] = [];
  const kit = { shape, compression, extremes: createExtremes(shape.order) };
  let dictionary: PatchedDictionary | undefined;
  let dictionarySize = 0;
  let row = 0;
  let rowsLeft = 0;
  for (let position = patch.start; row < changes.rowCount;) {
    const header = position < patch.end ? readPageHeader(bytes, position, path) : undefined;
    if (header === undefined || header.kind === "other" || header.end + header.compressedSize > patch.end) return undefined;
    const stored = bytes.subarray(header.end, header.end + header.compressedSize);
    if (!isSound(bytes.subarray(position, header.end), stored, header.crc, patch.isSealed)) return undefined;
    position = header.end + header.compressedSize;
    if (header.kind === "dictionary") {
      if (dictionary !== undefined || row > 0 || header.encoding === encodings.rleDictionary) return undefined;
      dictionary = patchDictionary(stored, header, patch, changes.fresh);
      if (dictionary === undefined) return undefined;
      writeDictionary(sink, stored, header, dictionary, patch);
      dictionarySize = sink.size;
      continue;
    }
    if (row + header.valueCount > changes.rowCount || header.levelEncoding !== encodings.rle) return undefined;
    const page = patchPage(stored, header, pageChanges(changes, row, header), dictionary, kit);
    if (page === undefined) return undefined;
    row += header.valueCount;
    if (page.rowCount === 0) continue;
    pages.offsets.push(sink.size);
    pages.sizes.push(sink.add({ ...header, valueCount: page.rowCount, size: page.size }, page.stored));
    pages.firstRows.push(rowsLeft);
    pageSummaries.push(page.summary);
    rowsLeft += page.rowCount;
  }
  return {
    bytes: sink.finish(),
    dictionarySize,
    uncompressedSize: sink.uncompressedSize,
    valueCount: rowsLeft,
    summary: joinSummaries(shape.order, pageSummaries),
    pages: pages satisfies OffsetIndex,
    pageSummaries,
  };
}

function writeDictionary(
  sink: PageSink,
  stored: Uint8Array,
  header: DictionaryPageHeader,
  { page, count }: PatchedDictionary,
  { compression }: ChunkPatch,
): void {
  if (page === undefined) sink.add(header, stored);
  else sink.add({ ...header, valueCount: count, size: page.length }, storedBytes(page, page.length, compression, pageMemory.packed));
}

/** The part of the changes that falls on the page of `header`, which begins at `row`. */
function pageChanges({ rows, takes, fresh }: ChunkChanges, row: number, { valueCount }: DataPageHeader): PageChangeSet {
  const from = lowerBound(rows, row);
  const to = lowerBound(rows, row + valueCount);
  return { rows: rows.subarray(from, to).map((each) => each - row), takes: takes.subarray(from, to), fresh };
}

export interface PageChangeSet {
  readonly rows: Int32Array;
  readonly takes: Int32Array;
  readonly fresh: FreshValues | undefined;
}
