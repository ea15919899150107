import type { VersionFlags } from "../flags.js";
import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";
import { renderTable, type Heading } from "../output/table.js";
import { openAt } from "./open-table.js";
import type { Shell } from "../shell.js";
import { lookOf } from "../output/terminal.js";

const headings: readonly Heading[] = [
  { name: "version", align: "right", isWhole: true },
  { name: "kind" },
  { name: "bytes", align: "right", isWhole: true },
  { name: "modified", isWhole: true },
  { name: "path" },
];

export async function log(url: string, flags: VersionFlags, shell: Shell): Promise<void> {
  const table = await openAt(url, flags);
  const entries = await table.logFiles();
  if (flags.json === true) return writeOut(shell, `${toJson({ version: table.version, files: entries })}\n`);
  const rows = entries.map(({ path, kind, version, size, modified }) => [version, kind, size, modified, path]);
  await writeOut(shell, `${renderTable(headings, rows, lookOf(shell))}\n`);
}
