import { compilePruner } from "../expression/prune.js";
import type { Bounds } from "../expression/bounds.js";
import { field, struct } from "../schema/data-types.js";
import type { StructType } from "../schema/types.js";
import type { DataFile } from "../table/data-file.js";
import type { PlanQuery, PruneCount } from "../table/snapshot.js";
import { addSource } from "./add-sources.js";
import { dataFileOf, type AddSource, type FileLens } from "./data-file-view.js";
import type { DeltaContext } from "./delta-context.js";
import { filePredicate, type PartitionPruner } from "./partition-pruning.js";
import { addFields, parsedStatsType } from "./protocol/checkpoint-schema.js";
import { numRecordsOf } from "./protocol/file-stats.js";
import { properties, readProperty } from "./protocol/properties.js";
import type { TableConfiguration } from "./protocol/table-configuration.js";
import { replayFiles, type FileGroup } from "./replay.js";
import type { TableState } from "./table-state.js";

/**
 * The live files that may hold rows matching `query.where`, group by group. Partition values are judged before statistics are
 * parsed, and views are made of the survivors only.
 */
export async function* planFiles(context: DeltaContext, state: TableState, query: PlanQuery): AsyncGenerator<readonly DataFile[]> {
  const { configuration } = state;
  const { partition, statistics } = filePredicate(query.where, configuration);
  const mayMatch = statistics === undefined ? undefined : compilePruner(statistics);
  for await (const group of replayFiles(context, state, { add: plannedAdd(configuration), signal: query.signal })) {
    const lens: FileLens = { configuration, rootUrl: context.store.url, place: { file: group.kind === "rows" ? group.rows.file : group.file } };
    const count = countGroup();
    const kept: DataFile[] = [];
    for (const source of await sourcesOf(group, configuration)) {
      if (query.onPruned !== undefined) count.seen(source);
      if (partition !== undefined && !mayBeIn(partition, source, lens)) {
        count.prunedByPartition();
        continue;
      }
      const file = dataFileOf(source, lens);
      if (mayMatch !== undefined && !mayMatch(file.bounds)) continue;
      if (query.onPruned !== undefined) count.kept(file);
      kept.push(file);
    }
    query.onPruned?.(count.result());
    if (kept.length > 0) yield kept;
  }
}

function mayBeIn(partition: PartitionPruner, source: AddSource, lens: FileLens): boolean {
  return partition.mayMatch(source.partitionValues(), source, lens.place);
}

async function sourcesOf(group: FileGroup, configuration: TableConfiguration): Promise<Iterable<AddSource>> {
  if (group.kind === "actions") return group.adds.map((add) => addSource(add, configuration));
  const { checkpointAdds } = await import("./checkpoint-adds.js");
  const adds = checkpointAdds(group.rows, configuration);
  return sourcesOfRows(group.adds, adds.source);
}

function* sourcesOfRows(rows: Int32Array, source: (row: number) => AddSource): Generator<AddSource> {
  for (const row of rows) yield source(row);
}

/** What planning reads of checkpointed adds. Struct statistics only where the table has no others: they are wide. */
function plannedAdd(configuration: TableConfiguration): StructType {
  const { path, partitionValues, size, modificationTime, stats, deletionVector } = addFields;
  const common = [path, size, modificationTime, deletionVector, ...(configuration.partitionFields.length > 0 ? [partitionValues] : [])];
  return struct([...common, ...statsFields(configuration, stats)]);
}

function statsFields(configuration: TableConfiguration, stats: StructType["fields"][number]): readonly StructType["fields"][number][] {
  const asJson = readProperty(configuration.metadata.configuration, properties.checkpointWriteStatsAsJson);
  return asJson ? [stats] : [stats, field("stats_parsed", parsedStatsType(configuration.dataSchema))];
}

interface GroupCount {
  seen(source: AddSource): void;
  prunedByPartition(): void;
  kept(file: DataFile): void;
  result(): PruneCount;
}

function countGroup(): GroupCount {
  const count = { filesTotal: 0, bytesTotal: 0, filesKept: 0, bytesKept: 0, filesPrunedByPartition: 0 };
  return {
    seen: (source) => {
      count.filesTotal++;
      count.bytesTotal += source.size();
    },
    prunedByPartition: () => {
      count.filesPrunedByPartition++;
    },
    kept: (file) => {
      count.filesKept++;
      count.bytesKept += file.size;
    },
    result: () => count,
  };
}

/** Rows of all live files by their statistics; `undefined` as soon as one file does not say, or has deleted rows. */
export async function countRows(context: DeltaContext, state: TableState, signal?: AbortSignal): Promise<number | undefined> {
  const { path, stats, deletionVector } = addFields;
  const add = struct([path, deletionVector, ...statsFields(state.configuration, stats)]);
  let total = 0;
  for await (const group of replayFiles(context, state, { add, signal })) {
    const rows = group.kind === "actions" ? countActions(group.adds) : await countCheckpointRows(group, state.configuration);
    if (rows === undefined) return undefined;
    total += rows;
  }
  return total;
}

function countActions(adds: Extract<FileGroup, { kind: "actions" }>["adds"]): number | undefined {
  let total = 0;
  for (const add of adds) {
    const rows = add.stats === undefined || add.deletionVector !== undefined ? undefined : numRecordsOf(add.stats);
    if (rows === undefined) return undefined;
    total += rows;
  }
  return total;
}

async function countCheckpointRows(group: Extract<FileGroup, { kind: "rows" }>, configuration: TableConfiguration): Promise<number | undefined> {
  const { checkpointAdds } = await import("./checkpoint-adds.js");
  const adds = checkpointAdds(group.rows, configuration);
  let total = 0;
  for (const row of group.adds) {
    const source = adds.source(row);
    const rows = source.deletionVector() === undefined ? rowsOf(source.stats(), adds.statsText(row)) : undefined;
    if (rows === undefined) return undefined;
    total += rows;
  }
  return total;
}

function rowsOf(bounds: Bounds, text: string | undefined): number | undefined {
  return text === undefined ? bounds.rowCount : numRecordsOf(text);
}
