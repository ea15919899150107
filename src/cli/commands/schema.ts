import { formatType } from "../../schema/type-text.js";
import type { VersionFlags } from "../flags.js";
import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";
import { renderTable } from "../output/table.js";
import { openAt } from "./open-table.js";
import type { Shell } from "../shell.js";
import { lookOf } from "../output/terminal.js";

const headings = ["column", "type", "null", "role", "comment"].map((name) => ({ name }));

export async function schema(url: string, flags: VersionFlags, shell: Shell): Promise<void> {
  const table = await openAt(url, flags);
  const columns = table.schema.fields.map(({ name, type, nullable, metadata }) => ({
    name,
    type: formatType(type),
    nullable,
    partition: table.partitionBy.includes(name),
    comment: typeof metadata["comment"] === "string" ? metadata["comment"] : null,
  }));
  if (flags.json === true) return writeOut(shell, `${toJson({ version: table.version, columns })}\n`);
  const rows = columns.map(({ name, type, nullable, partition, comment }) => [
    name,
    type,
    nullable ? "" : "not null",
    partition ? "partition" : "",
    comment ?? "",
  ]);
  await writeOut(shell, `${renderTable(headings, rows, lookOf(shell))}\n`);
}
