import type { ByteRange } from "../../storage/object-store.js";
import type { Bounds } from "../../expression/bounds.js";
import type { OffsetIndex } from "../metadata/page-index.js";
import { pageBounds, pageOfRow, type ChunkPages, type PageFacts } from "./read-bounds.js";
import { joinRanges, type KeptRows, type RowRange } from "./row-ranges.js";

/**
 * The rows of a row group whose pages may hold a match. Columns have pages of different lengths: the predicate is judged
 * for every stretch that lies within one page of each column.
 */
export function rowsThatMayMatch(
  rowCount: number,
  known: PageFacts,
  pagesOf: (leafIndex: number) => ChunkPages | undefined,
  mayMatch: (bounds: Bounds) => boolean,
): readonly RowRange[] {
  const starts = new Set<number>([0]);
  for (const { source } of known.references) {
    if (source === undefined || source === "null") continue;
    const pages = pagesOf(source.leaf.leafIndex);
    if (pages?.columnIndex !== undefined) for (const row of pages.offsetIndex.firstRows) starts.add(row);
  }
  const edges = [...starts, rowCount].sort((a, b) => a - b);
  const kept: RowRange[] = [];
  for (let i = 1; i < edges.length; i++) {
    const rows = { start: edges[i - 1] ?? 0, end: edges[i] ?? 0 };
    if (rows.end > rows.start && mayMatch(pageBounds(rows, rowCount, known, pagesOf))) kept.push(rows);
  }
  return joinRanges(kept);
}

/**
 * The smallest set of rows that holds all of `keep` and consists of whole pages in every one of `indexes`: the leaves of
 * one column are decoded together and so have to cover the same rows.
 */
export function alignToPages(keep: KeptRows, indexes: readonly OffsetIndex[], rowCount: number): readonly RowRange[] {
  let rows = keep.kind === "all" ? [{ start: 0, end: rowCount }] : keep.kind === "ranges" ? keep.ranges : undefined;
  let settled = 0;
  for (let turn = 0; settled < indexes.length; turn++) {
    const index = indexes[turn % indexes.length];
    if (index === undefined) break;
    const pages = rows === undefined ? pagesOfRows(index.firstRows, keep) : pagesOfRanges(index.firstRows, rows, rowCount);
    const aligned = joinRanges(pages.map((page) => pageRows(index.firstRows, page, rowCount)));
    const isSame = rows !== undefined && sameCover(rows, aligned);
    settled = isSame ? settled + 1 : 1;
    rows = aligned;
  }
  return rows ?? [];
}

function sameCover(a: readonly RowRange[], b: readonly RowRange[]): boolean {
  return a.length === b.length && a.every(({ start, end }, i) => b[i]?.start === start && b[i]?.end === end);
}

function pageRows(firstRows: readonly number[], page: number, rowCount: number): RowRange {
  return { start: firstRows[page] ?? 0, end: firstRows[page + 1] ?? rowCount };
}

function pagesOfRows(firstRows: readonly number[], keep: KeptRows): readonly number[] {
  if (keep.kind !== "rows") return [];
  const pages: number[] = [];
  let end = -1;
  for (const row of keep.rows) {
    if (row < end) continue;
    const page = pageOfRow(firstRows, row);
    pages.push(page);
    end = firstRows[page + 1] ?? Infinity;
  }
  return pages;
}

/** The pages that share a row with one of the ranges, ascending. */
export function pagesOfRanges(firstRows: readonly number[], ranges: readonly RowRange[], rowCount: number): readonly number[] {
  const pages: number[] = [];
  for (const { start, end } of ranges) {
    for (let page = pageOfRow(firstRows, start); page < firstRows.length && pageRows(firstRows, page, rowCount).start < end; page++) {
      if (pages.at(-1) !== page) pages.push(page);
    }
  }
  return pages;
}

/** The bytes of the given pages; neighbours come as one range. */
export function pageRanges(index: OffsetIndex, pages: readonly number[]): readonly ByteRange[] {
  const ranges: { start: number; end: number }[] = [];
  for (const page of pages) {
    const start = index.offsets[page] ?? 0;
    const end = start + (index.sizes[page] ?? 0);
    const last = ranges.at(-1);
    if (last?.end === start) last.end = end;
    else ranges.push({ start, end });
  }
  return ranges;
}
