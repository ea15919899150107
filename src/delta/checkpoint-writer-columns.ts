import type { RecordBatch, Schema } from "apache-arrow";
import { isNullAt } from "../columnar/access.js";
import { batchOf } from "../columnar/batch.js";
import { nullColumn } from "../columnar/build.js";
import type { Column } from "../columnar/column.js";
import { take } from "../columnar/take.js";
import { createMemoryBudget } from "../base/memory.js";
import { readFooter } from "../parquet/metadata/footer.js";
import { storeRangeReader } from "../parquet/range-reader.js";
import { createParquetWriter, type ParquetFileWriter } from "../parquet/write/write-file.js";
import { toArrowSchema } from "../schema/arrow-mapping.js";
import { longReader } from "../schema/cells.js";
import { field, struct } from "../schema/data-types.js";
import { batchFromRows } from "../schema/row-writer.js";
import type { StructType } from "../schema/types.js";
import { actionRows, checkpointAddWriter, type ActionRows, type CheckpointAddWriter } from "./checkpoint-writer-adds.js";
import { unreadableCheckpoint, type CheckpointCounts, type CheckpointSink } from "./checkpoint-sink.js";
import { readCheckpointHead } from "./checkpoint-reader.js";
import { structChild } from "./checkpoint-rows.js";
import type { DeltaContext } from "./delta-context.js";
import { newestFirst, readCommits } from "./log-store.js";
import type { AddFile, RemoveFile } from "./protocol/actions.js";
import { domainMetadataType, metadataType, protocolType, removeType, txnType } from "./protocol/checkpoint-schema.js";
import { properties, readProperty } from "./protocol/properties.js";
import { isForgotten } from "./protocol/txn-retention.js";
import { createNonFileReconciler, type NonFileState } from "./protocol/reconcile.js";
import { replayFiles, type FileGroup } from "./replay.js";
import type { TableState } from "./table-state.js";

interface EncodeOptions {
  readonly sink: CheckpointSink;
  readonly key: string;
  readonly signal?: AbortSignal | undefined;
}

/** What a row group may take while it is put together; checkpoints are written beside the work that caused them. */
const rowGroupBytes = 32 << 20;
const memoryBytes = 256 << 20;

/** Streams the actions in force to `sink` as one Parquet file: the few that are no files first, then adds and tombstones. */
export async function encodeCheckpoint(
  context: DeltaContext,
  state: TableState,
  { sink, key, signal }: EncodeOptions,
): Promise<CheckpointCounts> {
  const { configuration } = state;
  const adds = checkpointAddWriter(configuration);
  const schema = struct([
    field("txn", txnType),
    field("add", adds.writeType),
    field("remove", removeType),
    field("metaData", metadataType),
    field("protocol", protocolType),
    field("domainMetadata", domainMetadataType),
  ]);
  const writer = createParquetWriter({
    sink,
    path: key,
    schema,
    compression: readProperty(configuration.metadata.configuration, properties.compression),
    formatVersion: readProperty(configuration.metadata.configuration, properties.formatVersion),
    targetRowGroupBytes: rowGroupBytes,
    codec: context.codec,
    memory: createMemoryBudget(memoryBytes),
    signal,
  });
  try {
    const counts = await writeActions(context, state, { writer, schema, adds, signal });
    const { size } = await writer.close();
    return { ...counts, sizeInBytes: size };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

interface ActionWriter {
  readonly writer: ParquetFileWriter;
  readonly schema: StructType;
  readonly adds: CheckpointAddWriter;
  readonly signal: AbortSignal | undefined;
}

async function writeActions(
  context: DeltaContext,
  state: TableState,
  target: ActionWriter,
): Promise<Omit<CheckpointCounts, "sizeInBytes">> {
  const { configuration } = state;
  const { writer, schema, signal } = target;
  const arrowSchema = toArrowSchema(schema);
  const nowMs = context.host.now();
  const head = headRows(await nonFileState(context, state, signal), state, nowMs);
  await writer.write(batchFromRows(head, schema));
  let size = head.length;
  let numOfAddFiles = 0;
  const keepAfterMs = nowMs - readProperty(configuration.metadata.configuration, properties.deletedFileRetentionMs);
  for await (const whole of joined(replayFiles(context, state, { add: target.adds.readType, remove: removeType, signal }))) {
    for (const group of pieces(whole)) {
      const adds = target.adds.rows(group);
      const batch = fileBatch(arrowSchema, schema, adds, tombstones(group, keepAfterMs));
      if (batch.numRows === 0) continue;
      await writer.write(batch);
      size += batch.numRows;
      numOfAddFiles += adds.rows.length;
    }
  }
  return { size, numOfAddFiles };
}

/** Actions of a commit are objects; a few at a time become columns. */
const PIECE_ACTIONS = 1 << 14;

/** Commits have few actions each, and columns cost by the batch: those of many commits become one group. */
async function* joined(groups: AsyncIterable<FileGroup>): AsyncGenerator<FileGroup> {
  let adds: AddFile[] = [];
  let removes: RemoveFile[] = [];
  let file = "";
  const waiting = (): boolean => adds.length > 0 || removes.length > 0;
  const taken = (): FileGroup => {
    const group = { kind: "actions", file, adds, removes } as const;
    adds = [];
    removes = [];
    return group;
  };
  for await (const group of groups) {
    if (group.kind !== "actions") {
      if (waiting()) yield taken();
      yield group;
      continue;
    }
    for (const add of group.adds) adds.push(add);
    for (const remove of group.removes) removes.push(remove);
    file = group.file;
    if (adds.length + removes.length >= PIECE_ACTIONS) yield taken();
  }
  if (waiting()) yield taken();
}

function* pieces(group: FileGroup): Generator<FileGroup> {
  if (group.kind === "rows") {
    yield group;
    return;
  }
  const { adds, removes } = group;
  for (let at = 0; at < Math.max(adds.length, removes.length); at += PIECE_ACTIONS) {
    yield { ...group, adds: adds.slice(at, at + PIECE_ACTIONS), removes: removes.slice(at, at + PIECE_ACTIONS) };
  }
}

/** Adds, then removes; each column is null in the rows of the other. */
function fileBatch(arrowSchema: Schema, schema: StructType, adds: ActionRows, removes: ActionRows): RecordBatch {
  const length = adds.rows.length + removes.rows.length;
  const addRows = new Int32Array(length).fill(-1);
  addRows.set(adds.rows);
  const removeRows = new Int32Array(length).fill(-1);
  removeRows.set(removes.rows, adds.rows.length);
  const columns = schema.fields.map(({ name, type }): Column => {
    if (name === "add") return take(adds.column, addRows);
    if (name === "remove") return take(removes.column, removeRows);
    return nullColumn(type, length);
  });
  return batchOf(arrowSchema, columns, length);
}

/** PROTOCOL.md "Checkpoints": removes that have not expired; `stats` and `tags` are not for checkpoints. */
function tombstones(group: FileGroup, keepAfterMs: number): ActionRows {
  if (group.kind === "actions") {
    const kept = group.removes.filter(({ deletionTimestamp }) => (deletionTimestamp ?? 0) > keepAfterMs);
    return actionRows(kept.map(removeRow), "remove", removeType);
  }
  const { remove, removeType: type } = group.rows;
  const deletedAt = remove === undefined || type === undefined ? undefined : structChild(type, remove, "deletionTimestamp");
  if (remove === undefined || deletedAt === undefined) return actionRows([], "remove", removeType);
  const read = longReader(deletedAt);
  const limit = BigInt(Math.floor(keepAfterMs));
  return { column: remove, rows: group.removes.filter((row) => !isNullAt(deletedAt, row) && read(row) > limit) };
}

function removeRow(remove: RemoveFile): object {
  const {
    path,
    deletionTimestamp,
    dataChange,
    extendedFileMetadata,
    partitionValues,
    size,
    deletionVector,
    baseRowId,
    defaultRowCommitVersion,
  } = remove;
  return {
    path,
    deletionTimestamp,
    dataChange,
    extendedFileMetadata,
    partitionValues,
    size,
    deletionVector,
    baseRowId,
    defaultRowCommitVersion,
  };
}

/** Protocol, metadata, transaction identifiers and domains of the version. */
async function nonFileState(context: DeltaContext, { segment }: TableState, signal: AbortSignal | undefined): Promise<NonFileState> {
  const reconciler = createNonFileReconciler();
  for await (const { actions } of readCommits(context, newestFirst(segment.commits), signal)) reconciler.take(actions);
  if (segment.checkpoint !== undefined) {
    const { txns, domains } = await readCheckpointHead(context, segment.checkpoint, ["txns", "domains"], signal);
    reconciler.take({ txns, domains });
  }
  return reconciler.state();
}

function headRows(
  { txns, domains }: NonFileState,
  { configuration }: TableState,
  nowMs: number,
): readonly Readonly<Record<string, unknown>>[] {
  const { protocol, metadata } = configuration;
  const { id, name, description, format, schemaString, partitionColumns, createdTime, configuration: settings } = metadata;
  return [
    { protocol: { ...protocol } },
    { metaData: { id, name, description, format: { ...format }, schemaString, partitionColumns, createdTime, configuration: settings } },
    ...txns.filter((txn) => !isForgotten(txn, configuration.metadata.configuration, nowMs)).map((txn) => ({ txn: { ...txn } })),
    ...domains.map((domain) => ({ domainMetadata: { ...domain } })),
  ];
}

/** Reads the footer of a checkpoint that was just written. @throws delta/corrupt-checkpoint */
export async function assertReadsBack(
  context: DeltaContext,
  file: { readonly key: string; readonly size: number },
  actions: number,
  signal?: AbortSignal,
): Promise<void> {
  const rows = await readFooter(storeRangeReader(context.store, file), signal).then(
    ({ metadata }) => metadata.rowGroups.reduce((sum, group) => sum + group.rowCount, 0),
    (error: unknown) => {
      throw unreadableCheckpoint(file.key, String(error), error);
    },
  );
  if (rows !== actions) throw unreadableCheckpoint(file.key, `it has ${rows} rows for ${actions} actions`);
}
