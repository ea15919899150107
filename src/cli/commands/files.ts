import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";
import { renderTable } from "../output/table.js";
import type { FilesFlags } from "../program.js";
import { openAt } from "./open-table.js";

export async function files(url: string, flags: FilesFlags): Promise<void> {
  const table = await openAt(url, flags);
  const listed = table.files(flags.where === undefined ? {} : { where: flags.where });
  if (flags.json === true) {
    let separator = "[";
    for await (const file of listed) {
      await writeOut(`${separator}${toJson(file)}`);
      separator = ",\n";
    }
    return writeOut(separator === "[" ? "[]\n" : "]\n");
  }
  const rows: unknown[][] = [];
  let bytes = 0;
  for await (const file of listed) {
    rows.push([file.path, file.size, file.rows, toJson(file.partition)]);
    bytes += file.size;
  }
  const headings = ["path", "bytes", "rows", "partition"].slice(0, table.partitionBy.length > 0 ? 4 : 3);
  await writeOut(`${renderTable(headings, rows.map((row) => row.slice(0, headings.length)))}\n`);
  if (flags.quiet !== true) await writeOut(`${rows.length} files, ${bytes.toLocaleString("en-US")} bytes, version ${table.version}\n`);
}
