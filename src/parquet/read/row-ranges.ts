/** Rows `[start, end)` of a row group. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** The rows of a row group that are given: all, some stretches (ascending, apart from each other), or some rows (ascending). */
export type KeptRows =
  | { readonly kind: "all" }
  | { readonly kind: "ranges"; readonly ranges: readonly RowRange[] }
  | { readonly kind: "rows"; readonly rows: Int32Array };

export function countRows(ranges: readonly RowRange[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** Ascending ranges with those that touch or overlap made one. */
export function joinRanges(ranges: readonly RowRange[]): readonly RowRange[] {
  const joined: { start: number; end: number }[] = [];
  for (const { start, end } of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}

/** The rows of `rows` that lie in the ranges; both ascending. */
export function rowsWithin(rows: Int32Array, ranges: readonly RowRange[]): Int32Array {
  const result = new Int32Array(rows.length);
  let count = 0;
  let at = 0;
  for (const { start, end } of ranges) {
    while (at < rows.length && (rows[at] as number) < start) at++;
    while (at < rows.length && (rows[at] as number) < end) result[count++] = rows[at++] as number;
  }
  return result.subarray(0, count);
}

/** The kept rows that lie in `window`. */
export function keptWithin(keep: KeptRows, window: RowRange): KeptRows {
  switch (keep.kind) {
    case "all":
      return { kind: "ranges", ranges: [window] };
    case "rows":
      return { kind: "rows", rows: rowsWithin(keep.rows, [window]) };
    case "ranges": {
      const ranges = keep.ranges.flatMap(({ start, end }) => {
        const cut = { start: Math.max(start, window.start), end: Math.min(end, window.end) };
        return cut.end > cut.start ? [cut] : [];
      });
      return { kind: "ranges", ranges };
    }
  }
}

/** Every row of the ranges. */
export function listRows(ranges: readonly RowRange[]): Int32Array {
  const result = new Int32Array(countRows(ranges));
  let at = 0;
  for (const { start, end } of ranges) for (let row = start; row < end; row++) result[at++] = row;
  return result;
}

/** Where each of `rows` stands when `ranges`, which hold all of them, are laid end to end. */
export function positionsWithin(rows: Int32Array, ranges: readonly RowRange[]): Int32Array {
  const result = new Int32Array(rows.length);
  let before = 0;
  let at = 0;
  for (const { start, end } of ranges) {
    while (at < rows.length && (rows[at] as number) < end) {
      result[at] = (rows[at] as number) - start + before;
      at++;
    }
    before += end - start;
  }
  return result;
}

export function rangesEqual(a: readonly RowRange[], b: readonly RowRange[]): boolean {
  return a.length === b.length && a.every(({ start, end }, index) => b[index]?.start === start && b[index]?.end === end);
}
