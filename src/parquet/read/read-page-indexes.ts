import { readableChunk } from "../metadata/chunk-extent.js";
import { corruptFile } from "../corrupt.js";
import { crc32 } from "../crc32.js";
import type { Location } from "../metadata/file-metadata.js";
import { chunkSeal } from "../metadata/footer-seal.js";
import type { ParquetFooter } from "../metadata/footer.js";
import { decodeColumnIndex, decodeOffsetIndex, type ChunkExtent } from "../metadata/page-index.js";
import { wholeBytes, wholeMemoryBytes, type PagesOf, type PlanContext, type RowGroupCandidate } from "./plan-row-group.js";
import type { RangeReader } from "../range-reader.js";
import type { ChunkPages } from "./read-bounds.js";

const noPages: PagesOf = () => undefined;

/** The page indexes that can save something, in one `read`; those in the tail that came with the footer cost nothing. */
export async function readPageIndexes(
  file: RangeReader,
  footer: ParquetFooter,
  context: PlanContext,
  candidates: readonly RowGroupCandidate[],
  signal: AbortSignal | undefined,
): Promise<(candidate: RowGroupCandidate) => PagesOf> {
  const boundLeaves = context.references.flatMap(({ source }) => {
    return source === undefined || source === "null" ? [] : [source.leaf.leafIndex];
  });
  const wanted: IndexRead[] = [];
  for (const { group, index, keep } of candidates) {
    if (wholeBytes(group, context.leaves) < context.limits.wholeGroupBytes) continue;
    const canPrune = boundLeaves.some((leaf) => group.columns[leaf]?.columnIndex !== undefined);
    const isHuge = wholeMemoryBytes(group, context.leaves) > context.limits.windowBytes;
    if (keep.kind === "all" && !canPrune && !isHuge) continue;
    for (const { leafIndex } of context.leaves) {
      const chunk = group.columns[leafIndex];
      if (chunk?.offsetIndex === undefined) continue;
      const readable = readableChunk(chunk, file);
      wanted.push({
        rowGroup: index,
        leafIndex,
        extent: { path: file.path, start: readable.start, end: readable.end, rowCount: group.rowCount },
        offsetIndex: chunk.offsetIndex,
        columnIndex: boundLeaves.includes(leafIndex) ? chunk.columnIndex : undefined,
      });
    }
  }
  const locations = wanted.flatMap(({ offsetIndex, columnIndex }) => [offsetIndex, columnIndex ?? nowhere]);
  const bytes = await readLocations(file, footer, locations, signal);
  const pages = new Map<string, ChunkPages>();
  for (const [i, { rowGroup, leafIndex, extent, columnIndex }] of wanted.entries()) {
    const seal = footer.seal && chunkSeal(footer.seal, footer.metadata, rowGroup, leafIndex);
    checkIndex(bytes[2 * i] ?? empty, seal?.offsetIndex, extent, "offset index");
    if (columnIndex !== undefined) checkIndex(bytes[2 * i + 1] ?? empty, seal?.columnIndex, extent, "column index");
    const offsets = decodeOffsetIndex(bytes[2 * i] ?? empty, extent);
    const bounds = columnIndex === undefined ? undefined : decodeColumnIndex(bytes[2 * i + 1] ?? empty, extent, offsets.offsets.length);
    pages.set(`${rowGroup}:${leafIndex}`, { offsetIndex: offsets, columnIndex: bounds });
  }
  if (pages.size === 0) return () => noPages;
  return ({ index }) =>
    (leafIndex) =>
      pages.get(`${index}:${leafIndex}`);
}

interface IndexRead {
  readonly rowGroup: number;
  readonly leafIndex: number;
  readonly extent: ChunkExtent;
  readonly offsetIndex: Location;
  readonly columnIndex: Location | undefined;
}

function checkIndex(bytes: Uint8Array, crc: number | undefined, { path, start }: ChunkExtent, what: string): void {
  if (crc === undefined || crc32(bytes) === crc) return;
  throw corruptFile(path, `the ${what} of the column chunk at byte ${start} does not match its checksum`);
}

const empty = new Uint8Array(0);
const nowhere: Location = { offset: 0, length: 0 };

async function readLocations(
  file: RangeReader,
  { tail }: ParquetFooter,
  locations: readonly Location[],
  signal: AbortSignal | undefined,
): Promise<readonly Uint8Array[]> {
  const inTail = ({ offset, length }: Location): Uint8Array | undefined => {
    if (length === 0) return empty;
    if (tail === undefined || offset < tail.start) return undefined;
    return tail.bytes.subarray(offset - tail.start, offset - tail.start + length);
  };
  const known = locations.map(inTail);
  const missing = locations.filter((_, i) => known[i] === undefined);
  for (const { offset, length } of missing) {
    if (offset + length <= file.size) continue;
    throw corruptFile(file.path, `a page index should lie in bytes ${offset} to ${offset + length} of ${file.size}`);
  }
  if (missing.length === 0) return known.map((bytes) => bytes ?? empty);
  const fetched = (
    await file.read(
      missing.map(({ offset, length }) => ({ start: offset, end: offset + length })),
      signal,
    )
  ).values();
  return known.map((bytes) => bytes ?? fetched.next().value ?? empty);
}
