import { LakeError } from "../../base/errors.js";
import { findField } from "../../schema/evolution.js";
import type { StructType } from "../../schema/types.js";
import type { RowFormat, ShowFlags } from "../flags.js";
import type { RowSource } from "../rows/row-source.js";
import { openAt } from "./open-table.js";
import type { Shell } from "../shell.js";

export async function show(url: string, flags: ShowFlags, shell: Shell): Promise<void> {
  const format = formatOf(flags, shell);
  const table = await openAt(url, flags);
  const { columns, where, limit } = flags;
  const source: RowSource = {
    schema: columns === undefined ? table.schema : chosen(table.schema, columns),
    limit: limit === "all" ? undefined : limit,
    scan: (rowsMost) => table.scan({ columns, where, limit: rowsMost }),
  };
  switch (format) {
    case "table":
      return (await import("../rows/print-table.js")).printTable(source, shell, { version: table.version, quiet: flags.quiet === true });
    case "ndjson":
      return (await import("../rows/print-ndjson.js")).printNdjson(source, shell);
    case "csv":
      return (await import("../rows/print-csv.js")).printCsv(source, shell);
    case "arrow":
      return (await import("../rows/print-arrow.js")).printArrow(source, shell);
    case "parquet":
      return (await import("../rows/print-parquet.js")).printParquet(source, shell);
  }
}

function formatOf({ format, json }: ShowFlags, { stdout }: Shell): RowFormat {
  if (json === true && (format === undefined || format === "table")) return "ndjson";
  if ((format === "arrow" || format === "parquet") && stdout.isTTY === true) {
    throw new LakeError(
      "usage/invalid-option",
      `--format ${format} is not for a terminal. Send it to a file: lake show … --format ${format} > rows.${format}`,
      {
        format,
      },
    );
  }
  return format ?? "table";
}

/** The columns that a query yields, in its order, in the table's spelling; those that there are not are refused by the scan. */
function chosen(schema: StructType, columns: readonly string[]): StructType {
  return { kind: "struct", fields: columns.flatMap((name) => findField(schema, name) ?? []) };
}
