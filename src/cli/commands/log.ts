import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";
import { renderTable } from "../output/table.js";
import type { VersionFlags } from "../program.js";
import { openAt } from "./open-table.js";

export async function log(url: string, flags: VersionFlags): Promise<void> {
  const table = await openAt(url, flags);
  const entries = await table.logFiles();
  if (flags.json === true) return writeOut(`${toJson({ version: table.version, files: entries })}\n`);
  const rows = entries.map(({ path, kind, version, size, modified }) => [version, kind, size, modified, path]);
  await writeOut(`${renderTable(["version", "kind", "bytes", "modified", "path"], rows)}\n`);
}
