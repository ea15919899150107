import { assert } from "../../base/assert.js";
import type { Bounds } from "../../expression/bounds.js";
import type { FileCalendar } from "../metadata/calendar.js";
import { readableChunk, type ReadableChunk } from "../metadata/chunk-extent.js";
import type { ColumnMetadata, RowGroup } from "../metadata/file-metadata.js";
import { miniSchema } from "./mini-schema.js";
import { alignToPages, pageRanges, pagesOfRanges, rowsThatMayMatch } from "./page-selection.js";
import { leavesOf, type Projection } from "../adapt/projection.js";
import type { BoundReference, ChunkPages } from "./read-bounds.js";
import type { ChunkRead, PartPlan, RowGroupPlan } from "./read-plan.js";
import { countRows, keptWithin, rangesEqual, rowsWithin, type KeptRows, type RowRange } from "./row-ranges.js";
import type { SchemaLeaf } from "../metadata/schema-tree.js";

/** A row group that the footer's statistics could not rule out. */
export interface RowGroupCandidate {
  readonly index: number;
  readonly group: RowGroup;
  readonly firstRow: number;
  /** `all` or `rows`. */
  readonly keep: KeptRows;
}

export interface PlanContext {
  readonly file: { readonly path: string; readonly size: number };
  readonly projections: readonly Projection[];
  /** Those of `projections`, each once. */
  readonly leaves: readonly SchemaLeaf[];
  readonly references: readonly BoundReference[];
  readonly calendar: FileCalendar;
  readonly mayMatch: ((bounds: Bounds) => boolean) | undefined;
  /** How many mini-files can be decoded at once. */
  readonly parallelism: number;
  readonly limits: PlanLimits;
}

/** Page indexes of a row group's leaves, as far as they were read. */
export type PagesOf = (leafIndex: number) => ChunkPages | undefined;

/** From where on a plan becomes finer. */
export interface PlanLimits {
  /** Below this many bytes a row group is read whole: its pages would save less than the requests for them cost. */
  readonly wholeGroupBytes: number;
  /** A row group that needs more memory than this is read in windows, if it has an offset index: memory must not follow the file. */
  readonly windowBytes: number;
  /** Scattered rows: above this share of the bytes, whole chunks are cheaper than many small pieces. */
  readonly scatteredShareMax: number;
  /** Stretches of rows come as few long ranges and pay off longer. */
  readonly stretchesShareMax: number;
}

export const defaultPlanLimits: PlanLimits = {
  wholeGroupBytes: 256 << 10,
  windowBytes: 256 << 20,
  scatteredShareMax: 0.3,
  stretchesShareMax: 0.7,
};

/** Parts smaller than this are not worth a decoder of their own. */
const PART_BYTES_MIN = 1 << 20;

/** The bytes of a row group's wanted chunks when they are read whole. */
export function wholeBytes(group: RowGroup, leaves: readonly SchemaLeaf[]): number {
  return leaves.reduce((sum, leaf) => sum + (group.columns[leaf.leafIndex]?.metadata?.compressedSize ?? 0), 0);
}

/** What a row group's wanted chunks need when they are read whole: see `RowGroupPlan.memoryBytes`. */
export function wholeMemoryBytes(group: RowGroup, leaves: readonly SchemaLeaf[]): number {
  const decoded = leaves.reduce((sum, leaf) => {
    const metadata = group.columns[leaf.leafIndex]?.metadata;
    return sum + (metadata === undefined ? 0 : decodedBytes(metadata));
  }, 0);
  return wholeBytes(group, leaves) + decoded;
}

/**
 * How a row group is read: whole, by the pages that hold wanted rows, or, when it is too big to be in memory at once, in
 * several windows of rows. Empty: the page indexes tell that none of its rows is wanted.
 */
export function planRowGroup(context: PlanContext, candidate: RowGroupCandidate, pagesOf: PagesOf): readonly RowGroupPlan[] {
  const { group } = candidate;
  const { rowCount } = group;
  const wanted = narrow(context, candidate, pagesOf);
  if (keptCount(wanted, rowCount) === 0) return [];
  const units = columnUnits(context, group);
  const total = units.reduce((sum, unit) => sum + unit.bytes, 0);
  const byPages =
    wanted.kind === "all" || total < context.limits.wholeGroupBytes ? undefined : planPages(wanted, units, rowCount, pagesOf);
  const shareMax = wanted.kind === "rows" ? context.limits.scatteredShareMax : context.limits.stretchesShareMax;
  const usesPages = byPages !== undefined && bytesOf(byPages) <= total * shareMax;
  const parts = usesPages ? byPages : planWhole(units, rowCount, context.parallelism);
  // Stretches are only a means to read less: once everything is read they would cost a copy.
  const keep = usesPages || wanted.kind === "rows" ? wanted : candidate.keep;
  const plan = groupPlan(candidate, keep, parts);
  const { windowBytes } = context.limits;
  if (plan.memoryBytes <= windowBytes) return [plan];
  return windowPlans(candidate, keep, units, pagesOf, Math.ceil(plan.memoryBytes / windowBytes)) ?? [plan];
}

function groupPlan(
  { index, firstRow, group: { rowCount } }: RowGroupCandidate,
  keep: KeptRows,
  parts: readonly PartPlan[],
): RowGroupPlan {
  const bytes = bytesOf(parts);
  const decoded = parts.reduce((sum, part) => sum + partDecodedBytes(part, rowCount), 0);
  return { index, firstRow, rowCount, keep, keptCount: keptCount(keep, rowCount), parts, bytes, memoryBytes: Math.ceil(bytes + decoded) };
}

/** The kept rows in `count` stretches of the row group; `undefined` when its pages cannot be told apart. */
function windowPlans(
  candidate: RowGroupCandidate,
  keep: KeptRows,
  units: readonly ColumnUnit[],
  pagesOf: PagesOf,
  count: number,
): readonly RowGroupPlan[] | undefined {
  const { rowCount } = candidate.group;
  if (!units.every((unit) => unit.leaves.every((leaf) => pagesOf(leaf.leafIndex) !== undefined))) return undefined;
  const step = Math.ceil(rowCount / count);
  const plans: RowGroupPlan[] = [];
  for (let start = 0; start < rowCount; start += step) {
    const window = { start, end: Math.min(rowCount, start + step) };
    const kept = keptWithin(keep, window);
    const parts = keptCount(kept, rowCount) === 0 ? undefined : planPages(kept, units, rowCount, pagesOf);
    if (parts !== undefined) plans.push(groupPlan(candidate, kept, parts));
  }
  return plans;
}

function bytesOf(planned: readonly { readonly bytes: number }[]): number {
  return planned.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The candidate's rows without the stretches whose pages cannot hold a match. */
function narrow(context: PlanContext, { group, keep }: RowGroupCandidate, pagesOf: PagesOf): KeptRows {
  if (context.mayMatch === undefined) return keep;
  const stretches = rowsThatMayMatch(group.rowCount, context, pagesOf, context.mayMatch);
  if (countRows(stretches) === group.rowCount) return keep;
  if (keep.kind === "rows") return { kind: "rows", rows: rowsWithin(keep.rows, stretches) };
  return { kind: "ranges", ranges: stretches };
}

function keptCount(keep: KeptRows, rowCount: number): number {
  if (keep.kind === "all") return rowCount;
  return keep.kind === "rows" ? keep.rows.length : countRows(keep.ranges);
}

/** One wanted column and the chunks of its leaves. */
interface ColumnUnit {
  readonly column: number;
  readonly projection: Projection;
  readonly chunks: readonly ReadableChunk[];
  readonly leaves: readonly SchemaLeaf[];
  readonly bytes: number;
}

function columnUnits({ projections, file }: PlanContext, group: RowGroup): readonly ColumnUnit[] {
  return projections.flatMap((projection, column) => {
    const leaves = leavesOf(projection);
    if (leaves.length === 0) return [];
    const chunks = leaves.map((leaf) => {
      const chunk = group.columns[leaf.leafIndex];
      assert(chunk !== undefined, "a row group has a chunk for each leaf");
      return readableChunk(chunk, file);
    });
    return [{ column, projection, chunks, leaves, bytes: chunks.reduce((sum, { start, end }) => sum + end - start, 0) }];
  });
}

/** Every chunk as a whole, the columns spread over as many parts as can be decoded at once. */
function planWhole(units: readonly ColumnUnit[], rowCount: number, parallelism: number): readonly PartPlan[] {
  const total = bytesOf(units);
  const count = Math.max(1, Math.min(parallelism, units.length, Math.floor(total / PART_BYTES_MIN)));
  const bins = Array.from({ length: count }, () => ({ units: [] as ColumnUnit[], bytes: 0 }));
  for (const unit of [...units].sort((a, b) => b.bytes - a.bytes)) {
    const emptiest = bins.reduce((least, bin) => (bin.bytes < least.bytes ? bin : least));
    emptiest.units.push(unit);
    emptiest.bytes += unit.bytes;
  }
  const rows = [{ start: 0, end: rowCount }];
  return bins.filter((bin) => bin.units.length > 0).map((bin) => partOf(bin.units, rows, rowCount, wholeChunk));
}

function wholeChunk({ start, end, metadata }: ReadableChunk): ChunkCut {
  return { ranges: [{ start, end }], dictionaryBytes: metadata.dataPageOffset - start };
}

type ChunkCut = Pick<ChunkRead, "ranges" | "dictionaryBytes">;

/** The pages that hold the wanted rows; `undefined` when no column has an offset index. */
function planPages(wanted: KeptRows, units: readonly ColumnUnit[], rowCount: number, pagesOf: PagesOf): readonly PartPlan[] | undefined {
  const groups: { rows: readonly RowRange[]; units: ColumnUnit[] }[] = [];
  let hasIndex = false;
  for (const unit of units) {
    const indexes = unit.leaves.flatMap((leaf) => pagesOf(leaf.leafIndex)?.offsetIndex ?? []);
    const isIndexed = indexes.length === unit.leaves.length;
    hasIndex ||= isIndexed;
    const rows = isIndexed ? alignToPages(wanted, indexes, rowCount) : [{ start: 0, end: rowCount }];
    const alike = groups.find((group) => rangesEqual(group.rows, rows));
    if (alike === undefined) groups.push({ rows, units: [unit] });
    else alike.units.push(unit);
  }
  if (!hasIndex) return undefined;
  return groups.map(({ rows, units: alike }) =>
    partOf(alike, rows, rowCount, (chunk, leaf) => {
      const index = pagesOf(leaf.leafIndex)?.offsetIndex;
      if (index === undefined || countRows(rows) === rowCount) return wholeChunk(chunk);
      const { start } = chunk;
      const dictionaryEnd = index.offsets[0] ?? start;
      const dictionary = dictionaryEnd > start ? [{ start, end: dictionaryEnd }] : [];
      return {
        ranges: [...dictionary, ...pageRanges(index, pagesOfRanges(index.firstRows, rows, rowCount))],
        dictionaryBytes: dictionaryEnd - start,
      };
    }),
  );
}

function partOf(
  units: readonly ColumnUnit[],
  rows: readonly RowRange[],
  rowCount: number,
  cut: (chunk: ReadableChunk, leaf: SchemaLeaf) => ChunkCut,
): PartPlan {
  const ordered = [...units].sort((a, b) => a.column - b.column);
  const schema = miniSchema(ordered.map(({ projection }) => projection));
  const byLeaf = new Map(ordered.flatMap(({ leaves, chunks }) => leaves.map((leaf, i) => [leaf, chunks[i]] as const)));
  const decodedRows = countRows(rows);
  const chunks = schema.leaves.map((leaf): ChunkRead => {
    const readable = byLeaf.get(leaf.leaf);
    assert(readable !== undefined, "every leaf of a mini-file has its chunk");
    const piece = cut(readable, leaf.leaf);
    const bytes = piece.ranges.reduce((sum, { start, end }) => sum + end - start, 0);
    return { leaf, metadata: readable.metadata, bytes, ...piece };
  });
  return { columns: ordered.map(({ column }) => column), rows, rowCount: decodedRows, schema, chunks, bytes: bytesOf(chunks) };
}

/** Bytes a value takes once decoded. */
const fixedWidths: Readonly<Record<string, number>> = { BOOLEAN: 1 / 8, INT32: 4, INT64: 8, FLOAT: 4, DOUBLE: 8, INT96: 12 };
/** For bytes, whose length only the pages know: offsets, and some characters behind a dictionary index. */
const BYTES_GUESS = 16;

/** Decoding goes through the codec's memory and out of it: what is decoded exists twice for a moment. */
function decodedBytes({ type, uncompressedSize, valueCount }: ColumnMetadata): number {
  return 2 * Math.max(uncompressedSize, valueCount * (fixedWidths[type] ?? BYTES_GUESS));
}

function partDecodedBytes({ chunks, rowCount }: PartPlan, groupRows: number): number {
  const whole = chunks.reduce((sum, { metadata }) => sum + decodedBytes(metadata), 0);
  return groupRows === 0 ? 0 : (whole * rowCount) / groupRows;
}
