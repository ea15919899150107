import { DeltaTable } from "../../api/delta-table.js";
import type { MergeBuilder } from "../../api/merge-builder.js";
import { readInput } from "../input/read-input.js";
import { showProgress } from "../output/progress.js";
import type { MergeFlags } from "../program.js";
import { printWrite } from "./open-table.js";

export async function merge(url: string, file: string, flags: MergeFlags): Promise<void> {
  const table = await DeltaTable.open(url);
  const before = table.version;
  const progress = showProgress(flags.quiet === true || flags.json === true);
  try {
    const source = readInput([file], { format: flags.format, schema: table.schema });
    const begun = table.merge({ source, on: flags.on, ...(progress.onProgress === undefined ? {} : { onProgress: progress.onProgress }) });
    const result = await addClauses(begun, flags).execute();
    progress.stop();
    await printWrite("merge", table.url, before, result, flags);
  } finally {
    progress.stop();
  }
}

/** Deletes come before updates: a row that is to go need not be updated first. */
function addClauses(begun: MergeBuilder, flags: MergeFlags): MergeBuilder {
  const plain = flags.updateAll !== true && flags.insertAll !== true && flags.deleteWhen === undefined && flags.deleteNotInSource !== true;
  let builder = begun;
  if (flags.deleteWhen !== undefined) builder = builder.whenMatchedDelete({ where: flags.deleteWhen });
  if (plain || flags.updateAll === true) builder = builder.whenMatchedUpdateAll();
  if (plain || flags.insertAll === true) builder = builder.whenNotMatchedInsertAll();
  if (flags.deleteNotInSource === true) builder = builder.whenNotMatchedBySourceDelete();
  return builder;
}
