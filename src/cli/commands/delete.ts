import { DeltaTable } from "../../api/delta-table.js";
import type { DeleteFlags } from "../flags.js";
import { runWrite } from "./run-write.js";

export async function deleteWhere(url: string, flags: DeleteFlags): Promise<void> {
  const table = await DeltaTable.open(url);
  await runWrite("delete", table, flags, (options) => table.delete({ ...options, where: flags.where }));
}
