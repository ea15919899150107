import type { RecordBatch } from "apache-arrow";
import { throwIfAborted } from "../base/abort.js";
import { batchBytes } from "../columnar/batch.js";
import { sliceBatch } from "../columnar/slice.js";
import type { KeptGroup } from "../parquet/write/write-file.js";
import type { Value } from "../schema/value.js";
import type { WrittenFile } from "../table/data-file.js";
import type { WritePlan } from "../table/write-plan.js";
import type { EngineContext } from "./context.js";
import { openDataFile, type OpenDataFile } from "./open-data-file.js";
import { partitionKey, splitByPartition, type PartitionRows } from "./split-partitions.js";
import { boundChecks, enforceRules } from "./write-rules.js";

export interface FileSetOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told the running total of rows. */
  readonly onRows?: ((rows: number) => void) | undefined;
}

/** Data files being written for one commit: split by partition, of the plan's target size. Calls are made one after the other. */
export interface FileSet {
  /**
   * Takes rows in exactly `plan.schema` (align them first). `"kept"` rows come from the table itself and were judged when
   * they were first written; all others have to satisfy the plan's rules.
   *
   * @throws schema/not-null, delta/constraint-violated naming the column or constraint and a row
   */
  write(batch: RecordBatch, rows?: "new" | "kept"): Promise<void>;
  /** Takes a row group of the table itself, of one partition, as it is encoded in the columns of a file of the plan. */
  writeGroup(values: readonly Value[], group: KeptGroup): Promise<void>;
  /** Rows taken so far. */
  readonly rowCount: number;
  /** Ends the files and gives them in the order in which they were begun. Nothing was written: no file. */
  finish(): Promise<readonly WrittenFile[]>;
  /** Deletes what was written. Only for files that no commit can have named. Never throws. */
  abort(): Promise<void>;
}

/** Files that are open at once; each holds a part of a row group in memory. */
const OPEN_FILES_MAX = 64;
/** Share of the memory budget that rows waiting in open files may take. */
const BUFFERED_SHARE = 0.25;
/** How much is handed to a file between two looks at its size. */
const PIECE_BYTES = 8 << 20;

/**
 * Opens a set of data files for rows of `plan`. Nothing is written before the first row.
 *
 * Every partition has at most one open file. When too many are open, or their unwritten rows take too much memory, the
 * largest is ended: files below the target size are the price of rows that arrive in no order of their partitions.
 */
export function createFileSet(context: EngineContext, plan: WritePlan, options: FileSetOptions = {}): FileSet {
  // A check that cannot be made is found before anything is written.
  boundChecks(plan.rules, plan.schema);
  const files = createPartitionFiles(context, plan, options.signal);
  let rowCount = 0;
  const count = (rows: number): void => {
    rowCount += rows;
    options.onRows?.(rowCount);
  };
  return {
    get rowCount() {
      return rowCount;
    },
    async write(batch, rows = "new") {
      if (batch.numRows === 0) return;
      if (rows === "new") enforceRules(plan.rules, plan.schema, batch);
      for (const partition of splitByPartition(batch, plan.schema, plan.partitionBy)) {
        for (const piece of pieces(partition.batch)) {
          throwIfAborted(options.signal);
          await files.put(partition, (file) => file.write(piece));
        }
        await files.bound();
      }
      count(batch.numRows);
    },
    async writeGroup(values, group) {
      throwIfAborted(options.signal);
      await files.put({ key: partitionKey(values), values }, (file) => file.writeGroup(group));
      count(group.rowCount);
    },
    finish: () => files.finish(),
    abort: () => files.abort(),
  };
}

/** The files of a set: at most one is open for each partition. */
interface PartitionFiles {
  /** Lets the partition's open file take something, and ends it when it is full. */
  put(partition: Pick<PartitionRows, "key" | "values">, take: (file: OpenDataFile) => Promise<void>): Promise<void>;
  /** Ends the largest when the rows that wait in all of them take too much memory. */
  bound(): Promise<void>;
  finish(): Promise<readonly WrittenFile[]>;
  abort(): Promise<void>;
}

function createPartitionFiles(context: EngineContext, plan: WritePlan, signal: AbortSignal | undefined): PartitionFiles {
  const open = new Map<string, OpenDataFile>();
  const all: OpenDataFile[] = [];
  const ending = new Set<Promise<unknown>>();
  const bufferedMaxBytes = context.memory.limitBytes * BUFFERED_SHARE;

  /** Ends a file in the background, so that the next one is filled while its last row group is encoded. */
  async function end(key: string, file: OpenDataFile): Promise<void> {
    open.delete(key);
    const ended = file.end().finally(() => ending.delete(ended));
    // `finish` awaits the outcome of every file; until then a failure has nobody to tell.
    ended.catch(() => {});
    ending.add(ended);
    if (ending.size > context.codec.parallelism) await Promise.race(ending);
  }

  async function endLargest(): Promise<void> {
    const [largest] = [...open].sort(([, a], [, b]) => b.bytes - a.bytes);
    if (largest !== undefined) await end(...largest);
  }

  async function fileFor({ key, values }: Pick<PartitionRows, "key" | "values">): Promise<OpenDataFile> {
    const known = open.get(key);
    if (known !== undefined) return known;
    if (open.size >= OPEN_FILES_MAX) await endLargest();
    const file = await openDataFile(context, plan, values, signal);
    open.set(key, file);
    all.push(file);
    return file;
  }

  return {
    async put(partition, take) {
      const file = await fileFor(partition);
      await take(file);
      if (file.bytes >= plan.targetFileBytes) await end(partition.key, file);
    },
    async bound() {
      if (open.size > 1 && sum([...open.values()].map(({ bufferedBytes }) => bufferedBytes)) > bufferedMaxBytes) await endLargest();
    },
    async finish() {
      for (const [key, file] of [...open]) await end(key, file);
      return Promise.all(all.map((file) => file.end()));
    },
    async abort() {
      await Promise.all(all.map((file) => file.abort()));
      open.clear();
    },
  };
}

/** The batch in pieces of some `PIECE_BYTES`. */
function* pieces(batch: RecordBatch): Generator<RecordBatch> {
  const count = Math.max(1, Math.ceil(batchBytes(batch) / PIECE_BYTES));
  const rows = Math.ceil(batch.numRows / count);
  for (let start = 0; start < batch.numRows; start += rows) yield sliceBatch(batch, start, Math.min(batch.numRows, start + rows));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
