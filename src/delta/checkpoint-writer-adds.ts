import { columnsOf } from "../columnar/batch.js";
import { structColumn } from "../columnar/build.js";
import type { Column } from "../columnar/column.js";
import { take } from "../columnar/take.js";
import { assert } from "../base/assert.js";
import type { Bounds } from "../expression/bounds.js";
import { toArrowType } from "../schema/arrow-mapping.js";
import { field, isTimestamp, struct } from "../schema/data-types.js";
import { rowValue } from "../schema/row-reader.js";
import { batchFromRows } from "../schema/row-writer.js";
import type { DataType, Field, StructType } from "../schema/types.js";
import type { Value } from "../schema/value.js";
import { addSource } from "./add-sources.js";
import { checkpointAdds } from "./checkpoint-adds.js";
import { structChild } from "./checkpoint-rows.js";
import type { AddSource } from "./data-file-view.js";
import type { AddFile } from "./protocol/actions.js";
import { addFields, parsedPartitionType, parsedStatsType } from "./protocol/checkpoint-schema.js";
import { decodePartitionValue } from "./protocol/partition-value.js";
import { properties, readProperty } from "./protocol/properties.js";
import { statsColumns } from "./protocol/stats-columns.js";
import { encodeStats } from "./protocol/stats-encode.js";
import type { TableConfiguration } from "./protocol/table-configuration.js";
import type { FileGroup } from "./replay.js";

/** Rows of one kind of action, as a struct column. */
export interface ActionRows {
  readonly column: Column;
  readonly rows: Int32Array;
}

/** How the adds of a table are written into a checkpoint. */
export interface CheckpointAddWriter {
  /** What replay has to read of them. */
  readonly readType: StructType;
  /** The column `add` of the checkpoint. */
  readonly writeType: StructType;
  rows(group: FileGroup): ActionRows;
}

const { stats: statsField, ...plainFields } = addFields;

/**
 * PROTOCOL.md "Checkpoints": `stats` as JSON where `delta.checkpoint.writeStatsAsJson` (default true), `stats_parsed` and
 * `partitionValues_parsed` where `delta.checkpoint.writeStatsAsStruct` (default false). As long as nothing but JSON is wanted,
 * rows of an older checkpoint go through as they are.
 */
export function checkpointAddWriter(configuration: TableConfiguration): CheckpointAddWriter {
  const settings = configuration.metadata.configuration;
  const asJson = readProperty(settings, properties.checkpointWriteStatsAsJson);
  const asStruct = readProperty(settings, properties.checkpointWriteStatsAsStruct);
  const plain = struct(Object.values(plainFields));
  const parsed = field("stats_parsed", parsedStatsType(configuration.files.schema));
  const partitionType = parsedPartitionType(configuration.partitionFields);
  const partition: readonly Field[] = partitionType === undefined ? [] : [field("partitionValues_parsed", partitionType)];
  const derived = struct([...(asJson ? [statsField] : []), ...(asStruct ? [...partition, parsed] : [])]);
  const writeType = struct([...plain.fields, ...derived.fields]);
  if (asJson && !asStruct) return { readType: writeType, writeType, rows: (group) => storedRows(group, writeType) };
  const readType = struct([...plain.fields, statsField, parsed]);
  return { readType, writeType, rows: (group) => derivedRows(group, { plain, derived, writeType, configuration }) };
}

/** The actions as they are. */
function storedRows(group: FileGroup, type: StructType): ActionRows {
  if (group.kind === "rows") return { column: group.rows.add, rows: group.adds };
  return actionRows(group.adds.map(addRow), "add", type);
}

/** Row objects as one struct column. */
export function actionRows(rows: readonly object[], name: string, type: StructType): ActionRows {
  const [column] = columnsOf(
    batchFromRows(
      rows.map((row) => ({ [name]: row })),
      struct([field(name, type)]),
    ),
  );
  assert(column !== undefined, "a batch of one field has one column");
  return { column, rows: Int32Array.from({ length: rows.length }, (_, row) => row) };
}

function addRow(add: AddFile): object {
  const {
    path,
    partitionValues,
    size,
    modificationTime,
    stats,
    tags,
    deletionVector,
    baseRowId,
    defaultRowCommitVersion,
    clusteringProvider,
  } = add;
  const plain = {
    path,
    partitionValues,
    size,
    modificationTime,
    dataChange: false,
    tags,
    deletionVector,
    baseRowId,
    defaultRowCommitVersion,
    clusteringProvider,
  };
  return stats === undefined ? plain : { ...plain, stats };
}

interface Derivation {
  readonly plain: StructType;
  /** The fields that are made anew of each file's statistics and partition values. */
  readonly derived: StructType;
  readonly writeType: StructType;
  readonly configuration: TableConfiguration;
}

function derivedRows(group: FileGroup, { plain, derived, writeType, configuration }: Derivation): ActionRows {
  const stored =
    group.kind === "rows"
      ? { column: group.rows.add, rows: group.adds, type: group.rows.addType }
      : { ...storedPlain(group.adds, plain), type: plain };
  const base = take(stored.column, stored.rows);
  const sources = sourcesOf(group, configuration);
  const made = columnsOf(
    batchFromRows(
      sources.map(({ source, text }) => derivedRow(source, text, derived, configuration)),
      derived,
    ),
  );
  const children = writeType.fields.map(({ name }) => {
    const at = derived.fields.findIndex((candidate) => candidate.name === name);
    const child = at < 0 ? structChild(stored.type, base, name) : made[at];
    assert(child !== undefined, `the add of a checkpoint has a column ${name}`);
    return child;
  });
  return {
    column: structColumn(toArrowType(writeType), children, base.length),
    rows: Int32Array.from({ length: base.length }, (_, row) => row),
  };
}

function storedPlain(adds: readonly AddFile[], plain: StructType): ActionRows {
  return actionRows(
    adds.map((add) => addRow({ ...add, stats: undefined })),
    "add",
    plain,
  );
}

interface SourceWithText {
  readonly source: AddSource;
  readonly text: string | undefined;
}

function sourcesOf(group: FileGroup, configuration: TableConfiguration): readonly SourceWithText[] {
  if (group.kind === "actions") return group.adds.map((add) => ({ source: addSource(add, configuration), text: add.stats }));
  const adds = checkpointAdds(group.rows, configuration);
  return Array.from(group.adds, (row) => ({ source: adds.source(row), text: adds.statsText(row) }));
}

function derivedRow(source: AddSource, text: string | undefined, derived: StructType, configuration: TableConfiguration): object {
  const row: Record<string, unknown> = {};
  const bounds = source.stats();
  for (const { name, type } of derived.fields) {
    if (name === "stats") row[name] = text ?? statsText(bounds, configuration) ?? null;
    else if (name === "stats_parsed") row[name] = bounds.rowCount === undefined ? null : parsedStats(bounds, type);
    else row[name] = parsedPartition(source, configuration);
  }
  return row;
}

function statsText(bounds: Bounds, configuration: TableConfiguration): string | undefined {
  if (bounds.rowCount === undefined) return undefined;
  const partitionBy = configuration.partitionFields.map(({ name }) => name);
  return encodeStats(bounds, bounds.rowCount, statsColumns(configuration.schema, partitionBy, configuration.metadata.configuration));
}

function parsedStats(bounds: Bounds, type: DataType): object {
  const fields = type.kind === "struct" ? type.fields : [];
  const part = (name: string, value: (path: readonly string[], leaf: DataType) => unknown): object | null => {
    const found = fields.find((candidate) => candidate.name === name)?.type;
    return found?.kind === "struct" ? mirrored(found, [], value) : null;
  };
  const spelled = (leaf: DataType, value: Value | undefined): unknown =>
    value === undefined || value === null ? null : rowValue(leaf, value);
  const row: Record<string, unknown> = { numRecords: bounds.rowCount, tightBounds: null };
  if (fields.some(({ name }) => name === "minValues")) {
    row["minValues"] = part("minValues", (path, leaf) => spelled(leaf, bounds.column(path)?.min));
    row["maxValues"] = part("maxValues", (path, leaf) => spelled(leaf, storedMax(leaf, bounds.column(path)?.max)));
  }
  if (fields.some(({ name }) => name === "nullCount"))
    row["nullCount"] = part("nullCount", (path) => bounds.column(path)?.nullCount ?? null);
  return row;
}

/**
 * Maxima of timestamps were widened to the end of their millisecond when they were read; they go back to its start, where the
 * next reader widens them again. Otherwise they would grow with every checkpoint.
 */
function storedMax(type: DataType, max: Value | undefined): Value | undefined {
  if (typeof max !== "bigint" || !isTimestamp(type)) return max;
  return max - (((max % 1000n) + 1000n) % 1000n);
}

function mirrored(type: StructType, above: readonly string[], value: (path: readonly string[], leaf: DataType) => unknown): object {
  const entries = type.fields.map((nested): [string, unknown] => {
    const path = [...above, nested.name];
    return [nested.name, nested.type.kind === "struct" ? mirrored(nested.type, path, value) : value(path, nested.type)];
  });
  return Object.fromEntries(entries);
}

function parsedPartition(source: AddSource, { partitionFields, files }: TableConfiguration): object {
  const texts = source.partitionValues();
  const entries = partitionFields.map(({ name, type }, at): [string, unknown] => {
    const column = files.partitionKeys[at] ?? name;
    const value = decodePartitionValue(texts.get(column) ?? null, type, column, { file: source.path() });
    return [name, value === null ? null : rowValue(type, value)];
  });
  return Object.fromEntries(entries);
}
