import type { AddSelector, FileActionRows } from "./checkpoint-query.js";
import { readCheckpointFileActions } from "./checkpoint-reader.js";
import type { SeenFilter } from "./checkpoint-rows.js";
import type { DeltaContext } from "./delta-context.js";
import { newestFirst, readCommits } from "./log-store.js";
import type { AddFile, RemoveFile } from "./protocol/actions.js";
import { supportedFeatures } from "./protocol/features.js";
import { createFileReconciler } from "./protocol/reconcile.js";
import type { TableState } from "./table-state.js";
import type { StructType } from "../schema/types.js";

/**
 * File actions that are in force in a version: adds are live files, removes are tombstones. Those of commits are objects, those
 * of a Parquet checkpoint stay columns, with the rows that count.
 */
export type FileGroup =
  | { readonly kind: "actions"; readonly file: string; readonly adds: readonly AddFile[]; readonly removes: readonly RemoveFile[] }
  | { readonly kind: "rows"; readonly rows: FileActionRows; readonly adds: Int32Array; readonly removes: Int32Array };

export interface ReplayOptions {
  /** What is wanted of checkpointed adds; `path` and `deletionVector` have to be among the fields. */
  readonly add: StructType;
  /** The same for tombstones; without it those of checkpoints are not read. */
  readonly remove?: StructType | undefined;
  /** Chooses among checkpointed adds before the rest of them is read; those of commits are all given. Excludes `remove`. */
  readonly select?: AddSelector | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** PROTOCOL.md "Action Reconciliation", streamed: commits newest first, then the checkpoint by row groups. */
export async function* replayFiles(context: DeltaContext, state: TableState, options: ReplayOptions): AsyncGenerator<FileGroup> {
  const { segment, configuration } = state;
  const reconciler = createFileReconciler();
  for await (const { file, actions } of readCommits(context, newestFirst(segment.commits), options.signal)) {
    const { adds, removes } = reconciler.take(actions);
    if (adds.length > 0 || removes.length > 0) yield { kind: "actions", file: file.key, adds, removes };
  }
  if (segment.checkpoint === undefined) return;
  const sidecars = supportedFeatures(configuration.protocol, "read").includes("v2Checkpoint");
  let filter: SeenFilter | undefined;
  for await (const group of readCheckpointFileActions(context, segment.checkpoint, { ...options, sidecars })) {
    if (group.kind === "actions") {
      const { seen } = reconciler;
      yield { ...group, adds: group.adds.filter((add) => !seen.has(add)), removes: group.removes.filter((remove) => !seen.has(remove)) };
      continue;
    }
    filter ??= (await import("./checkpoint-rows.js")).createSeenFilter(reconciler.seen);
    const { add, addType, remove, removeType } = group.rows;
    const adds = filter.live(addType, add);
    const removes = remove === undefined || removeType === undefined ? new Int32Array(0) : filter.live(removeType, remove);
    if (adds.length > 0 || removes.length > 0) yield { kind: "rows", rows: group.rows, adds, removes };
  }
}
