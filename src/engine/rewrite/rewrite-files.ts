import type { RecordBatch } from "apache-arrow";
import { mapOrdered } from "../../base/concurrency.js";
import type { MemoryLease } from "../../base/memory.js";
import type { FileMetadata } from "../../parquet/metadata/file-metadata.js";
import { footerLike, type KeptGroup } from "../../parquet/write/write-file.js";
import type { Value } from "../../schema/value.js";
import type { WritePlan } from "../../table/write-plan.js";
import type { WrittenFile } from "../../table/data-file.js";
import type { EngineContext } from "../context.js";
import { createFileSet, type FileSet } from "../write-files.js";
import { rewriteFile, type RewriteOptions } from "./rewrite-file.js";
import { refuseRowDeletes } from "./refuse-row-deletes.js";
import type { RowChanges } from "./row-changes.js";
import { rewriteUnits, type RewriteUnit } from "./transfer-file.js";

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
  let footer: Promise<FileMetadata> | undefined;
  const like = (): Promise<FileMetadata> => (footer ??= footerOfPlan(context, options));

  const runLane = async (lane: Lane, laneSignal: AbortSignal): Promise<readonly WrittenFile[]> => {
    const set = createFileSet(context, plan, { signal: laneSignal });
    sets.push(set);
    await rewriteLane(context, lane, set, { ...options, like, signal: laneSignal }, () => onFile?.(++filesDone));
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

/** Row groups that are under way at once in a lane: one is patched while the bytes of the other are fetched or written. */
const UNITS_AHEAD = 2;

interface DoneUnit {
  readonly unit: RewriteUnit;
  /** Absent: the rows of the unit have to be decoded. */
  readonly group: KeptGroup | undefined;
  readonly lease: MemoryLease | undefined;
}

async function rewriteLane(
  context: EngineContext,
  lane: Lane,
  set: FileSet,
  options: RewriteOptions & { readonly like: () => Promise<FileMetadata> },
  onFile: () => void,
): Promise<void> {
  const { plan, signal } = options;
  async function* units(): AsyncGenerator<RewriteUnit, void, undefined> {
    for (const change of lane.changes) yield* rewriteUnits(context, change, options);
  }
  const run = async (unit: RewriteUnit, unitSignal: AbortSignal): Promise<DoneUnit> => {
    if (unit.transfer === undefined) return { unit, group: undefined, lease: undefined };
    // The first thing that is waited for: leases are granted in the order in which the units are written.
    const lease = await context.memory.reserve(unit.transfer.memoryBytes, unitSignal);
    try {
      const group = await unit.transfer.run(unitSignal);
      if (group === undefined) lease.release();
      return { unit, group, lease };
    } catch (error) {
      lease.release();
      throw error;
    }
  };
  const drop = ({ lease }: DoneUnit): void => lease?.release();
  for await (const { unit, group, lease } of mapOrdered(units(), UNITS_AHEAD, (unit, task) => run(unit, task.signal), signal, drop)) {
    try {
      const { changes, range } = unit;
      if (group !== undefined) await set.writeGroup(partitionOf(changes, plan), group);
      else for await (const batch of rewriteFile(context, changes, { ...options, range })) await set.write(batch, "kept");
      if (unit.isLast) onFile();
    } finally {
      lease?.release();
    }
  }
}

function partitionOf({ file }: RowChanges, plan: WritePlan): readonly Value[] {
  return plan.partitionBy.map((name) => file.partition.get(name) ?? null);
}

function footerOfPlan({ codec }: EngineContext, { plan, signal }: RewriteOptions): Promise<FileMetadata> {
  const { fileSchema, compression, formatVersion } = plan;
  return footerLike({ codec, path: "a file of the table", schema: fileSchema, compression, formatVersion, signal });
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
