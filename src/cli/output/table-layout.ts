import { textWidth } from "./cell-text.js";

export interface Heading {
  readonly name: string;
  /** Numbers stand to the right. Default: to the left. */
  readonly align?: "right" | undefined;
}

/** How wide the columns of a table are. Columns that the terminal has no room for are not shown. */
export interface TableLayout {
  readonly headings: readonly Heading[];
  readonly widths: readonly number[];
}

/** What a column keeps when there is little room: a short name and an ellipsis. */
const minColumnWidth = 6;
/** A blank and a line on the left of each column, a blank on its right; one line more ends the row. */
const frameOf = (columns: number): number => 3 * columns + 1;

/**
 * Natural widths, cut down from the widest column until the frame fits `width`; the last columns are left out when even the
 * least widths do not fit.
 */
export function layoutTable(headings: readonly Heading[], cells: readonly (readonly string[])[], width: number): TableLayout {
  const natural = headings.map(({ name }, index) =>
    cells.reduce((widest, row) => Math.max(widest, textWidth(row[index] ?? "")), Math.max(1, textWidth(name))),
  );
  const shown = fittingColumns(natural, width);
  return { headings: headings.slice(0, shown), widths: narrowed(natural.slice(0, shown), width - frameOf(shown)) };
}

function fittingColumns(natural: readonly number[], width: number): number {
  let used = frameOf(0);
  for (const [index, columnWidth] of natural.entries()) {
    used += Math.min(columnWidth, minColumnWidth) + 3;
    if (used > width) return Math.max(index, 1);
  }
  return natural.length;
}

function narrowed(natural: readonly number[], available: number): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, columnWidth) => sum + columnWidth, 0) - available;
  while (excess > 0) {
    const current = Math.max(...widths);
    if (current <= minColumnWidth) break;
    const widest = widths.indexOf(current);
    // Down to the next narrower column, so that the widest are cut evenly.
    const next = Math.max(minColumnWidth, ...widths.filter((columnWidth) => columnWidth < current));
    const cut = Math.max(1, Math.min(excess, current - next));
    widths[widest] = current - cut;
    excess -= cut;
  }
  return widths;
}
