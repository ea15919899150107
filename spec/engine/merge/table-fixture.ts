import type { RecordBatch } from "apache-arrow";
import { systemHost } from "../../../src/base/host.js";
import { createMemoryBudget } from "../../../src/base/memory.js";
import { createDeltaFormat } from "../../../src/delta/delta-format.js";
import type { EngineContext } from "../../../src/engine/context.js";
import type { MergeClause, MergeRowsOptions } from "../../../src/engine/merge.js";
import { readFileRows } from "../../../src/engine/read-file-rows.js";
import { createFileSet } from "../../../src/engine/write-files.js";
import { parseExpression } from "../../../src/expression/parse.js";
import type { ExpressionNode } from "../../../src/expression/expression.js";
import { createInlineCodec } from "../../../src/parquet/codec/codec-inline.js";
import { createFileLocator } from "../../../src/storage/file-locator.js";
import { rowArrayReader } from "../../../src/schema/row-reader.js";
import { batchFromRows } from "../../../src/schema/row-writer.js";
import { parseSchemaText } from "../../../src/schema/type-text.js";
import type { StructType } from "../../../src/schema/types.js";
import { createMemoryStore } from "../../../src/storage/memory-store.js";
import type { DataFile } from "../../../src/table/data-file.js";
import { noMetrics } from "../../../src/table/operation.js";
import { readNothing } from "../../../src/table/pending-commit.js";
import type { Table } from "../../../src/table/table-format.js";

export type PlainRow = Record<string, unknown>;

export interface TableFixture {
  readonly context: EngineContext;
  readonly table: Table;
}

export interface FixtureOptions {
  readonly partitionBy?: readonly string[];
  readonly properties?: Readonly<Record<string, string>>;
  readonly memoryLimit?: number;
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** One codec serves all tables: its instance of WebAssembly is made once. */
const codec = createInlineCodec();

/** A table in memory with one data file (for each partition) per list of rows. */
export async function makeTable(
  schemaText: string,
  files: readonly (readonly PlainRow[])[],
  options: FixtureOptions = {},
): Promise<TableFixture> {
  const store = createMemoryStore();
  const context: EngineContext = {
    host: systemHost,
    store,
    files: createFileLocator(store),
    codec,
    memory: createMemoryBudget(options.memoryLimit ?? 1 << 28),
    logger: silent,
  };
  const format = createDeltaFormat({ store, host: systemHost, codec, logger: silent });
  let table = await format.create({
    schema: parseSchemaText(schemaText),
    partitionBy: options.partitionBy ?? [],
    properties: new Map(Object.entries(options.properties ?? {})),
  });
  for (const rows of files) {
    if (rows.length === 0) continue;
    const { snapshot } = table;
    const set = createFileSet(context, snapshot.writePlan());
    await set.write(batchFromRows(rows, snapshot.schema));
    const pending = {
      operation: { kind: "append" },
      metrics: noMetrics,
      added: await set.finish(),
      removed: [],
      reads: readNothing,
      dataChange: true,
    } as const;
    table = (await table.commit(snapshot, pending)).table;
  }
  return { context, table };
}

export async function filesOf(table: Table): Promise<readonly DataFile[]> {
  const files: DataFile[] = [];
  for await (const group of table.snapshot.plan()) files.push(...group);
  return files;
}

/** The rows of each file, by its path. */
export async function rowsByFile({ context, table }: TableFixture): Promise<ReadonlyMap<string, readonly PlainRow[]>> {
  const { snapshot } = table;
  const read = rowArrayReader(snapshot.schema);
  const byFile = new Map<string, readonly PlainRow[]>();
  for (const file of await filesOf(table)) {
    const rows: PlainRow[] = [];
    for await (const { batch } of readFileRows(context, snapshot, file, { columns: snapshot.schema.fields }))
      rows.push(...(read(batch) as PlainRow[]));
    byFile.set(file.path, rows);
  }
  return byFile;
}

export async function rowsOf(fixture: TableFixture): Promise<readonly PlainRow[]> {
  return [...(await rowsByFile(fixture)).values()].flat();
}

/** Rows as texts in a fixed order: bags of rows are equal when these are. */
export function bag(rows: readonly PlainRow[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value))).toSorted();
}

export async function* batchesOf(schema: string | StructType, ...lists: readonly (readonly PlainRow[])[]): AsyncGenerator<RecordBatch> {
  const type = typeof schema === "string" ? parseSchemaText(schema) : schema;
  for (const rows of lists) yield batchFromRows(rows, type);
}

export function nodes(set: Readonly<Record<string, string>>): Readonly<Record<string, ExpressionNode>> {
  return Object.fromEntries(Object.entries(set).map(([name, sql]) => [name, parseExpression(sql)]));
}

/** A clause in SQL texts. */
export interface ClauseText {
  readonly on: MergeClause["on"];
  readonly action: MergeClause["action"];
  readonly set?: Readonly<Record<string, string>>;
  readonly where?: string;
}

export function clauseOf({ on, action, set, where }: ClauseText): MergeClause {
  const values = set === undefined ? {} : on === "not-matched" ? { values: nodes(set) } : { set: nodes(set) };
  return { on, action, ...values, where: where === undefined ? undefined : parseExpression(where) } as MergeClause;
}

export function mergeOptions(
  source: MergeRowsOptions["source"],
  on: string,
  clauses: readonly ClauseText[],
  more: Partial<MergeRowsOptions> = {},
): MergeRowsOptions {
  return { source, on: parseExpression(on), aliases: { target: "target", source: "source" }, clauses: clauses.map(clauseOf), ...more };
}
