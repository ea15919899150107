import type { RecordBatch } from "apache-arrow";
import { mapOrdered } from "../../base/concurrency.js";
import type { WrittenFile } from "../../table/data-file.js";
import type { EngineContext } from "../context.js";
import { createFileSet, type FileSet } from "../write-files.js";
import { rewriteFile, type RewriteOptions } from "./rewrite-file.js";
import { refuseRowDeletes } from "./refuse-row-deletes.js";
import type { RowChanges } from "./row-changes.js";

export interface RewriteFilesOptions extends RewriteOptions {
  readonly changes: readonly RowChanges[];
  /** New rows for the table, in the plan's schema. */
  readonly inserts?: AsyncIterable<RecordBatch> | Iterable<RecordBatch> | undefined;
  readonly onFile?: ((done: number) => void) | undefined;
}

/** Files written for one commit. */
export interface Rewrite {
  readonly files: readonly WrittenFile[];
  /** Deletes them again. Only for files that no commit can have named. */
  abandon(): Promise<void>;
}

/** What is worth a lane of its own: less is written faster, and into fewer files, by one. */
const LANE_BYTES_MIN = 32 << 20;

/**
 * Writes what is left of the changed files, and the new rows.
 *
 * @throws delta/unsupported-feature  a changed file has row deletes recorded beside it
 * Files go to lanes, each with its own open data files, so that one lane decodes while another encodes. Neighbours in the list of
 * files stay in one lane: the rows of a partition, or of a range of keys, stay together.
 */
export async function rewriteFiles(context: EngineContext, options: RewriteFilesOptions): Promise<Rewrite> {
  const { changes, inserts, plan, signal, onFile } = options;
  for (const { file } of changes) refuseRowDeletes(file);
  const lanes = splitLanes(changes, context.codec.parallelism);
  const sets: FileSet[] = [];
  let filesDone = 0;

  const runLane = async (lane: Lane, laneSignal: AbortSignal): Promise<readonly WrittenFile[]> => {
    const set = createFileSet(context, plan, { signal: laneSignal });
    sets.push(set);
    for (const change of lane.changes) {
      for await (const batch of rewriteFile(context, change, { ...options, signal: laneSignal })) await set.write(batch, "kept");
      onFile?.(++filesDone);
    }
    // New rows join the last lane: a small merge then writes one file.
    if (lane.isLast && inserts !== undefined) for await (const batch of inserts) await set.write(batch, "new");
    return set.finish();
  };
  const abandon = async (): Promise<void> => {
    await Promise.all(sets.map((set) => set.abort()));
  };
  try {
    const files: WrittenFile[] = [];
    for await (const written of mapOrdered(lanes, lanes.length, (lane, { signal: laneSignal }) => runLane(lane, laneSignal), signal))
      files.push(...written);
    return { files, abandon };
  } catch (error) {
    await abandon();
    throw error;
  }
}

interface Lane {
  readonly changes: readonly RowChanges[];
  readonly isLast: boolean;
}

function splitLanes(changes: readonly RowChanges[], parallelism: number): readonly Lane[] {
  const total = changes.reduce((bytes, { file }) => bytes + file.size, 0);
  const count = Math.max(1, Math.min(parallelism, changes.length, Math.floor(total / LANE_BYTES_MIN)));
  const lanes: RowChanges[][] = Array.from({ length: count }, () => []);
  let before = 0;
  for (const change of changes) {
    const lane = total === 0 ? 0 : Math.min(count - 1, Math.floor((before / total) * count));
    lanes[lane]?.push(change);
    before += change.file.size;
  }
  return lanes.map((list, index) => ({ changes: list, isLast: index === count - 1 }));
}
