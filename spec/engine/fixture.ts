import type { RecordBatch } from "apache-arrow";
import { systemHost } from "../../src/base/host.js";
import { createMemoryBudget } from "../../src/base/memory.js";
import { silentLogger } from "../../src/base/logger.js";
import { createDeltaFormat } from "../../src/delta/delta-format.js";
import { appendRows } from "../../src/engine/append.js";
import type { EngineContext } from "../../src/engine/context.js";
import { scan, type ScanOptions } from "../../src/engine/scan.js";
import type { ExpressionNode } from "../../src/expression/expression.js";
import { parseExpression } from "../../src/expression/parse.js";
import { createInlineCodec } from "../../src/parquet/codec/codec-inline.js";
import { createFileLocator } from "../../src/storage/file-locator.js";
import { fromArrowSchema } from "../../src/schema/arrow-mapping.js";
import { rowReader, type Row } from "../../src/schema/row-reader.js";
import { batchFromRows } from "../../src/schema/row-writer.js";
import { parseSchemaText } from "../../src/schema/type-text.js";
import type { StructType } from "../../src/schema/types.js";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import type { ObjectStore } from "../../src/storage/object-store.js";
import type { Snapshot } from "../../src/table/snapshot.js";
import type { Table, TableFormat } from "../../src/table/table-format.js";

/** One codec serves all specs of a file: its WebAssembly is made once. */
const codec = createInlineCodec();

export interface Fixture {
  readonly context: EngineContext;
  readonly store: ObjectStore;
  readonly format: TableFormat;
}

export function openFixture(store: ObjectStore = createMemoryStore(), memoryLimit = 1 << 28): Fixture {
  const files = createFileLocator(store);
  const memory = createMemoryBudget(memoryLimit);
  const context: EngineContext = { host: systemHost, store, files, codec, memory, logger: silentLogger };
  return { context, store, format: createDeltaFormat({ store, host: systemHost, codec }) };
}

export interface TableSpec {
  readonly partitionBy?: readonly string[];
  readonly properties?: Readonly<Record<string, string>>;
}

export const schemaOf = (schema: string | StructType): StructType => (typeof schema === "string" ? parseSchemaText(schema) : schema);

export function createTable(
  { format }: Fixture,
  schema: string | StructType,
  { partitionBy = [], properties = {} }: TableSpec = {},
): Promise<Table> {
  return format.create({ schema: schemaOf(schema), partitionBy, properties: new Map(Object.entries(properties)) });
}

export const sql = (text: string): ExpressionNode => parseExpression(text);

export function batch(schema: string | StructType, rows: readonly Row[]): RecordBatch {
  return batchFromRows(rows, schemaOf(schema));
}

/** Appends each list of rows as one commit. */
export async function append({ context }: Fixture, table: Table, ...commits: readonly (readonly Row[])[]): Promise<Table> {
  let last = table;
  for (const rows of commits) last = (await appendRows(context, last, { data: [batch(last.snapshot.schema, rows)] })).table;
  return last;
}

export async function rowsOf(
  { context }: Fixture,
  snapshot: Snapshot,
  options: Omit<ScanOptions, "where"> & { readonly where?: string } = {},
): Promise<Row[]> {
  const { where, ...rest } = options;
  const rows: Row[] = [];
  for await (const each of scan(context, snapshot, { ...rest, where: where === undefined ? undefined : sql(where) })) {
    rows.push(...rowReader(fromArrowSchema(each.schema))(each));
  }
  return rows;
}

export async function filesOf(snapshot: Snapshot): Promise<readonly { readonly path: string; readonly rowCount: number | undefined }[]> {
  const files = [];
  for await (const group of snapshot.plan()) for (const { path, rowCount } of group) files.push({ path, rowCount });
  return files;
}

/** Keys of the store that are no log files. */
export async function dataKeys({ store }: Fixture): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list()) if (!key.startsWith("_delta_log/")) keys.push(key);
  return keys;
}

/** Rows as texts in an order of their own: two bags are equal when these are. */
export function bagOf(rows: readonly unknown[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row, comparable)).sort();
}

function comparable(this: unknown, _: string, value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Map) return { map: [...value].map((entry) => JSON.stringify(entry, comparable)).sort() };
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return Object.is(value, -0) ? "-0" : value;
}
