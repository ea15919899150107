import { textWidth } from "./cell-text.js";

export interface Heading {
  readonly name: string;
  /** Numbers stand to the right. Default: to the left. */
  readonly align?: "right" | undefined;
  /** Values that mean something else when they are cut, such as numbers and moments, are shown whole or not at all. */
  readonly isWhole?: boolean | undefined;
  /** Left out when it would cost others room; such columns stand last. */
  readonly isSpare?: boolean | undefined;
}

/** How wide the columns of a table are. Columns that the terminal has no room for are not shown. */
export interface TableLayout {
  readonly headings: readonly Heading[];
  readonly widths: readonly number[];
}

interface Column {
  readonly least: number;
  width: number;
}

/** What a column of text keeps when there is little room: a short word and an ellipsis. */
const minTextWidth = 12;
/** A line and a blank on the left of each column, a blank on its right; one line more ends the row. */
const frameOf = (columns: number): number => 3 * columns + 1;

/**
 * Natural widths, cut down from the widest column of text until the frame fits `width`; the last columns are left out when even
 * the least widths do not fit.
 */
export function layoutTable(headings: readonly Heading[], cells: readonly (readonly string[])[], width: number): TableLayout {
  const columns = headings.map((heading, index): Column => {
    const natural = cells.reduce((widest, row) => Math.max(widest, textWidth(row[index] ?? "")), Math.max(1, textWidth(heading.name)));
    return { width: natural, least: heading.isWhole === true ? natural : Math.min(natural, minTextWidth) };
  });
  const wanted = columns.slice(0, columns.length - spareColumns(headings, columns, width));
  const shown = wanted.slice(0, fittingColumns(wanted, width));
  narrow(shown, width - frameOf(shown.length));
  return { headings: headings.slice(0, shown.length), widths: shown.map((column) => column.width) };
}

/** How many of the last columns are left out so that the others need not be cut. */
function spareColumns(headings: readonly Heading[], columns: readonly Column[], width: number): number {
  let spared = 0;
  while (headings[headings.length - 1 - spared]?.isSpare === true && naturalWidth(columns.slice(0, columns.length - spared)) > width)
    spared++;
  return spared;
}

function naturalWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + column.width, frameOf(columns.length));
}

/** At least one, however narrow the terminal is. */
function fittingColumns(columns: readonly Column[], width: number): number {
  let used = frameOf(0);
  const first = columns.findIndex(({ least }) => {
    used += frameOf(1) - frameOf(0) + least;
    return used > width;
  });
  return first < 0 ? columns.length : Math.max(first, 1);
}

function narrow(columns: readonly Column[], available: number): void {
  let excess = columns.reduce((sum, { width }) => sum + width, 0) - available;
  while (excess > 0) {
    const cuttable = columns.filter(({ width, least }) => width > least);
    const widest = cuttable.reduce<Column | undefined>(
      (found, column) => (found !== undefined && found.width >= column.width ? found : column),
      undefined,
    );
    if (widest === undefined) break;
    // Down to the next narrower column, so that the widest are cut evenly.
    const next = Math.max(widest.least, ...cuttable.map(({ width }) => width).filter((width) => width < widest.width));
    const cut = Math.max(1, Math.min(excess, widest.width - next));
    widest.width -= cut;
    excess -= cut;
  }
  const [only] = columns;
  if (excess > 0 && columns.length === 1 && only !== undefined) only.width = Math.max(1, only.width - excess);
}
