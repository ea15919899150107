import { LakeError } from "../../base/errors.js";
import type { UpdateFlags } from "../flags.js";
import { openTable } from "./open-table.js";
import { runWrite } from "./run-write.js";
import type { Shell } from "../shell.js";

export async function update(url: string, flags: UpdateFlags, shell: Shell): Promise<void> {
  const set = assignments(flags.set);
  const table = await openTable(url, flags);
  await runWrite(shell, { verb: "update", table, flags }, (options) =>
    table.update(flags.where === undefined ? { ...options, set } : { ...options, set, where: flags.where }),
  );
}

function assignments(texts: readonly string[]): Readonly<Record<string, string>> {
  const set = new Map<string, string>();
  for (const text of texts) {
    const [column, expression] = splitAssignment(text);
    if (set.has(column)) {
      throw new LakeError("usage/invalid-option", `--set names ${column} twice. Give each column one expression.`, { column });
    }
    set.set(column, expression);
  }
  return Object.fromEntries(set);
}

/** `score = score * 2` → the column, and the SQL after the first `=` outside backquotes. */
function splitAssignment(text: string): readonly [string, string] {
  const match = /^\s*((?:`(?:[^`]|``)*`|[^`=])+?)\s*=(?!=)\s*(.+)$/s.exec(text);
  const [, column, expression] = match ?? [];
  if (column === undefined || expression === undefined) {
    throw new LakeError(
      "usage/invalid-option",
      `--set takes "column = expression", found "${text}". Example: --set "score = score * 2".`,
      {
        set: text,
      },
    );
  }
  return [column, expression];
}
