import { DeltaTable } from "../../api/delta-table.js";
import type { LoadFlags } from "../flags.js";
import { readInput } from "../input/read-input.js";
import { confirm } from "../output/confirm.js";
import { runWrite } from "./run-write.js";

/** `lake append` and `lake overwrite`: all files in one commit. */
export async function load(verb: "append" | "overwrite", url: string, files: readonly string[], flags: LoadFlags): Promise<void> {
  const table = await DeltaTable.open(url);
  if (verb === "overwrite" && flags.where === undefined) {
    await confirm(`This replaces every row of ${table.url}.`, { yes: flags.yes === true, command: "lake overwrite without --where" });
  }
  const data = readInput(files, { format: flags.format, schema: table.schema });
  await runWrite(verb, table, flags, (options) => {
    if (verb === "append") return table.append(data, { ...options, mergeSchema: flags.mergeSchema });
    return table.overwrite(data, flags.where === undefined ? options : { ...options, where: flags.where });
  });
}
