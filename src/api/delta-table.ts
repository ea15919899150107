import type { RecordBatch, Table as ArrowTable } from "apache-arrow";
import { LakeError } from "../base/errors.js";
import { createTaskQueue } from "../base/task-queue.js";
import type { EngineContext, VerbResult } from "../engine/context.js";
import type { Explanation } from "../engine/explain.js";
import { Expression } from "../expression/build.js";
import type { BatchInput } from "../schema/batch-input.js";
import type { Row } from "../schema/row-reader.js";
import type { ColumnNameOf, RowInputOf, RowOf } from "../schema/row-type.js";
import type { SchemaInput } from "../schema/schema-input.js";
import type { StructType } from "../schema/types.js";
import type { Snapshot } from "../table/snapshot.js";
import type { Table } from "../table/table-format.js";
import { Alter } from "./alter.js";
import { appTransaction } from "./app-transaction.js";
import { assignmentNodes } from "./assignments.js";
import type { ChangesOptions } from "./changes.js";
import { deferredGenerator } from "./deferred-generator.js";
import { describeTable } from "./detail.js";
import { laterStatics, laterTableMethods, refuseLaterMethods } from "./later-methods.js";
import { loadEngine, type Engine } from "./load-engine.js";
import { MergeBuilder, type MergeOptions } from "./merge-builder.js";
import type { MergeSource } from "./merge-source.js";
import {
  assertLimit,
  checkOptions,
  type AppendOptions,
  type ConnectOptions,
  type CreateTableOptions,
  type DeleteOptions,
  type HistoryOptions,
  type OpenOptions,
  type OverwriteOptions,
  type Predicate,
  type ReadOptions,
  type SignalOptions,
  type TimeTravel,
  type UpdateOptions,
  type WriteOptions,
} from "./options.js";
import { chosenRows } from "./predicate.js";
import {
  historyRecord,
  writeResult,
  type FileRecord,
  type HistoryRecord,
  type LogFileRecord,
  type TableDetail,
  type WriteResult,
} from "./results.js";
import type { RowsOptions, SelectedRow } from "./row-selection.js";
import type { VerbCall } from "./run-verb.js";
import { connect, connectOptionNames, laterConnectOptions, type Connection } from "./runtime.js";
import { versionRef } from "./time-travel.js";

/**
 * A handle on a Delta table, pinned to one version.
 *
 * Reads see that version to the end of their iteration. A write starts from it, is rebased over rivals, and moves the handle to
 * the version it committed; `refresh` moves it to the newest. Writes on one handle queue up, and one
 * that is made while the rows of another are read is refused (`table/nested-write`). Handles opened at a version or
 * timestamp refuse writes (`table/read-only`). Nothing has to be closed.
 */
export class DeltaTable<R extends object = Row, I extends object = R, S = unknown> {
  readonly #connection: Connection;
  readonly #readOnly: boolean;
  #table: Table;
  readonly #writes = createTaskQueue();

  static {
    refuseLaterMethods(this, "DeltaTable.", laterStatics);
    refuseLaterMethods(this.prototype, "", laterTableMethods);
  }

  /** @internal */
  constructor(connection: Connection, table: Table, readOnly: boolean) {
    this.#connection = connection;
    this.#table = table;
    this.#readOnly = readOnly;
  }

  /**
   * Makes a table, version 0.
   *
   * @throws delta/table-exists  there is one, and `ifExists` is `"error"`
   * @throws schema/*, delta/invalid-property, delta/unsupported-feature  the definition is refused; nothing is written
   */
  static async create<const S extends SchemaInput>(
    url: string,
    options: CreateTableOptions<S, ColumnNameOf<S>>,
  ): Promise<DeltaTable<RowOf<S>, RowInputOf<S>, S>> {
    const connection = connect(url, options ?? {});
    const { createTable } = await loadEngine(connection);
    return new DeltaTable<RowOf<S>, RowInputOf<S>, S>(connection, await createTable(connection, options), false);
  }

  /**
   * Opens the newest version, or the one that `version` or `timestamp` names.
   *
   * @throws delta/not-a-table, delta/no-such-version, delta/timestamp-out-of-range, delta/unsupported-feature
   */
  static async open<R extends object = Row>(url: string, options: OpenOptions = {}): Promise<DeltaTable<R>> {
    checkOptions("DeltaTable.open", options, [...connectOptionNames, "version", "timestamp"], laterConnectOptions);
    const connection = connect(url, options);
    const at = versionRef(options);
    return new DeltaTable<R>(connection, await connection.format.open(at, options.signal), at !== undefined);
  }

  /** Whether there is a table at `url`. */
  static async exists(url: string, options: ConnectOptions = {}): Promise<boolean> {
    checkOptions("DeltaTable.exists", options, connectOptionNames, laterConnectOptions);
    return connect(url, options).format.exists(options.signal);
  }

  get url(): string {
    return this.#connection.url;
  }
  get version(): number {
    return this.#snapshot.version;
  }
  /** When `version` was committed. */
  get timestamp(): Date {
    return new Date(this.#snapshot.timestampMs);
  }
  get schema(): StructType {
    return this.#snapshot.schema;
  }
  get properties(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#snapshot.properties);
  }
  get partitionBy(): readonly string[] {
    return this.#snapshot.partitionBy;
  }

  detail(): Promise<TableDetail> {
    return describeTable(this.#connection.url, this.#table);
  }

  /** Moves the handle to the newest version; reads only what is new. */
  async refresh(): Promise<this> {
    if (this.#readOnly) throw this.#readOnlyError("refresh");
    await this.#enqueue("refresh", async () => {
      this.#table = await this.#table.at("latest");
    });
    return this;
  }

  /** A read-only handle on another version of the table. */
  async at(when: TimeTravel): Promise<DeltaTable<R, I, S>> {
    checkOptions("at", when ?? null, ["version", "timestamp"]);
    const ref = versionRef(when);
    if (ref === undefined) throw new LakeError("usage/invalid-option", "at takes { version } or { timestamp }.");
    return new DeltaTable<R, I, S>(this.#connection, await this.#table.at(ref), true);
  }

  /**
   * The rows as Arrow batches; at least one, so that the schema is known even when no row matches.
   * Leaving the loop early stops the reads under it.
   */
  scan(options: ReadOptions = {}): AsyncGenerator<RecordBatch, void, undefined> {
    return this.#read((engine, snapshot) => engine.scanBatches(this.#context, snapshot, options));
  }

  /** The rows as plain objects. */
  rows<
    C extends string = string,
    L extends "bigint" | "number" | "string" = "bigint",
    D extends "string" | "number" = "string",
    T extends "string" | "date" | "micros" = "string",
    M extends "map" | "object" = "map",
  >(options: RowsOptions<C, L, D, T, M> = {}): AsyncGenerator<SelectedRow<R, S, C, L, D, T, M>, void, undefined> {
    return this.#read((engine, snapshot) => engine.scanRows<SelectedRow<R, S, C, L, D, T, M>>(this.#context, snapshot, options));
  }

  /** All matching rows in one Arrow table, in memory. */
  async toArrow(options: ReadOptions = {}): Promise<ArrowTable> {
    const snapshot = this.#snapshot;
    return (await this.#engine()).arrowTable(this.#context, snapshot, options);
  }

  /** All matching rows as plain objects, in memory. */
  async toArray<
    C extends string = string,
    L extends "bigint" | "number" | "string" = "bigint",
    D extends "string" | "number" = "string",
    T extends "string" | "date" | "micros" = "string",
    M extends "map" | "object" = "map",
  >(options: RowsOptions<C, L, D, T, M> = {}): Promise<SelectedRow<R, S, C, L, D, T, M>[]> {
    const rows: SelectedRow<R, S, C, L, D, T, M>[] = [];
    for await (const row of this.rows(options)) rows.push(row);
    return rows;
  }

  /** How many rows match; read from the log's statistics where they suffice. */
  async count(options: Pick<ReadOptions, "where" | "signal"> = {}): Promise<number> {
    const snapshot = this.#snapshot;
    return (await this.#engine()).count(this.#context, snapshot, options);
  }

  /** The live data files that may hold matching rows. */
  files(options: Pick<ReadOptions, "where" | "signal"> = {}): AsyncGenerator<FileRecord, void, undefined> {
    return this.#read((engine, snapshot) => engine.files(this.#context, snapshot, options));
  }

  /** What a scan would read and what skipping saves: files, row groups and bytes, total and kept, and why. */
  async explain(options: Pick<ReadOptions, "columns" | "where" | "signal"> = {}): Promise<Explanation> {
    const snapshot = this.#snapshot;
    return (await this.#engine()).explain(this.#context, snapshot, options);
  }

  /**
   * Adds rows. Rows of plain objects are checked against the schema; Arrow columns are matched by name and cast as Spark's
   * store assignment does. No rows: no commit.
   */
  async append(data: BatchInput<I>, options: AppendOptions = {}): Promise<WriteResult> {
    checkOptions("append", options, ["mergeSchema", "txn", ...writeOptionNames]);
    const transaction = appTransaction("append", options.txn);
    return this.#write(
      "append",
      options,
      ({ engine, context, table, verb }) =>
        engine.appendRows(context, table, {
          ...verb,
          data: engine.toBatches(data, {
            schema: table.snapshot.schema,
            allowUnknown: options.mergeSchema === true,
            signal: verb.signal,
          }),
          mergeSchema: options.mergeSchema === true,
          transaction,
        }),
      data,
    );
  }

  /** Replaces the rows of the table, or with `where` the rows that match. Always commits. */
  async overwrite(data: BatchInput<I>, options: OverwriteOptions = {}): Promise<WriteResult> {
    checkOptions("overwrite", options, ["where", "schema", "txn", ...writeOptionNames], {
      partitions: "dynamic partition overwrite",
      mergeSchema: 'schema evolution on overwrite (use schema: "overwrite")',
    });
    const replacesSchema = overwritesSchema(options);
    const where = chosenRows("overwrite", options);
    const transaction = appTransaction("overwrite", options.txn);
    return this.#write(
      "overwrite",
      options,
      ({ engine, context, table, verb }) =>
        engine.overwriteRows(context, table, {
          ...verb,
          data: engine.toBatches(data, { schema: replacesSchema ? undefined : table.snapshot.schema, signal: verb.signal }),
          where,
          schema: replacesSchema ? "overwrite" : undefined,
          transaction,
        }),
      data,
    );
  }

  /** Deletes every row. */
  delete(): Promise<WriteResult>;
  /** Deletes the rows for which the predicate is true. None: no commit. */
  delete(rows: Predicate | DeleteOptions): Promise<WriteResult>;
  async delete(...given: readonly (Predicate | DeleteOptions)[]): Promise<WriteResult> {
    const [rows = given.length === 0 ? {} : { where: undefined }] = given as readonly (Predicate | DeleteOptions | undefined)[];
    const options = (typeof rows === "string" || rows instanceof Expression ? { where: rows } : rows) as DeleteOptions;
    checkOptions("delete", options, ["where", ...writeOptionNames]);
    const where = chosenRows("delete", options);
    return this.#write("delete", options, ({ engine, context, table, verb }) => engine.deleteRows(context, table, { ...verb, where }));
  }

  /** Changes the rows for which the predicate is true. None: no commit. */
  async update(options: UpdateOptions): Promise<WriteResult> {
    checkOptions("update", options ?? null, ["set", "where", ...writeOptionNames]);
    const set = assignmentNodes("update", "set", options.set);
    const where = chosenRows("update", options);
    return this.#write("update", options, ({ engine, context, table, verb }) =>
      engine.updateRows(context, table, { ...verb, set, where }),
    );
  }

  /**
   * The newest version that writes with this `appId` in their `txn` have put into the handle's version of the table: where a
   * consumer goes on after a restart. `undefined`: none.
   */
  async txnVersion(appId: string, options: SignalOptions = {}): Promise<bigint | undefined> {
    checkOptions("txnVersion", options, ["signal"]);
    const { snapshot } = this.#table;
    await this.#engine();
    return snapshot.transactionVersion(appId, options.signal);
  }

  /** Begins an upsert; nothing happens before its `execute()`. */
  merge<B extends BatchInput<object>>(options: MergeOptions<MergeSource<B, I>>): MergeBuilder {
    return new MergeBuilder(options, (name, writeOptions, run) => this.#write(name, writeOptions, run, options.source));
  }

  /**
   * The rows that versions changed, oldest version first, as Arrow batches: the table's columns as they are at the last of the
   * versions, then `_change_type` (`insert`, `delete`, `update_preimage`, `update_postimage`), `_commit_version` and `_commit_timestamp`.
   * At least one batch. The versions do not depend on the handle's own. A table records its changes while its property
   * `delta.enableChangeDataFeed` is true.
   */
  changes(options: ChangesOptions): AsyncGenerator<RecordBatch, void, undefined> {
    const table = this.#table;
    return deferredGenerator(async () => {
      const engine = await this.#engine();
      return engine.changeBatches(this.#context, table, engine.changeRange(options), options.signal);
    });
  }

  /** The versions of the table, newest first. */
  async history(options: HistoryOptions = {}): Promise<HistoryRecord[]> {
    checkOptions("history", options, ["limit", "signal"]);
    assertLimit("history", options.limit);
    if (options.limit === 0) return [];
    const entries: HistoryRecord[] = [];
    for await (const entry of this.#table.history(options)) entries.push(historyRecord(entry));
    return entries;
  }

  /** Writes a checkpoint of the handle's version, so that opening the table reads less. */
  async checkpoint(options: SignalOptions = {}): Promise<void> {
    checkOptions("checkpoint", options, ["signal"]);
    if (this.#readOnly) throw this.#readOnlyError("checkpoint");
    return this.#enqueue("checkpoint", async () => {
      await this.#engine();
      await this.#table.checkpoint(options.signal);
    });
  }

  /** The log files that make up the handle's version, oldest first: for people who look under the hood. */
  async logFiles(): Promise<LogFileRecord[]> {
    const files = await this.#table.logFiles();
    return files.map(({ path, kind, version, size, modifiedMs }) => ({ path, kind, version, size, modified: new Date(modifiedMs) }));
  }

  /** Changes of the table's definition. */
  get alter(): Alter {
    return new Alter((name, options, run) => this.#write(name, options, run));
  }

  /** Waits for the writes that are under way. Nothing has to be disposed of; this exists for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writes.settled();
  }

  get #context(): EngineContext {
    return this.#connection.context;
  }
  get #snapshot(): Snapshot {
    return this.#table.snapshot;
  }

  #engine(): Promise<Engine> {
    return loadEngine(this.#connection);
  }

  /** A read of the version that the handle has at the call, whenever the reading begins. */
  #read<T>(start: (engine: Engine, snapshot: Snapshot) => AsyncGenerator<T, void, undefined>): AsyncGenerator<T, void, undefined> {
    const snapshot = this.#snapshot;
    return deferredGenerator(async () => start(await this.#engine(), snapshot));
  }

  #readOnlyError(call: string): LakeError {
    return new LakeError(
      "table/read-only",
      `${call} needs the newest version, but this handle is fixed to version ${this.version} of ${this.url}. ` +
        "Open the table without a version or timestamp.",
      { call, version: this.version, url: this.url },
    );
  }

  /** @param data  what the write reads, which may run code of the caller */
  async #write(call: string, options: WriteOptions, run: (call: VerbCall) => Promise<VerbResult>, data?: unknown): Promise<WriteResult> {
    if (this.#readOnly) throw this.#readOnlyError(call);
    const { signal, userMetadata, onProgress } = options;
    const work = async (): Promise<WriteResult> => {
      const engine = await this.#engine();
      const { context, maxAttempts, isolation } = this.#connection;
      const verb = { signal, userMetadata, onProgress, maxAttempts, isolation };
      const result = await run({ engine, context, table: this.#table, verb });
      this.#table = result.table;
      return writeResult(result);
    };
    return this.#enqueue(call, work, onProgress !== undefined || mayCallBack(data));
  }

  /** @throws table/nested-write  the running write of this handle would wait for its own end */
  #enqueue<T>(call: string, task: () => Promise<T>, callsBack = false): Promise<T> {
    const refusal = (): LakeError => {
      const { url } = this;
      return new LakeError(
        "table/nested-write",
        `${call} was called by what another write of the same handle is waiting for, such as the rows it reads: writes of one handle ` +
          `wait for each other, so neither would end. Open ${url} a second time and write there, or write before or after.`,
        { call, url },
      );
    };
    return this.#writes.run(task, refusal, callsBack);
  }
}

/** Whether reading `data` runs code that is not ours: a generator's, a stream's. */
function mayCallBack(data: unknown): boolean {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return false;
  // An Arrow table or batch, of whichever copy of the library.
  return !("schema" in data && "numRows" in data);
}

const writeOptionNames = ["userMetadata", "signal", "onProgress"] as const;

function overwritesSchema(options: OverwriteOptions): boolean {
  if (options.schema === undefined) return false;
  if (options.schema !== "overwrite") {
    throw new LakeError(
      "usage/invalid-option",
      `The option schema of overwrite is "overwrite" or left out, found ${JSON.stringify(options.schema)}.`,
    );
  }
  if (options.where !== undefined) {
    throw new LakeError(
      "usage/invalid-option",
      'overwrite takes either where or schema: "overwrite": rows that stay have the old schema.',
    );
  }
  return true;
}
