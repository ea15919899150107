import { DeltaTable } from "../../api/delta-table.js";
import type { CommonFlags } from "../flags.js";
import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";

export async function checkpoint(url: string, { json, quiet }: CommonFlags): Promise<void> {
  const table = await DeltaTable.open(url);
  await table.checkpoint();
  if (json === true) return writeOut(`${toJson({ table: table.url, version: table.version })}\n`);
  if (quiet !== true) await writeOut(`checkpoint: version ${table.version}\n`);
}
