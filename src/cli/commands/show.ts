import { RecordBatchStreamWriter } from "apache-arrow";
import type { DeltaTable } from "../../api/delta-table.js";
import { resources } from "../../api/runtime.js";
import { createParquetWriter } from "../../parquet/write-file.js";
import type { StructType } from "../../schema/types.js";
import type { ObjectWriter } from "../../storage/object-store.js";
import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";
import { renderTable } from "../output/table.js";
import type { ShowFlags } from "../program.js";
import { openAt } from "./open-table.js";

type Row = Readonly<Record<string, unknown>>;

export async function show(url: string, flags: ShowFlags): Promise<void> {
  const table = await openAt(url, flags);
  const query = {
    ...(flags.columns === undefined ? {} : { columns: flags.columns }),
    ...(flags.where === undefined ? {} : { where: flags.where }),
    ...(flags.limit === "all" ? {} : { limit: flags.limit }),
  };
  const format = flags.format ?? (flags.json === true ? "ndjson" : "table");
  switch (format) {
    case "table":
      return showTable(table, query, flags);
    case "ndjson":
      for await (const row of table.rows(query)) await writeOut(`${toJson(row)}\n`);
      return;
    case "csv":
      return showCsv(table, query);
    case "arrow":
      return showArrow(table, query);
    case "parquet":
      return showParquet(table, query);
  }
}

type Query = { readonly columns?: readonly string[]; readonly where?: string; readonly limit?: number };

async function showTable(table: DeltaTable, query: Query, flags: ShowFlags): Promise<void> {
  const columns = shownColumns(table, query).fields.map(({ name }) => name);
  // One row more than is shown tells whether there are more.
  const rows: Row[] = await table.toArray(query.limit === undefined ? query : { ...query, limit: query.limit + 1 });
  const shown = query.limit === undefined ? rows : rows.slice(0, query.limit);
  await writeOut(`${renderTable(columns, shown.map((row) => columns.map((name) => row[name])))}\n`);
  if (flags.quiet === true) return;
  const more = rows.length > shown.length ? ", there are more (--limit all)" : "";
  await writeOut(`${shown.length} rows of version ${table.version}${more}\n`);
}

async function showCsv(table: DeltaTable, query: Query): Promise<void> {
  const { stringify } = await import("csv-stringify/sync");
  const columns = shownColumns(table, query).fields.map(({ name }) => name);
  await writeOut(stringify([columns]));
  for await (const row of table.rows(query)) await writeOut(stringify([columns.map((name) => csvCell(row[name]))], { quoted_string: false, quoted_empty: true }));
}

/** Null is the empty field, empty text is a quoted empty field, nested values are JSON. */
function csvCell(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  const json = toJson(value);
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}

async function showArrow(table: DeltaTable, query: Query): Promise<void> {
  const writer = new RecordBatchStreamWriter();
  const writing = (async () => {
    for await (const chunk of writer) await writeOut(chunk);
  })();
  for await (const batch of table.scan(query)) writer.write(batch);
  writer.close();
  await writing;
}

async function showParquet(table: DeltaTable, query: Query): Promise<void> {
  const { codec, memory } = resources({});
  let size = 0;
  const sink: ObjectWriter = {
    write: async (bytes) => {
      size += bytes.length;
      await writeOut(bytes);
    },
    close: async () => ({ key: "stdout", size, modifiedMs: 0 }),
    abort: async () => {},
  };
  const writer = createParquetWriter({ sink, path: "stdout", schema: shownColumns(table, query), compression: "zstd", formatVersion: "1.0", codec, memory });
  try {
    for await (const batch of table.scan(query)) await writer.write(batch);
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** The columns that a query yields, in its order, in the table's spelling. */
function shownColumns(table: DeltaTable, { columns }: Query): StructType {
  if (columns === undefined) return table.schema;
  const fields = columns.flatMap((name) => table.schema.fields.find((field) => field.name.toLowerCase() === name.toLowerCase()) ?? []);
  return { kind: "struct", fields };
}
