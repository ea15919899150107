import { DeltaTable } from "../../api/delta-table.js";
import { LakeError } from "../../base/errors.js";
import { readInput } from "../input/read-input.js";
import { confirm } from "../output/confirm.js";
import { showProgress } from "../output/progress.js";
import type { WriteFlags } from "../program.js";
import { printWrite } from "./open-table.js";

/** `lake append` and `lake overwrite`: all files in one commit. */
export async function load(verb: "append" | "overwrite", url: string, files: readonly string[], flags: WriteFlags): Promise<void> {
  const table = await DeltaTable.open(url);
  if (verb === "overwrite" && flags.where === undefined) {
    await confirm(`This replaces every row of ${table.url}.`, { yes: flags.yes, consequence: "overwrite without --where" });
  }
  const before = table.version;
  const progress = showProgress(flags.quiet === true || flags.json === true);
  try {
    const data = readInput(files, { format: flags.format, schema: table.schema });
    const options = progress.onProgress === undefined ? {} : { onProgress: progress.onProgress };
    const result =
      verb === "append"
        ? await table.append(data, { ...options, mergeSchema: flags.mergeSchema === true })
        : await table.overwrite(data, { ...options, ...(flags.where === undefined ? {} : { where: flags.where }) });
    progress.stop();
    await printWrite(verb, table.url, before, result, flags);
  } finally {
    progress.stop();
  }
}
