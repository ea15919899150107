import { isNullAt, offsetsOf } from "../columnar/access.js";
import type { Column } from "../columnar/column.js";
import type { Bounds, ColumnBounds } from "../expression/bounds.js";
import { cellReader, stringReader } from "../schema/cells.js";
import type { StructType } from "../schema/types.js";
import type { Value } from "../schema/value.js";
import { childAt } from "./checkpoint-cells.js";
import type { FileActionRows } from "./checkpoint-query.js";
import { structChild, vectorReader } from "./checkpoint-rows.js";
import type { AddSource } from "./data-file-view.js";
import { corruptLog } from "./protocol/action-fields.js";
import type { AddFile, DeletionVectorDescriptor, PartitionValues } from "./protocol/actions.js";
import { boundOf, noBounds, reliableNullCount } from "./protocol/column-stats.js";
import type { FileColumns } from "./protocol/file-columns.js";
import { fileStats, numRecordsOf } from "./protocol/file-stats.js";
import { widenStatsValue } from "./protocol/stats-value.js";
import type { TableConfiguration } from "./protocol/table-configuration.js";

/** Reads `add` rows of one batch of a checkpoint: the readers are made once, a row is decoded when it is asked for. */
export interface CheckpointAdds {
  path(row: number): string;
  size(row: number): number;
  partitionValues(row: number): PartitionValues;
  /** The statistics as JSON, when the checkpoint has them so. */
  statsText(row: number): string | undefined;
  deletionVector(row: number): DeletionVectorDescriptor | undefined;
  /** `numRecords` of the statistics. */
  rowCount(row: number): number | undefined;
  source(row: number): AddSource;
}

export function checkpointAdds(rows: FileActionRows, configuration: TableConfiguration): CheckpointAdds {
  const { add, addType, file } = rows;
  const place = { file };
  const text = (name: string): ((row: number) => string | undefined) => optionalText(structChild(addType, add, name));
  const whole = (name: string): ((row: number) => number | undefined) => optionalWhole(structChild(addType, add, name));
  const pathOf = text("path");
  const sizeOf = whole("size");
  const modifiedOf = whole("modificationTime");
  const statsOf = text("stats");
  const partitionOf = mapReader(structChild(addType, add, "partitionValues"));
  const vectorOf = vectorReader(addType, add);
  const parsedStats = parsedStatsReader(addType, add, configuration.files);

  const required = <T>(value: T | undefined, name: string): T => {
    if (value === undefined) throw corruptLog(place, `an "add" has no ${name}`);
    return value;
  };
  const statsBounds = (row: number): Bounds => {
    const json = statsOf(row);
    return json === undefined ? (parsedStats?.(row) ?? noBounds) : fileStats(json, configuration.files);
  };
  const path = (row: number): string => required(pathOf(row), "path");
  const size = (row: number): number => required(sizeOf(row), "size");
  const action = (row: number): AddFile => ({
    path: path(row),
    partitionValues: partitionOf(row),
    size: size(row),
    modificationTime: required(modifiedOf(row), "modificationTime"),
    dataChange: false,
    stats: statsOf(row),
    deletionVector: vectorOf(row),
  });
  return {
    path,
    size,
    partitionValues: partitionOf,
    statsText: statsOf,
    deletionVector: vectorOf,
    rowCount: (row) => {
      const json = statsOf(row);
      return json === undefined ? parsedStats?.(row).rowCount : numRecordsOf(json);
    },
    source: (row) => ({
      path: () => path(row),
      size: () => size(row),
      partitionValues: () => partitionOf(row),
      stats: () => statsBounds(row),
      deletionVector: () => vectorOf(row),
      action: () => action(row),
    }),
  };
}

function optionalText(column: Column | undefined): (row: number) => string | undefined {
  if (column === undefined) return () => undefined;
  const read = stringReader(column);
  return (row) => (isNullAt(column, row) ? undefined : read(row));
}

function optionalWhole(column: Column | undefined): (row: number) => number | undefined {
  if (column === undefined) return () => undefined;
  const read = cellReader({ kind: "long" }, column);
  return (row) => {
    const value = read(row);
    return value === null ? undefined : Number(value);
  };
}

/** `map<string,string>` columns. */
export function mapReader(column: Column | undefined): (row: number) => PartitionValues {
  if (column === undefined) return () => emptyMap;
  const offsets = offsetsOf(column);
  const entries = childAt(column, 0);
  const keys = stringReader(childAt(entries, 0));
  const values = optionalText(childAt(entries, 1));
  return (row) => {
    const map = new Map<string, string | null>();
    for (let at = offsets[row] ?? 0; at < (offsets[row + 1] ?? 0); at++) map.set(keys(at), values(at) ?? null);
    return map;
  };
}

const emptyMap: PartitionValues = new Map();

/** PROTOCOL.md "Checkpoints", `stats_parsed`: the statistics as a struct. `undefined` when they were not read. */
function parsedStatsReader(addType: StructType, add: Column, files: FileColumns): ((row: number) => Bounds) | undefined {
  const type = addType.fields.find((field) => field.name === "stats_parsed")?.type;
  const column = structChild(addType, add, "stats_parsed");
  if (type?.kind !== "struct" || column === undefined) return undefined;
  const cells = new Map<string, ((row: number) => Value) | undefined>();
  const cell = (path: readonly string[], row: number): Value => {
    const key = path.join("\u0000");
    if (!cells.has(key)) cells.set(key, pathReader(type, column, path));
    return cells.get(key)?.(row) ?? null;
  };
  const count = (path: readonly string[], row: number): number | undefined => {
    const value = cell(path, row);
    return value === null ? undefined : Number(value);
  };
  return (row) => ({
    get rowCount() {
      return count(["numRecords"], row);
    },
    column(path): ColumnBounds | undefined {
      const found = files.find(path);
      if (found === undefined) return undefined;
      const { type: leaf, path: names } = found;
      const tight = cell(["tightBounds"], row) !== false;
      const min = boundOf(found, widenStatsValue(cell(["minValues", ...names], row), leaf, "min"), "min");
      const max = boundOf(found, widenStatsValue(cell(["maxValues", ...names], row), leaf, "max"), "max");
      const nullCount = reliableNullCount(count(["nullCount", ...names], row), { numRecords: count(["numRecords"], row), tight });
      return {
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
        ...(nullCount === undefined ? {} : { nullCount }),
      };
    },
  });
}

function pathReader(type: StructType, column: Column, path: readonly string[]): ((row: number) => Value) | undefined {
  const [name, ...rest] = path;
  const child = name === undefined ? undefined : structChild(type, column, name);
  const childType = type.fields.find((field) => field.name === name)?.type;
  if (child === undefined || childType === undefined) return undefined;
  if (childType.kind === "struct") return pathReader(childType, child, rest);
  return rest.length === 0 ? cellReader(childType, child) : undefined;
}
