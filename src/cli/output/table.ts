import { cellText, cutText, textWidth } from "./cell-text.js";
import { layoutTable, type Heading, type TableLayout } from "./table-layout.js";
import { bold, dim, type Look } from "./terminal.js";

export type { Heading, TableLayout } from "./table-layout.js";

type Rows = readonly (readonly unknown[])[];

/** Rows under headings, fitted to the width; wide cells are cut with an ellipsis. */
export function renderTable(headings: readonly Heading[], rows: Rows, look: Look): string {
  return renderRows(layoutOf(headings, rows, look.width), rows, { isFirst: true, isLast: true, isColoured: look.isColoured });
}

/** A layout by the rows that are known; later rows are cut to it. */
export function layoutOf(headings: readonly Heading[], rows: Rows, width: number): TableLayout {
  const named = headings.map((heading) => ({ ...heading, name: cellText(heading.name) }));
  return layoutTable(
    named,
    rows.map((row) => row.map(cellText)),
    width,
  );
}

/** The layout, or one with more room where later rows have values that must not be cut. */
export function widenedFor(layout: TableLayout, rows: Rows, width: number): TableLayout {
  const { headings, widths } = layout;
  const isTooNarrow = headings.some(
    ({ isWhole }, column) => isWhole === true && rows.some((row) => textWidth(cellText(row[column])) > (widths[column] ?? 0)),
  );
  if (!isTooNarrow) return layout;
  const before = widths.map((columns) => "x".repeat(columns));
  return layoutTable(headings, [before, ...rows.map((row) => headings.map((_, column) => cellText(row[column])))], width);
}

interface Piece {
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isColoured: boolean;
}

/** A piece of a table: the first has the headings, the last the line below. */
export function renderRows(layout: TableLayout, rows: Rows, piece: Piece): string {
  const { headings } = layout;
  const lines: string[] = [];
  if (piece.isFirst) {
    const heads = headings.map(({ name }) => name);
    lines.push(
      ruler(layout, "┌┬┐"),
      line(layout, heads, () => (piece.isColoured ? bold : asIs)),
      ruler(layout, "├┼┤"),
    );
  }
  for (const row of rows) {
    const styleOf = (column: number): ((text: string) => string) => (piece.isColoured && isNull(row[column]) ? dim : asIs);
    lines.push(
      line(
        layout,
        headings.map((_, column) => cellText(row[column])),
        styleOf,
      ),
    );
  }
  if (piece.isLast) lines.push(ruler(layout, "└┴┘"));
  return lines.join("\n");
}

function ruler({ widths }: TableLayout, corners: string): string {
  const [left = "", between = "", right = ""] = corners;
  return left + widths.map((width) => "─".repeat(width + 2)).join(between) + right;
}

function line(
  { headings, widths }: TableLayout,
  texts: readonly string[],
  styleOf: (column: number) => (text: string) => string,
): string {
  const cells = texts.map((text, column) => {
    const width = widths[column] ?? 0;
    const cut = cutText(text, width);
    const padding = " ".repeat(Math.max(0, width - textWidth(cut)));
    const styled = styleOf(column)(cut);
    return headings[column]?.align === "right" ? padding + styled : styled + padding;
  });
  return `│ ${cells.join(" │ ")} │`;
}

const asIs = (text: string): string => text;
const isNull = (value: unknown): boolean => value === null || value === undefined;

/** Two columns without a frame: names and what they are. */
export function renderFacts(facts: readonly (readonly [string, unknown])[], width: number): string {
  const longest = Math.max(...facts.map(([name]) => textWidth(name)));
  return facts
    .map(([name, value]) => `${name.padEnd(longest)}  ${cutText(cellText(value), Math.max(20, width - longest - 2))}`)
    .join("\n");
}
