import { DeltaTable } from "../../api/delta-table.js";
import type { CommonFlags } from "../flags.js";
import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";
import type { Shell } from "../shell.js";

export async function checkpoint(url: string, { json, quiet }: CommonFlags, shell: Shell): Promise<void> {
  const table = await DeltaTable.open(url);
  await table.checkpoint();
  if (json === true) return writeOut(shell, `${toJson({ table: table.url, version: table.version })}\n`);
  if (quiet !== true) await writeOut(shell, `checkpoint: version ${table.version}\n`);
}
