import { toJson } from "../output/json.js";
import { createTextOutput } from "../output/stdout.js";
import type { Shell } from "../shell.js";
import { rowsOf, type RowSource } from "./row-source.js";

/** One JSON object per line. */
export async function printNdjson(source: RowSource, shell: Shell): Promise<void> {
  const output = createTextOutput(shell);
  for await (const rows of rowsOf(source, source.limit)) {
    for (const row of rows) await output.write(`${toJson(row)}\n`);
  }
  await output.end();
}
