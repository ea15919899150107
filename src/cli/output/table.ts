import Table from "cli-table3";
import { cellText, cutText, textWidth } from "./cell-text.js";
import { layoutTable, type Heading, type TableLayout } from "./table-layout.js";
import { bold, dim, isColoured, outputWidth } from "./terminal.js";

export type { Heading, TableLayout } from "./table-layout.js";

type Rows = readonly (readonly unknown[])[];

/** Rows under headings, fitted to `width` columns; wide cells are cut with an ellipsis. */
export function renderTable(headings: readonly Heading[], rows: Rows, width = outputWidth()): string {
  return renderRows(layoutOf(headings, rows, width), rows, { isFirst: true, isLast: true });
}

/** A layout by the rows that are known; later rows are cut to it. */
export function layoutOf(headings: readonly Heading[], rows: Rows, width = outputWidth()): TableLayout {
  const named = headings.map((heading) => ({ ...heading, name: cellText(heading.name) }));
  return layoutTable(
    named,
    rows.map((row) => row.map(cellText)),
    width,
  );
}

/** A piece of a table: the first has the headings, the last the line below. */
export function renderRows(
  { headings, widths }: TableLayout,
  rows: Rows,
  piece: { readonly isFirst: boolean; readonly isLast: boolean },
): string {
  const coloured = isColoured();
  const fit = (text: string, column: number): string => cutText(text, widths[column] ?? 0);
  const table = new Table({
    ...(piece.isFirst ? { head: headings.map(({ name }, column) => (coloured ? bold(fit(name, column)) : fit(name, column))) } : {}),
    colWidths: widths.map((columnWidth) => columnWidth + 2),
    colAligns: headings.map(({ align }) => align ?? "left"),
    style: { head: [], border: [], compact: true },
    chars: { ...(piece.isFirst ? {} : noTop), ...(piece.isLast ? {} : noBottom) },
  });
  for (const row of rows) {
    table.push(
      headings.map((_, column) => {
        const value = row[column];
        const text = fit(cellText(value), column);
        return coloured && (value === null || value === undefined) ? dim(text) : text;
      }),
    );
  }
  return table.toString();
}

const noTop = { top: "", "top-left": "", "top-mid": "", "top-right": "" } as const;
const noBottom = { bottom: "", "bottom-left": "", "bottom-mid": "", "bottom-right": "" } as const;

/** Two columns without a frame: names and what they are. */
export function renderFacts(facts: readonly (readonly [string, unknown])[], width = outputWidth()): string {
  const longest = Math.max(...facts.map(([name]) => textWidth(name)));
  return facts.map(([name, value]) => `${name.padEnd(longest)}  ${cutText(cellText(value), Math.max(20, width - longest - 2))}`).join("\n");
}
