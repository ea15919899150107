import type { Row } from "../../schema/row-reader.js";
import { isNumeric } from "../../schema/data-types.js";
import type { DataType } from "../../schema/types.js";
import { counted } from "../output/counted.js";
import { writeOut } from "../output/stdout.js";
import type { Shell } from "../shell.js";
import { lookOf } from "../output/terminal.js";
import { layoutOf, renderRows, widenedFor, type Heading, type TableLayout } from "../output/table.js";
import { rowsOf, type RowSource } from "./row-source.js";

/** Rows that say how wide the columns are, and that are drawn at once. */
const pageRows = 1000;

/** A table for people, page by page, and a line that says how much of the version it is. */
export async function printTable(
  source: RowSource,
  shell: Shell,
  { version, quiet }: { readonly version: number; readonly quiet: boolean },
): Promise<void> {
  const names = source.schema.fields.map(({ name }) => name);
  const headings: Heading[] = source.schema.fields.map(({ name, type }) => ({
    name,
    align: isNumeric(type) ? "right" : undefined,
    isWhole: isNumeric(type) || isMoment(type),
  }));
  const { limit } = source;
  const { width, isColoured } = lookOf(shell);
  let layout: TableLayout | undefined;
  let shown = 0;
  let hasMore = false;
  let page: unknown[][] = [];
  const print = async (isLast: boolean): Promise<void> => {
    const isFirst = layout === undefined;
    layout = layout === undefined ? layoutOf(headings, page, width) : widenedFor(layout, page, width);
    const text = renderRows(layout, page, { isFirst, isLast, isColoured });
    shown += page.length;
    page = [];
    await writeOut(shell, `${text}\n`);
  };
  // One row more than is shown tells whether there are more.
  for await (const rows of rowsOf(source, limit === undefined ? undefined : limit + 1)) {
    for (const row of rows) {
      if (limit !== undefined && shown + page.length >= limit) {
        hasMore = true;
        break;
      }
      if (page.length >= pageRows) await print(false);
      page.push(cellsOf(row, names));
    }
  }
  await print(true);
  if (!quiet) await writeOut(shell, `${summary({ version, shown, hasMore, names, layout })}\n`);
}

function isMoment({ kind }: DataType): boolean {
  return kind === "date" || kind === "timestamp" || kind === "timestamp_ntz";
}

function cellsOf(row: Row, names: readonly string[]): unknown[] {
  return names.map((name) => row[name]);
}

interface Shown {
  readonly version: number;
  readonly shown: number;
  readonly hasMore: boolean;
  readonly names: readonly string[];
  readonly layout: TableLayout | undefined;
}

function summary({ version, shown, hasMore, names, layout }: Shown): string {
  const columns = layout?.headings.length ?? 0;
  const hidden = columns < names.length ? `\n${columns} of ${names.length} columns fit (--columns a,b)` : "";
  return `${counted(shown, "row")} of version ${version}${hasMore ? ", there are more (--limit all)" : ""}${hidden}`;
}
