import { DeltaTable } from "../../api/delta-table.js";
import type { DeleteFlags } from "../program.js";
import { printWrite } from "./open-table.js";

export async function deleteWhere(url: string, flags: DeleteFlags): Promise<void> {
  const table = await DeltaTable.open(url);
  const before = table.version;
  await printWrite("delete", table.url, before, await table.delete(flags.where), flags);
}
