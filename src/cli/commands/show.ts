import { findField } from "../../schema/evolution.js";
import type { StructType } from "../../schema/types.js";
import type { ShowFlags } from "../flags.js";
import { printRows, rowFormat } from "../rows/print-rows.js";
import type { Shell } from "../shell.js";
import { openAt } from "./open-table.js";

export async function show(url: string, flags: ShowFlags, shell: Shell): Promise<void> {
  const format = rowFormat("show", flags, shell);
  const table = await openAt(url, flags);
  const { columns, where, limit } = flags;
  const source = {
    schema: columns === undefined ? table.schema : chosen(table.schema, columns),
    limit: limit === "all" ? undefined : limit,
    scan: (rowsMost: number | undefined) => table.scan({ columns, where, limit: rowsMost }),
  };
  await printRows(source, format, shell, { version: table.version, quiet: flags.quiet === true });
}

/** The columns that a query yields, in its order, in the table's spelling; those that there are not are refused by the scan. */
function chosen(schema: StructType, columns: readonly string[]): StructType {
  return { kind: "struct", fields: columns.flatMap((name) => findField(schema, name) ?? []) };
}
