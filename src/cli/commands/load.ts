import type { LoadFlags } from "../flags.js";
import { readInput } from "../input/read-input.js";
import { confirm } from "../output/confirm.js";
import type { Shell } from "../shell.js";
import { openTable } from "./open-table.js";
import { runWrite } from "./run-write.js";

/** `lake append` and `lake overwrite`: all files in one commit. */
export async function load(
  verb: "append" | "overwrite",
  { table: url, files }: { readonly table: string; readonly files: readonly string[] },
  flags: LoadFlags,
  shell: Shell,
): Promise<void> {
  const table = await openTable(url, flags);
  if (verb === "overwrite" && flags.where === undefined) {
    await confirm(shell, `This replaces every row of ${table.url}.`, {
      yes: flags.yes === true,
      command: "lake overwrite without --where",
    });
  }
  const input = readInput(files, { format: flags.format, delimiter: flags.delimiter, schema: table.schema, stdin: shell.stdin });
  await runWrite(shell, { verb, table, flags, input }, (options) => {
    if (verb === "append") return table.append(input.items, { ...options, mergeSchema: flags.mergeSchema });
    if (flags.overwriteSchema === true) return table.overwrite(input.items, { ...options, schema: "overwrite" });
    return table.overwrite(input.items, flags.where === undefined ? options : { ...options, where: flags.where });
  });
}
