import { LakeError } from "../base/errors.js";
import { compilePruner } from "../expression/prune.js";
import type { BoundExpression } from "../expression/expression.js";
import { corruptFile } from "./corrupt.js";
import type { Location } from "./file-metadata.js";
import type { ParquetFooter } from "./footer.js";
import { readableChunk } from "./chunk-extent.js";
import { decodeColumnIndex, decodeOffsetIndex } from "./page-index.js";
import { planRowGroup, uniqueLeaves, wholeBytes, WHOLE_GROUP_BYTES, type PagesOf, type PlanContext, type RowGroupCandidate } from "./plan-row-group.js";
import { projectColumns, type Projection, type ReadColumn } from "./projection.js";
import type { RangeReader } from "./range-reader.js";
import { boundReferences, rowGroupBounds, type ChunkPages } from "./read-bounds.js";
import type { ReadPlan, RowGroupPlan } from "./read-plan.js";
import type { KeptRows } from "./row-ranges.js";

export interface PlanReadOptions {
  readonly columns: readonly ReadColumn[];
  /** Bound to `columns`: slot i is column i. Rules out row groups and pages; rows for which it is not true may remain. */
  readonly where?: BoundExpression | undefined;
  /** Only these row groups, ascending. */
  readonly rowGroups?: readonly number[] | undefined;
  /** Only these physical rows of the file, ascending and without repeats. */
  readonly rows?: Int32Array | undefined;
  readonly parallelism: number;
  readonly signal?: AbortSignal | undefined;
}

export interface PlannedRead {
  readonly plan: ReadPlan;
  /** How each wanted column is made, in the order of `columns`. */
  readonly projections: readonly Projection[];
}

/**
 * Decides what a read fetches. Costs no request, or one for the page indexes of the row groups that statistics could not
 * rule out, when there is something to choose among their pages.
 *
 * @throws parquet/corrupt, parquet/unsupported  naming the file: see `projectColumns` and `readableChunk`
 */
export async function planRead(file: RangeReader, footer: ParquetFooter, options: PlanReadOptions): Promise<PlannedRead> {
  const { metadata } = footer;
  const projections = projectColumns(footer.schema, options.columns, file.path);
  const references = options.where === undefined ? [] : boundReferences(options.where, projections);
  const mayMatch = options.where === undefined ? undefined : compilePruner(options.where);
  const context: PlanContext = { file, projections, references, mayMatch, parallelism: options.parallelism };
  const candidates = rowGroupCandidates(footer, options, file.path).filter(
    ({ group }) => mayMatch === undefined || mayMatch(rowGroupBounds(metadata, group, references)),
  );
  const pagesOf = await readPageIndexes(file, footer, context, candidates, options.signal);
  const rowGroups = candidates.flatMap((candidate): RowGroupPlan[] => {
    const planned = planRowGroup(context, candidate, pagesOf(candidate));
    return planned === undefined ? [] : [planned];
  });
  const bytes = rowGroups.reduce((sum, group) => sum + group.bytes, 0);
  return { plan: { path: file.path, rowGroups, rowGroupsTotal: metadata.rowGroups.length, bytes }, projections };
}

/** The row groups that hold any of the wanted rows. */
function rowGroupCandidates({ metadata }: ParquetFooter, { rowGroups, rows }: PlanReadOptions, path: string): readonly RowGroupCandidate[] {
  const candidates: RowGroupCandidate[] = [];
  let firstRow = 0;
  let at = 0;
  for (const [index, group] of metadata.rowGroups.entries()) {
    const end = firstRow + group.rowCount;
    const from = at;
    if (rows !== undefined) while (at < rows.length && (rows[at] as number) < end) at++;
    const isChosen = rowGroups === undefined || rowGroups.includes(index);
    if (isChosen && group.rowCount > 0 && (rows === undefined || at > from)) {
      candidates.push({ index, group, firstRow, keep: keptRows(rows?.subarray(from, at), firstRow, group.rowCount) });
    }
    firstRow = end;
  }
  if (rows !== undefined && at < rows.length) {
    throw corruptFile(path, `its row ${rows[at] as number} is named (by a deletion vector, for one), and it has ${firstRow} rows`);
  }
  for (const index of rowGroups ?? []) {
    if (metadata.rowGroups[index] !== undefined) continue;
    throw new LakeError("usage/invalid-option", `${path} has ${metadata.rowGroups.length} row groups; there is no row group ${index}.`, { path, index });
  }
  return candidates;
}

function keptRows(rows: Int32Array | undefined, firstRow: number, rowCount: number): KeptRows {
  if (rows === undefined || rows.length === rowCount) return { kind: "all" };
  return { kind: "rows", rows: firstRow === 0 ? rows : rows.map((row) => row - firstRow) };
}

const noPages: PagesOf = () => undefined;

/** The page indexes that can save something, in one `read`; those in the tail that came with the footer cost nothing. */
async function readPageIndexes(
  file: RangeReader,
  footer: ParquetFooter,
  context: PlanContext,
  candidates: readonly RowGroupCandidate[],
  signal: AbortSignal | undefined,
): Promise<(candidate: RowGroupCandidate) => PagesOf> {
  const boundLeaves = context.references.flatMap(({ source }) => (source === undefined || source === "null" ? [] : [source.leaf.leafIndex]));
  const leaves = uniqueLeaves(context.projections);
  const wanted: IndexRead[] = [];
  for (const { group, index, keep } of candidates) {
    if (wholeBytes(group, context.projections) < WHOLE_GROUP_BYTES) continue;
    const canPrune = boundLeaves.some((leaf) => group.columns[leaf]?.columnIndex !== undefined);
    if (keep.kind === "all" && !canPrune) continue;
    for (const { leafIndex } of leaves) {
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
  const bytes = await readLocations(file, footer, wanted.flatMap(({ offsetIndex, columnIndex }) => [offsetIndex, columnIndex ?? nowhere]), signal);
  const pages = new Map<string, ChunkPages>();
  for (const [i, { rowGroup, leafIndex, extent, columnIndex }] of wanted.entries()) {
    const offsets = decodeOffsetIndex(bytes[2 * i] ?? empty, extent);
    const bounds = columnIndex === undefined ? undefined : decodeColumnIndex(bytes[2 * i + 1] ?? empty, extent, offsets.offsets.length);
    pages.set(`${rowGroup}:${leafIndex}`, { offsetIndex: offsets, columnIndex: bounds });
  }
  if (pages.size === 0) return () => noPages;
  return ({ index }) => (leafIndex) => pages.get(`${index}:${leafIndex}`);
}

interface IndexRead {
  readonly rowGroup: number;
  readonly leafIndex: number;
  readonly extent: Parameters<typeof decodeOffsetIndex>[1];
  readonly offsetIndex: Location;
  readonly columnIndex: Location | undefined;
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
    if (offset + length > file.size) throw corruptFile(file.path, `a page index should lie in bytes ${offset} to ${offset + length} of ${file.size}`);
  }
  if (missing.length === 0) return known.map((bytes) => bytes ?? empty);
  const fetched = (await file.read(missing.map(({ offset, length }) => ({ start: offset, end: offset + length })), signal)).values();
  return known.map((bytes) => bytes ?? fetched.next().value ?? empty);
}
