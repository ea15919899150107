import { DeltaTable } from "../../api/delta-table.js";
import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";
import type { CommonOptions } from "../program.js";

export async function checkpoint(url: string, flags: CommonOptions): Promise<void> {
  const table = await DeltaTable.open(url);
  await table.checkpoint();
  if (flags.json === true) return writeOut(`${toJson({ table: table.url, version: table.version })}\n`);
  if (flags.quiet !== true) await writeOut(`checkpoint: version ${table.version}\n`);
}
