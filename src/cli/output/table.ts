import Table from "cli-table3";
import displayWidth from "string-width";
import { toJson } from "./json.js";

const minColumnWidth = 5;
const defaultWidth = 120;

/** A cell as people read it: text without quotes, null as a word, nested values as JSON. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return value.replace(/[\u0000-\u001f\u007f]/g, (char) => JSON.stringify(char).slice(1, -1));
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? toJson(value) : Object.is(value, -0) ? "-0" : String(value);
}

/**
 * Rows under headings, fitted to `width` columns: wide cells are cut with an ellipsis, the widest first.
 * Numbers stand to the right.
 */
export function renderTable(headings: readonly string[], rows: readonly (readonly unknown[])[], width = terminalWidth()): string {
  const cells = rows.map((row) => row.map(cellText));
  const widths = fitWidths(headings, cells, width);
  const table = new Table({
    head: [...headings],
    colWidths: widths.map((columnWidth) => columnWidth + 2),
    colAligns: headings.map((_, index) => (rows.length > 0 && rows.every((row) => isNumeric(row[index])) ? "right" : "left")),
    style: { head: [], border: [], compact: true },
  });
  for (const row of cells) table.push([...row]);
  return table.toString();
}

/** Two columns without a frame: names and what they are. */
export function renderFacts(facts: readonly (readonly [string, unknown])[]): string {
  const longest = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(longest)}  ${cellText(value)}`).join("\n");
}

export function terminalWidth(): number {
  return process.stdout.columns ?? defaultWidth;
}

/** Natural widths, cut down from the widest column until the frame fits. */
function fitWidths(headings: readonly string[], cells: readonly (readonly string[])[], width: number): number[] {
  const widths = headings.map((heading, index) => cells.reduce((widest, row) => Math.max(widest, displayWidth(row[index] ?? "")), displayWidth(heading)));
  const available = Math.max(width - (3 * headings.length + 1), headings.length * minColumnWidth);
  let excess = widths.reduce((sum, columnWidth) => sum + columnWidth, 0) - available;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const current = widths[widest] ?? 0;
    if (current <= minColumnWidth) break;
    const next = Math.max(...widths.filter((_, index) => index !== widest && (widths[index] ?? 0) < current), minColumnWidth);
    const cut = Math.max(1, Math.min(excess, current - next));
    widths[widest] = current - cut;
    excess -= cut;
  }
  return widths;
}

function isNumeric(value: unknown): boolean {
  return value === null || typeof value === "number" || typeof value === "bigint";
}
