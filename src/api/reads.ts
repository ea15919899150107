import { Table as ArrowTable, type RecordBatch } from "apache-arrow";
import type { EngineContext } from "../engine/context.js";
import { countRows } from "../engine/count.js";
import { explainScan, type Explanation } from "../engine/explain.js";
import { listFiles } from "../engine/list-files.js";
import { scan } from "../engine/scan.js";
import type { RowOptions } from "../schema/row-options.js";
import { rowReader } from "../schema/row-reader.js";
import type { StructType } from "../schema/types.js";
import type { DataFile } from "../table/data-file.js";
import type { Snapshot } from "../table/snapshot.js";
import { fileRecord } from "./file-record.js";
import { checkOptions, type ReadOptions } from "./options.js";
import { predicateNode } from "./predicate.js";
import type { FileRecord } from "./results.js";

export type { Explanation } from "../engine/explain.js";

const readOptionNames = ["columns", "where", "limit", "signal"] as const;
/** Options that may be there and undefined, which is as if they were not. */
type UnsetRowOptions = { readonly [K in keyof RowOptions]: RowOptions[K] | undefined };

const rowOptionNames = ["long", "decimal", "timestamp", "map"] as const;
const laterReadOptions = { variant: "the variant type" } as const;

export function scanBatches(
  context: EngineContext,
  snapshot: Snapshot,
  options: ReadOptions,
): AsyncGenerator<RecordBatch, void, undefined> {
  checkOptions("scan", options, readOptionNames, laterReadOptions);
  return scan(context, snapshot, { ...options, where: predicateNode(options.where) });
}

export async function* scanRows<R>(
  context: EngineContext,
  snapshot: Snapshot,
  options: ReadOptions & UnsetRowOptions,
): AsyncGenerator<R, void, undefined> {
  checkOptions("rows", options, [...readOptionNames, ...rowOptionNames], laterReadOptions);
  const { columns, where, limit, signal } = options;
  let read: ((batch: RecordBatch) => Iterable<unknown>) | undefined;
  for await (const batch of scan(context, snapshot, { columns, where: predicateNode(where), limit, signal })) {
    read ??= rowReader(projectedSchema(snapshot.schema, batch), options as RowOptions);
    for (const row of read(batch)) yield row as R;
  }
}

export async function arrowTable(context: EngineContext, snapshot: Snapshot, options: ReadOptions): Promise<ArrowTable> {
  checkOptions("toArrow", options, readOptionNames, laterReadOptions);
  const batches: RecordBatch[] = [];
  for await (const batch of scan(context, snapshot, { ...options, where: predicateNode(options.where) })) batches.push(batch);
  return new ArrowTable(batches);
}

export function count(context: EngineContext, snapshot: Snapshot, options: Pick<ReadOptions, "where" | "signal">): Promise<number> {
  checkOptions("count", options, ["where", "signal"]);
  return countRows(context, snapshot, { where: predicateNode(options.where), signal: options.signal });
}

export async function* files(
  context: EngineContext,
  snapshot: Snapshot,
  options: Pick<ReadOptions, "where" | "signal">,
): AsyncGenerator<FileRecord, void, undefined> {
  checkOptions("files", options, ["where", "signal"]);
  const listed: AsyncIterable<DataFile> = listFiles(context, snapshot, { where: predicateNode(options.where), signal: options.signal });
  for await (const file of listed) yield fileRecord(file, snapshot.schema, snapshot.partitionBy);
}

export function explain(
  context: EngineContext,
  snapshot: Snapshot,
  options: Pick<ReadOptions, "columns" | "where" | "signal">,
): Promise<Explanation> {
  checkOptions("explain", options, ["columns", "where", "signal"]);
  return explainScan(context, snapshot, { columns: options.columns, where: predicateNode(options.where), signal: options.signal });
}

/** The table's fields that a batch of a scan carries, in the batch's order. */
function projectedSchema(schema: StructType, batch: RecordBatch): StructType {
  const byName = new Map(schema.fields.map((field) => [field.name, field]));
  return { kind: "struct", fields: batch.schema.fields.flatMap(({ name }) => byName.get(name) ?? []) };
}
