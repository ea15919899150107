import { stringify } from "csv-stringify/sync";
import { toJson } from "../output/json.js";
import { createTextOutput } from "../output/stdout.js";
import type { Shell } from "../shell.js";
import { rowsOf, type RowSource } from "./row-source.js";

/** RFC 4180 with a heading: null is an empty field, empty text a quoted empty field, nested values are JSON, binary is base64. */
export async function printCsv(source: RowSource, shell: Shell): Promise<void> {
  const output = createTextOutput(shell);
  const columns = source.schema.fields.map(({ name }) => name);
  await output.write(stringify([columns]));
  for await (const rows of rowsOf(source, source.limit)) {
    for (const row of rows) await output.write(csvLine(columns.map((name) => row[name])));
  }
  await output.end();
}

function csvLine(values: readonly unknown[]): string {
  // Text that is empty or has blanks at its ends is quoted; the pattern is not asked about null.
  return stringify([values.map(csvCell)], { quoted_match: /^$|^\s|\s$/ });
}

function csvCell(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  const json = toJson(value);
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}
