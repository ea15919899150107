import type { FileRecord } from "../../api/results.js";
import type { FilesFlags } from "../flags.js";
import { counted } from "../output/counted.js";
import { toJson } from "../output/json.js";
import { createTextOutput, writeOut } from "../output/stdout.js";
import { renderTable, type Heading } from "../output/table.js";
import { openAt } from "./open-table.js";
import type { Shell } from "../shell.js";
import { lookOf } from "../output/terminal.js";

export async function files(url: string, flags: FilesFlags, shell: Shell): Promise<void> {
  const table = await openAt(url, flags);
  const listed = table.files({ where: flags.where });
  if (flags.json === true) return printJson(listed, shell);
  const rows: unknown[][] = [];
  let bytes = 0;
  for await (const file of listed) {
    rows.push([...table.partitionBy.map((name) => file.partition[name]), file.rows, file.size, file.path]);
    bytes += file.size;
  }
  const headings: Heading[] = [
    ...table.partitionBy.map((name) => ({ name })),
    { name: "rows", align: "right", isWhole: true },
    { name: "bytes", align: "right", isWhole: true },
    { name: "path" },
  ];
  await writeOut(shell, `${renderTable(headings, rows, lookOf(shell))}\n`);
  if (flags.quiet !== true)
    await writeOut(shell, `${counted(rows.length, "file")}, ${counted(bytes, "byte")}, version ${table.version}\n`);
}

/** One array, written as it is listed: a table has more files than should be in memory. */
async function printJson(listed: AsyncIterable<FileRecord>, shell: Shell): Promise<void> {
  const output = createTextOutput(shell);
  let separator = "[";
  for await (const file of listed) {
    await output.write(`${separator}${toJson(file)}`);
    separator = ",\n";
  }
  await output.write(separator === "[" ? "[]\n" : "]\n");
  await output.end();
}
