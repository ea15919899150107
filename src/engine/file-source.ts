import type { RecordBatch, Schema } from "apache-arrow";
import { assert } from "../base/assert.js";
import { batchOf, columnsOf } from "../columnar/batch.js";
import { constantColumn } from "../columnar/build.js";
import { conjunction, conjuncts } from "../expression/conjuncts.js";
import type { BoundExpression } from "../expression/expression.js";
import { referencedSlots, remapSlots } from "../expression/references.js";
import { readFooter, type ParquetFooter } from "../parquet/metadata/footer.js";
import { planRead } from "../parquet/read/plan-read.js";
import { storeRangeReader, type RangeReader } from "../parquet/range-reader.js";
import { readParquet, type ReadColumn } from "../parquet/read/read-file.js";
import type { ReadPlan } from "../parquet/read/read-plan.js";
import { toArrowSchema } from "../schema/arrow-mapping.js";
import type { Field } from "../schema/types.js";
import type { Value } from "../schema/value.js";
import type { DataFile } from "../table/data-file.js";
import type { ColumnBinding, Snapshot } from "../table/snapshot.js";
import type { EngineContext } from "./context.js";
import { liveRows } from "./live-rows.js";
import { openReadWindow } from "./read-window.js";

/** Some rows of one file, in the file's order. */
export interface FileRows {
  /** One column per slot that was asked for, in the Arrow mapping of its field's type. */
  readonly batch: RecordBatch;
  /** Physical number of the first row. */
  readonly firstRow: number;
  /** Physical numbers of the rows when they do not simply count on from `firstRow`. */
  readonly rows: Int32Array | undefined;
}

/** One data file with its columns found. Slots are positions in `columns`. */
export interface FileSource {
  /** Whether the column is read from the file; else every row of the file has `constant(slot)`. */
  isStored(slot: number): boolean;
  constant(slot: number): Value;
  /** The columns `slots`, in this order. */
  read(slots: readonly number[], options?: SourceReadOptions): AsyncGenerator<FileRows, void, undefined>;
  /** What `read` would fetch; reads the footer only. */
  plan(slots: readonly number[], options?: SourceReadOptions): Promise<ReadPlan>;
}

export interface SourceReadOptions {
  /** Bound to `tableScope(columns)`. Saves reading only: rows for which it is not true may still be given. */
  readonly prune?: BoundExpression | undefined;
  /** Ascending physical row numbers: no other row is given. */
  readonly rows?: Int32Array | undefined;
}

/** Rows of a batch that is made of partition values only. */
const CONSTANT_BATCH_ROWS = 1 << 16;

/** A data file's bytes, by ranges. @throws storage/location-not-allowed  it lies where the table may not read */
export function dataFileReader(context: EngineContext, file: DataFile): RangeReader {
  const { store, key } = context.files.locate(file.path);
  return storeRangeReader(store, { key, size: file.size });
}

export function openFileSource(
  context: EngineContext,
  snapshot: Snapshot,
  file: DataFile,
  options: { readonly columns: readonly Field[]; readonly signal?: AbortSignal | undefined },
): FileSource {
  const { columns, signal } = options;
  const bindings = snapshot.bind(file, columns);
  const reader = dataFileReader(context, file);
  // One footer and one set of deleted rows serve every read of the file.
  const footerOnce = once(() => readFooter(reader, signal));
  const deletesOnce = once(() => snapshot.deletedRows(file, signal));
  const isStored = (slot: number): boolean => bindingAt(bindings, slot).from.kind === "file";

  async function* read(slots: readonly number[], options: SourceReadOptions = {}): AsyncGenerator<FileRows, void, undefined> {
    const deleted = file.rowDeletes === undefined ? undefined : await deletesOnce();
    if (deleted === undefined) yield* readPhysical(slots, options);
    else yield* liveRows(deleted, options, (narrowed) => readPhysical(slots, narrowed));
  }

  async function* readPhysical(slots: readonly number[], { prune, rows }: SourceReadOptions): AsyncGenerator<FileRows, void, undefined> {
    const wanted = slots.map((slot) => bindingAt(bindings, slot));
    const schema = toArrowSchema({ kind: "struct", fields: wanted.map(({ field }) => field) });
    const stored = slots.filter(isStored);
    if (stored.length === 0) {
      const total = rows?.length ?? file.rowCount ?? rowCountOf(await footerOnce());
      yield* constantRows(schema, wanted, total, rows);
      return;
    }
    const found = await footerOnce();
    const columns = stored.map((slot) => readColumn(bindingAt(bindings, slot)));
    const window = openReadWindow(context, found, columns);
    try {
      const { codec } = context;
      const where = storedPart(prune, stored);
      const options = { codec, footer: found, columns, where, rows, readAhead: window.rowGroups, signal };
      for await (const piece of readParquet(reader, options)) {
        yield { batch: withConstants(schema, wanted, piece.batch), firstRow: piece.firstRow, rows: piece.rows };
      }
    } finally {
      window.close();
    }
  }

  async function plan(slots: readonly number[], { prune, rows }: SourceReadOptions = {}): Promise<ReadPlan> {
    const stored = slots.filter(isStored);
    const columns = stored.map((slot) => readColumn(bindingAt(bindings, slot)));
    const { parallelism } = context.codec;
    const planned = await planRead(reader, await footerOnce(), { columns, where: storedPart(prune, stored), rows, parallelism, signal });
    return planned.plan;
  }

  return {
    plan,
    isStored,
    constant: (slot) => {
      const { from } = bindingAt(bindings, slot);
      assert(from.kind === "constant", "only a column that is not stored has a constant");
      return from.value;
    },
    read,
  };
}

/** What `make` gives, made at the first call. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function bindingAt(bindings: readonly ColumnBinding[], slot: number): ColumnBinding {
  const binding = bindings[slot];
  assert(binding !== undefined, `slot ${slot} is one of the ${bindings.length} bound columns`);
  return binding;
}

function rowCountOf(footer: ParquetFooter): number {
  return footer.metadata.rowGroups.reduce((sum, group) => sum + group.rowCount, 0);
}

/** How a stored column is found in its file. */
export function readColumn({ field, from }: ColumnBinding): ReadColumn {
  assert(from.kind === "file", "only stored columns are read");
  return { name: field.name, field, matchBy: from.matchBy, nameInFile: from.nameInFile };
}

/** The part of `prune` that can be judged by the stored columns alone, bound to their positions in `stored`. */
function storedPart(prune: BoundExpression | undefined, stored: readonly number[]): BoundExpression | undefined {
  if (prune === undefined) return undefined;
  const usable = conjuncts(prune).filter((part) => [...referencedSlots(part)].every((slot) => stored.includes(slot)));
  return usable.length === 0 ? undefined : remapSlots(conjunction(usable), (slot) => stored.indexOf(slot));
}

function withConstants(schema: Schema, wanted: readonly ColumnBinding[], stored: RecordBatch): RecordBatch {
  const { numRows } = stored;
  if (wanted.every(({ from }) => from.kind === "file")) return batchOf(schema, columnsOf(stored), numRows);
  const columns = columnsOf(stored).values();
  const assembled = wanted.map(({ field, from }) => {
    if (from.kind === "constant") return constantColumn(field.type, from.value, numRows);
    const { value } = columns.next();
    assert(value !== undefined, "every stored column was read");
    return value;
  });
  return batchOf(schema, assembled, numRows);
}

function* constantRows(
  schema: Schema,
  wanted: readonly ColumnBinding[],
  total: number,
  rows: Int32Array | undefined,
): Generator<FileRows> {
  for (let start = 0; start < total; start += CONSTANT_BATCH_ROWS) {
    const length = Math.min(CONSTANT_BATCH_ROWS, total - start);
    const columns = wanted.map(({ field, from }) => constantColumn(field.type, from.kind === "constant" ? from.value : null, length));
    const numbers = rows?.subarray(start, start + length);
    yield { batch: batchOf(schema, columns, length), firstRow: numbers?.[0] ?? start, rows: numbers };
  }
}
