import type { MergeBuilder } from "../../api/merge-builder.js";
import type { MergeFlags } from "../flags.js";
import { readInput } from "../input/read-input.js";
import { openTable } from "./open-table.js";
import { runWrite } from "./run-write.js";
import type { Shell } from "../shell.js";

export async function merge(url: string, file: string, flags: MergeFlags, shell: Shell): Promise<void> {
  const table = await openTable(url, flags);
  const input = readInput([file], { format: flags.format, delimiter: flags.delimiter, schema: table.schema, stdin: shell.stdin });
  await runWrite(shell, { verb: "merge", table, flags, input }, (options) =>
    addClauses(table.merge({ ...options, source: input.items, on: flags.on }), flags).execute(),
  );
}

/** Deletes come before updates: a row that is to go need not be updated first. */
function addClauses(begun: MergeBuilder, { updateAll, insertAll, deleteWhen, deleteNotInSource, mergeSchema }: MergeFlags): MergeBuilder {
  const isPlain = updateAll !== true && insertAll !== true && deleteWhen === undefined && deleteNotInSource !== true;
  let builder = mergeSchema === true ? begun.withSchemaEvolution() : begun;
  if (deleteWhen !== undefined) builder = builder.whenMatchedDelete({ where: deleteWhen });
  if (isPlain || updateAll === true) builder = builder.whenMatchedUpdateAll();
  if (isPlain || insertAll === true) builder = builder.whenNotMatchedInsertAll();
  if (deleteNotInSource === true) builder = builder.whenNotMatchedBySourceDelete();
  return builder;
}
