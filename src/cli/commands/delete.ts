import type { DeleteFlags } from "../flags.js";
import { openTable } from "./open-table.js";
import { runWrite } from "./run-write.js";
import type { Shell } from "../shell.js";

export async function deleteWhere(url: string, flags: DeleteFlags, shell: Shell): Promise<void> {
  const table = await openTable(url, flags);
  await runWrite(shell, { verb: "delete", table, flags }, (options) => table.delete({ ...options, where: flags.where }));
}
