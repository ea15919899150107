import { bytesOf, isNullAt, nullMask, offsetsOf } from "../columnar/access.js";
import type { Column } from "../columnar/column.js";
import type { Bounds } from "../expression/bounds.js";
import { compilePruner } from "../expression/prune.js";
import { referencedPaths } from "../expression/references.js";
import { stringReader } from "../schema/cells.js";
import { judgedAdd } from "./add-columns.js";
import type { AddSelector } from "./checkpoint-query.js";
import { childAt } from "./checkpoint-cells.js";
import { checkpointAdds } from "./checkpoint-adds.js";
import type { FileActionRows } from "./checkpoint-query.js";
import { structChild } from "./checkpoint-rows.js";
import { constantBounds, noPartitionValue, partitionOf } from "./data-file-view.js";
import type { FilePredicate, PartitionPruner, Verdict } from "./partition-pruning.js";
import { noBounds } from "./protocol/column-stats.js";
import { createStatsScanner } from "./protocol/stats-scanner.js";
import type { TableConfiguration } from "./protocol/table-configuration.js";

/** Judges `add` rows of a checkpoint where they lie: partition values first, then statistics, no object per row. */
export type RowJudge = (rows: FileActionRows) => (row: number) => Verdict;

export function createRowJudge({ partition, statistics }: FilePredicate, configuration: TableConfiguration): RowJudge {
  const mayMatch = statistics === undefined ? undefined : compilePruner(statistics);
  const scanner = createStatsScanner(configuration.files, statistics === undefined ? [] : referencedPaths(statistics));
  return (rows) => {
    const byPartition = partition === undefined ? undefined : partitionTest(partition, rows);
    const statsOf = mayMatch === undefined ? undefined : statsReader(rows, configuration, scanner.scan);
    return (row) => {
      if (byPartition !== undefined && !byPartition(row)) return "partition";
      return mayMatch === undefined || statsOf === undefined || mayMatch(statsOf(row)) ? "kept" : "statistics";
    };
  };
}

/** Chooses the adds of a checkpoint that `predicate` keeps, by their partition values and statistics alone. */
export function createAddSelector(predicate: FilePredicate, configuration: TableConfiguration): AddSelector {
  const judgeOf = createRowJudge(predicate, configuration);
  return {
    columns: judgedAdd(configuration, { statistics: predicate.statistics !== undefined }),
    select(rows) {
      const judge = judgeOf(rows);
      const nulls = nullMask(rows.add);
      const wanted = new Int32Array(rows.length);
      let count = 0;
      for (let row = 0; row < rows.length; row++) {
        if (nulls?.[row] !== 1 && judge(row) === "kept") wanted[count++] = row;
      }
      return wanted.subarray(0, count);
    },
  };
}

function partitionTest(partition: PartitionPruner, { add, addType, file }: FileActionRows): (row: number) => boolean {
  const column = structChild(addType, add, "partitionValues");
  const readers = partition.columns.map((name) => entryReader(column, name));
  const texts: (string | null)[] = partition.columns.map(() => null);
  const place = { file };
  return (row) => {
    for (const [at, read] of readers.entries()) {
      const text = read(row);
      if (text === undefined) throw noPartitionValue(undefined, partition.columns[at] ?? "", place);
      texts[at] = text;
    }
    return partition.mayMatch(texts, place);
  };
}

/** The value under `key` in a column of maps; `undefined` when a row has no such entry. */
function entryReader(column: Column | undefined, key: string): (row: number) => string | null | undefined {
  if (column === undefined) return () => undefined;
  const offsets = offsetsOf(column);
  const entries = childAt(column, 0);
  const keys = stringReader(childAt(entries, 0));
  const values = childAt(entries, 1);
  const valueOf = stringReader(values);
  return (row) => {
    for (let at = offsets[row] ?? 0; at < (offsets[row + 1] ?? 0); at++) {
      if (keys(at) === key) return isNullAt(values, at) ? null : valueOf(at);
    }
    return undefined;
  };
}

function statsReader(
  rows: FileActionRows,
  configuration: TableConfiguration,
  scan: (bytes: Uint8Array, start: number, end: number) => Bounds,
): (row: number) => Bounds {
  const { add, addType } = rows;
  const adds = checkpointAdds(rows, configuration);
  const stats = structChild(addType, add, "stats");
  const offsets = stats === undefined ? undefined : offsetsOf(stats);
  const bytes = stats === undefined ? undefined : bytesOf(stats);
  const lens = { configuration, place: { file: rows.file } };
  const partitionNames = new Set(configuration.partitionFields.map((field) => field.name));
  // One view for all rows: the predicate has done with a row before the next one comes.
  let current: Bounds = noBounds;
  let at = 0;
  const both: Bounds = {
    get rowCount() {
      return current.rowCount;
    },
    column(path) {
      const [name] = path;
      if (path.length !== 1 || name === undefined || !partitionNames.has(name)) return current.column(path);
      return constantBounds(partitionOf(adds.source(at), lens).get(name) ?? null, current.rowCount);
    },
  };
  return (row) => {
    at = row;
    const isJson = stats !== undefined && offsets !== undefined && bytes !== undefined && !isNullAt(stats, row);
    current = isJson ? scan(bytes, offsets[row] ?? 0, offsets[row + 1] ?? 0) : adds.source(row).stats();
    return both;
  };
}
