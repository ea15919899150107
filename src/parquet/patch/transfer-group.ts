import type { ParquetCodec } from "../codec/codec.js";
import { crc32 } from "../crc32.js";
import { readableChunk, type ReadableChunk } from "../metadata/chunk-extent.js";
import type { EncodedChunk } from "../metadata/encoded-file.js";
import type { ColumnMetadata, RowGroup, Statistics } from "../metadata/file-metadata.js";
import { chunkSeal } from "../metadata/footer-seal.js";
import type { ParquetFooter } from "../metadata/footer.js";
import { decodeColumnIndex } from "../metadata/page-index.js";
import type { RangeReader } from "../range-reader.js";
import type { KeptNotes } from "../write/file-bounds.js";
import type { KeptGroup } from "../write/write-file.js";
import { encodeColumnIndex } from "./column-index.js";
import { copyChunk } from "./copy-chunk.js";
import type { ChunkPatch, PatchCompression, PatchedChunk } from "./patch-wire.js";
import { transferableChunk, type TransferColumn, type TransferLeaf, type TransferTarget } from "./transfer-plan.js";

/** What becomes of a row group. */
export interface GroupChanges {
  /** Rows of the row group, ascending. */
  readonly rows: Int32Array;
  /** The row of `values` that each takes; -1 where the row goes. */
  readonly takes: Int32Array;
  /** See `PatchRequest.values`. */
  readonly values: Uint8Array | undefined;
  /** For each column its place in `values`; -1 for a column that no row gets a new value of. */
  readonly valueColumns: readonly number[];
}

/** How a row group is taken over: chunks that nobody touches as bytes, the others patched. */
export interface GroupTransfer {
  readonly group: RowGroup;
  readonly leaves: readonly PlannedLeaf[];
  /** Of the file, those of all its chunks. */
  readonly bytes: number;
}

interface PlannedLeaf {
  readonly leaf: TransferLeaf;
  readonly chunk: ReadableChunk;
  /** Checksum of its column index, where the file has one. */
  readonly indexCrc: number | undefined;
  /** Absent: the bytes are copied. */
  readonly patch: Omit<ChunkPatch, "start" | "end"> | undefined;
}

/** `undefined` when one of its chunks has to be decoded. */
export function planGroup(
  file: { readonly path: string; readonly size: number },
  footer: ParquetFooter,
  columns: readonly TransferColumn[],
  {
    index: groupIndex,
    target,
    valueColumns,
    losesRows,
  }: {
    /** Of the row group. */
    readonly index: number;
    readonly target: TransferTarget;
    readonly valueColumns: readonly number[];
    readonly losesRows: boolean;
  },
): GroupTransfer | undefined {
  const leaves: PlannedLeaf[] = [];
  const group = footer.metadata.rowGroups[groupIndex];
  if (group === undefined) return undefined;
  for (const [index, column] of columns.entries()) {
    const valueColumn = valueColumns[index] ?? -1;
    for (const leaf of column.leaves) {
      const metadata = transferableChunk(group, leaf.from, target);
      const stored = group.columns[leaf.from.leafIndex];
      if (metadata === undefined || stored === undefined) return undefined;
      const chunk = readableChunk(stored, file);
      const indexCrc = footer.seal && chunkSeal(footer.seal, footer.metadata, groupIndex, leaf.from.leafIndex)?.columnIndex;
      if (valueColumn < 0 && !losesRows) {
        leaves.push({ leaf, chunk, indexCrc, patch: undefined });
        continue;
      }
      const compression = patchCompressions[metadata.codec];
      if (leaf.shape === undefined || compression === undefined || metadata.valueCount !== group.rowCount) return undefined;
      const patch = { compression, isSealed: leaf.isSealed, shape: leaf.shape, valueColumn: valueColumn < 0 ? undefined : valueColumn };
      leaves.push({ leaf, chunk, indexCrc, patch });
    }
  }
  return { group, leaves, bytes: leaves.reduce((sum, { chunk }) => sum + chunk.end - chunk.start, 0) };
}

/** By parquet.thrift CompressionCodec. */
const patchCompressions: Readonly<Record<number, PatchCompression>> = { 0: "uncompressed", 1: "snappy" };

/**
 * The row group with its changes, its chunks still encoded. `undefined` when its pages turn out to be of a kind that has to be decoded,
 * or damaged.
 */
export async function transferGroup(
  file: RangeReader,
  transfer: GroupTransfer,
  changes: GroupChanges | undefined,
  options: {
    readonly codec: ParquetCodec;
    readonly target: TransferTarget;
    /** Whether the table says of a column of floating-point numbers that NaN is among them; `undefined`: it does not say. */
    readonly hasNaN: (path: readonly string[]) => boolean | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<KeptGroup | undefined> {
  const { group, leaves } = transfer;
  const [copied, patched] = await Promise.all([
    copyLeaves(file, transfer, options.target, options.signal),
    changes === undefined ? [] : patchLeaves(file, transfer, changes, options),
  ]);
  if (copied === undefined || patched === undefined) return undefined;
  const [nextCopied, nextPatched] = [copied.values(), patched.values()];
  const chunks: EncodedChunk[] = [];
  const withNaN = new Set<string>();
  const unknown = new Set<string>();
  let rowCount = group.rowCount;
  for (const { leaf, chunk, patch } of leaves) {
    const path = JSON.stringify(leaf.to.path);
    if (patch === undefined) {
      const { value } = nextCopied.next();
      if (value === undefined) return undefined;
      chunks.push(value);
      noteCopied(leaf, options.hasNaN, { withNaN, unknown });
      continue;
    }
    const { value } = nextPatched.next();
    if (value === undefined) return undefined;
    rowCount = value.valueCount;
    chunks.push(patchedChunk(value, leaf, chunk.metadata));
    if (value.summary.hasNaN) withNaN.add(path);
  }
  return { rowCount, chunks, like: options.target.like, notes: { withNaN, unknown } };
}

/** What a chunk that was not looked at leaves open. */
function noteCopied(
  { to }: TransferLeaf,
  hasNaN: (path: readonly string[]) => boolean | undefined,
  { withNaN, unknown }: { readonly withNaN: Set<string>; readonly unknown: Set<string> },
): void {
  // The nulls of arrays and maps are in no statistics.
  if (to.repetitionLevel > 0) to.path.forEach((_, depth) => unknown.add(JSON.stringify(to.path.slice(0, depth + 1))));
  if (to.physicalType !== "FLOAT" && to.physicalType !== "DOUBLE") return;
  const known = hasNaN(to.path);
  if (known === true) withNaN.add(JSON.stringify(to.path));
  if (known === undefined) unknown.add(JSON.stringify(to.path));
}

async function copyLeaves(
  file: RangeReader,
  { leaves, group }: GroupTransfer,
  target: TransferTarget,
  signal: AbortSignal | undefined,
): Promise<readonly EncodedChunk[] | undefined> {
  const untouched = leaves.filter(({ patch }) => patch === undefined);
  if (untouched.length === 0) return [];
  const indexAt = ({ chunk }: PlannedLeaf): { start: number; end: number } => {
    const { offset, length } = chunk.chunk.columnIndex ?? { offset: 0, length: 0 };
    return { start: offset, end: offset + length };
  };
  const isInFile = ({ start, end }: { start: number; end: number }): boolean => end > start && end <= file.size;
  const indexed = untouched.filter((planned) => planned.leaf.isOrdered && isInFile(indexAt(planned)));
  const ranges = [...untouched.map(({ chunk: { start, end } }) => ({ start, end })), ...indexed.map(indexAt)];
  const pieces = await file.read(ranges, signal);
  const chunks: EncodedChunk[] = [];
  for (const [index, planned] of untouched.entries()) {
    const { leaf, chunk } = planned;
    const copied = copyChunk(pieces[index] ?? new Uint8Array(0), {
      valueCount: chunk.metadata.valueCount,
      isRepeated: leaf.to.repetitionLevel > 0,
      isSealed: leaf.isSealed,
      allowsV2: target.formatVersion === "2.0",
    });
    if (copied === undefined) return undefined;
    const place = indexed.indexOf(planned);
    const columnIndex = place < 0 || copied.offsetIndex === undefined ? undefined : pieces[untouched.length + place];
    const extent = { path: file.path, start: chunk.start, end: chunk.end, rowCount: group.rowCount };
    if (columnIndex !== undefined) decodeColumnIndex(columnIndex, extent, copied.dataPages);
    if (columnIndex !== undefined && planned.indexCrc !== undefined && crc32(columnIndex) !== planned.indexCrc) return undefined;
    chunks.push({
      parts: copied.parts,
      metadata: {
        ...placedMetadata(leaf, chunk.metadata, copied.dictionarySize),
        compressedSize: copied.size,
        uncompressedSize: chunk.metadata.uncompressedSize + copied.grown,
        statistics: keptStatistics(leaf, chunk.metadata),
      },
      offsetIndex: copied.offsetIndex,
      columnIndex: columnIndex?.slice(),
    });
  }
  return chunks;
}

/** Of the chunk's own statistics those whose order is defined. */
function keptStatistics({ isOrdered }: TransferLeaf, { statistics }: ColumnMetadata): Statistics | undefined {
  if (statistics === undefined) return undefined;
  const { minValue, maxValue, isMinExact, isMaxExact } = statistics;
  const bounds = isOrdered ? { minValue, maxValue, isMinExact, isMaxExact } : noBounds;
  return { ...statistics, ...bounds, min: undefined, max: undefined, unknown: [] };
}

const noBounds = { minValue: undefined, maxValue: undefined, isMinExact: undefined, isMaxExact: undefined };

async function patchLeaves(
  file: RangeReader,
  { leaves, group }: GroupTransfer,
  changes: GroupChanges,
  { codec, signal }: { readonly codec: ParquetCodec; readonly signal?: AbortSignal | undefined },
): Promise<readonly PatchedChunk[] | undefined> {
  const touched = leaves.flatMap(({ chunk, patch }) => (patch === undefined ? [] : [{ chunk, patch }]));
  if (touched.length === 0) return [];
  const start = Math.min(...touched.map(({ chunk }) => chunk.start));
  const end = Math.max(...touched.map(({ chunk }) => chunk.end));
  const [bytes] = await file.read([{ start, end }], signal);
  if (bytes?.length !== end - start) return undefined;
  const { rows, takes, values } = changes;
  const chunks = touched.map(({ chunk, patch }) => ({ ...patch, start: chunk.start - start, end: chunk.end - start }));
  return codec.patch({ bytes, rowCount: group.rowCount, rows, takes, values, chunks }, { path: file.path, signal });
}

function patchedChunk(patched: PatchedChunk, leaf: TransferLeaf, metadata: ColumnMetadata): EncodedChunk {
  const { bytes, dictionarySize, summary, pages, pageSummaries, valueCount } = patched;
  const rowCounts = pages.firstRows.map((row, page) => (pages.firstRows[page + 1] ?? valueCount) - row);
  const statistics: Statistics = {
    max: undefined,
    min: undefined,
    nullCount: summary.nullCount,
    distinctCount: undefined,
    maxValue: summary.max,
    minValue: summary.min,
    isMaxExact: summary.max === undefined ? undefined : true,
    isMinExact: summary.min === undefined ? undefined : true,
    unknown: [],
  };
  return {
    parts: [bytes],
    metadata: {
      ...placedMetadata(leaf, metadata, dictionarySize),
      valueCount,
      compressedSize: bytes.length,
      uncompressedSize: patched.uncompressedSize,
      statistics,
    },
    offsetIndex: pages,
    columnIndex: encodeColumnIndex(pageSummaries, rowCounts),
  };
}

/** Bloom filters, sizes and key-values of the old chunk are about what it was, and are left behind. */
function placedMetadata({ to }: TransferLeaf, metadata: ColumnMetadata, dictionarySize: number): ColumnMetadata {
  return {
    ...metadata,
    path: to.path,
    dataPageOffset: dictionarySize,
    dictionaryPageOffset: dictionarySize > 0 ? 0 : undefined,
    indexPageOffset: undefined,
    keyValues: undefined,
    unknown: [],
  };
}
