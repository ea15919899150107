import { compilePruner } from "../expression/prune.js";
import type { DataFile } from "../table/data-file.js";
import type { PlanQuery, PruneCount } from "../table/snapshot.js";
import { addSource } from "./add-sources.js";
import type { AddSelector } from "./checkpoint-query.js";
import { plannedAdd } from "./add-columns.js";
import { boundsOf, dataFileOf, partitionOf, partitionText, type AddSource, type FileLens } from "./data-file-view.js";
import type { DeltaContext } from "./delta-context.js";
import { filePredicate, type FilePredicate, type Verdict } from "./partition-pruning.js";
import type { AddFile } from "./protocol/actions.js";
import type { TableConfiguration } from "./protocol/table-configuration.js";
import { replayFiles, type FileGroup } from "./replay.js";
import type { TableState } from "./table-state.js";

/**
 * The live files that may hold rows matching `query.where`, group by group. Partition values are judged before statistics are
 * looked at; of a checkpoint just the columns that are judged are read in full, and views are made of the survivors only.
 */
export async function* planFiles(context: DeltaContext, state: TableState, query: PlanQuery): AsyncGenerator<readonly DataFile[]> {
  const { configuration } = state;
  const predicate = filePredicate(query.where, configuration);
  const judge = await groupJudge(predicate, state);
  // Whoever wants counts wants every live file counted, so every one is read.
  const select = query.onPruned === undefined ? await selectorOf(predicate, state) : undefined;
  for await (const group of replayFiles(context, state, { add: plannedAdd(configuration), select, signal: query.signal })) {
    const lens: FileLens = {
      configuration,
      rootUrl: context.store.url,
      place: { file: group.kind === "rows" ? group.rows.file : group.file },
    };
    const kept: DataFile[] = [];
    const count = { filesTotal: 0, bytesTotal: 0, filesKept: 0, bytesKept: 0, filesPrunedByPartition: 0 };
    for (const { source, verdict } of judge(group, lens)) {
      const size = query.onPruned === undefined ? 0 : source.size();
      count.filesTotal++;
      count.bytesTotal += size;
      if (verdict === "partition") count.filesPrunedByPartition++;
      if (verdict !== "kept") continue;
      kept.push(dataFileOf(source, lens));
      count.bytesKept += size;
    }
    query.onPruned?.({ ...count, filesKept: kept.length } satisfies PruneCount);
    if (kept.length > 0) yield kept;
  }
}

async function selectorOf(predicate: FilePredicate, { configuration, segment }: TableState): Promise<AddSelector | undefined> {
  const choosesAll = predicate.partition === undefined && predicate.statistics === undefined;
  if (segment.checkpoint === undefined || choosesAll) return undefined;
  return (await import("./row-judge.js")).createAddSelector(predicate, configuration);
}

interface JudgedAdd {
  readonly source: AddSource;
  readonly verdict: Verdict;
}

type GroupJudge = (group: FileGroup, lens: FileLens) => Iterable<JudgedAdd>;

async function groupJudge(predicate: FilePredicate, state: TableState): Promise<GroupJudge> {
  const { configuration } = state;
  const ofActions = actionJudge(predicate, configuration);
  if (state.segment.checkpoint === undefined) return (group, lens) => (group.kind === "actions" ? ofActions(group.adds, lens) : []);
  const { createRowJudge } = await import("./row-judge.js");
  const { checkpointAdds } = await import("./checkpoint-adds.js");
  const judgeOf = createRowJudge(predicate, configuration);
  return function* (group, lens) {
    if (group.kind === "actions") return yield* ofActions(group.adds, lens);
    const { source } = checkpointAdds(group.rows, configuration);
    const judge = judgeOf(group.rows);
    for (const row of group.adds) yield { source: source(row), verdict: judge(row) };
  };
}

function actionJudge(
  { partition, statistics }: FilePredicate,
  configuration: TableConfiguration,
): (adds: readonly AddFile[], lens: FileLens) => Generator<JudgedAdd> {
  const mayMatch = statistics === undefined ? undefined : compilePruner(statistics);
  return function* (adds, lens) {
    for (const add of adds) {
      const source = addSource(add, configuration);
      const texts = partition?.columns.map((column) => partitionText(add.partitionValues, column, source, lens.place));
      if (partition !== undefined && texts !== undefined && !partition.mayMatch(texts, lens.place))
        yield { source, verdict: "partition" };
      else if (mayMatch !== undefined && !mayMatch(boundsOf(source.stats(), () => partitionOf(source, lens))))
        yield { source, verdict: "statistics" };
      else yield { source, verdict: "kept" };
    }
  };
}
