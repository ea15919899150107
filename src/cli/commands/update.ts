import { DeltaTable } from "../../api/delta-table.js";
import { LakeError } from "../../base/errors.js";
import type { UpdateFlags } from "../program.js";
import { printWrite } from "./open-table.js";

export async function update(url: string, flags: UpdateFlags): Promise<void> {
  const set = Object.fromEntries(flags.set.map(splitAssignment));
  const table = await DeltaTable.open(url);
  const before = table.version;
  const result = await table.update({ set, ...(flags.where === undefined ? {} : { where: flags.where }) });
  await printWrite("update", table.url, before, result, flags);
}

/** `score = score * 2` → the column, and the SQL after the first `=` outside backquotes. */
function splitAssignment(text: string): readonly [string, string] {
  const match = /^\s*((?:`(?:[^`]|``)*`|[^`=])+?)\s*=(?!=)\s*(.+)$/s.exec(text);
  const [, column, expression] = match ?? [];
  if (column === undefined || expression === undefined) {
    throw new LakeError("usage/invalid-option", `--set takes "column = expression", found "${text}". Example: --set "score = score * 2".`, { set: text });
  }
  return [column, expression];
}
