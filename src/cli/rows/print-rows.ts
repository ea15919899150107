import { LakeError } from "../../base/errors.js";
import type { RowFlags, RowFormat } from "../flags.js";
import type { Shell } from "../shell.js";
import type { RowSource } from "./row-source.js";

/** How rows are printed. @throws usage/invalid-option  bytes for a terminal */
export function rowFormat(command: string, { format, json }: RowFlags, { stdout }: Shell): RowFormat {
  if (json === true && (format === undefined || format === "table")) return "ndjson";
  if ((format === "arrow" || format === "parquet") && stdout.isTTY === true) {
    throw new LakeError(
      "usage/invalid-option",
      `--format ${format} is not for a terminal. Send it to a file: lake ${command} … --format ${format} > rows.${format}`,
      { format },
    );
  }
  return format ?? "table";
}

/** @param version  of the table, as the last line under a table of rows names it */
export async function printRows(
  source: RowSource,
  format: RowFormat,
  shell: Shell,
  { version, quiet }: { readonly version: number; readonly quiet: boolean },
): Promise<void> {
  switch (format) {
    case "table":
      return (await import("./print-table.js")).printTable(source, shell, { version, quiet });
    case "ndjson":
      return (await import("./print-ndjson.js")).printNdjson(source, shell);
    case "csv":
      return (await import("./print-csv.js")).printCsv(source, shell);
    case "arrow":
      return (await import("./print-arrow.js")).printArrow(source, shell);
    case "parquet":
      return (await import("./print-parquet.js")).printParquet(source, shell);
  }
}
