import { mapOrdered } from "../../base/concurrency.js";
import { constantColumn } from "../../columnar/build.js";
import type { Progress } from "../../base/progress.js";
import { selectRows } from "../../expression/evaluate.js";
import type { BoundExpression } from "../../expression/expression.js";
import { referencedSlots } from "../../expression/references.js";
import { liveRowCount, type DataFile } from "../../table/data-file.js";
import type { Snapshot } from "../../table/snapshot.js";
import type { EngineContext } from "../context.js";
import { readFileRows, rowNumbers } from "../read-file-rows.js";
import type { RowChanges } from "./row-changes.js";

export interface FindRowsOptions {
  /** Bound to the snapshot's columns; absent: every row. */
  readonly where: BoundExpression | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Where the rows are that a predicate is true for. */
export interface FoundRows {
  /** Files with such rows. */
  readonly hits: readonly FileHits[];
}

export interface FileHits {
  readonly file: DataFile;
  /** Rows that are in the table. */
  readonly rowCount: number;
  /** Physical numbers, ascending; `"all"` when no row of the file is spared. */
  readonly rows: Int32Array | "all";
}

/** Files are pruned first, those that the predicate's partition values decide are not read, of the others only the predicate's columns. */
export async function findRows(context: EngineContext, snapshot: Snapshot, options: FindRowsOptions): Promise<FoundRows> {
  const { where, signal, onProgress } = options;
  const hits: FileHits[] = [];
  let done = 0;
  const lookAt = async (file: DataFile, signalOfFile: AbortSignal): Promise<FileHits | undefined> => {
    if (where === undefined || coversFile(snapshot, file, where)) {
      return { file, rowCount: liveRowCount(file) ?? (await countRows(context, snapshot, file, signalOfFile)), rows: "all" };
    }
    return hitsIn(context, snapshot, file, { where, signal: signalOfFile });
  };
  const files = flatten(snapshot.plan({ where, signal }));
  for await (const found of mapOrdered(files, context.codec.parallelism, (file, task) => lookAt(file, task.signal), signal)) {
    if (found !== undefined) hits.push(found);
    onProgress?.({ phase: "scan", done: ++done, unit: "files" });
  }
  return { hits };
}

/** The hits as changes of one action. */
export function changesOf({ file, rowCount, rows }: FileHits): RowChanges {
  return {
    file,
    rows: rows === "all" ? Int32Array.from({ length: rowCount }, (_, row) => row) : rows,
    actions: undefined,
    sourceRows: undefined,
  };
}

export function hitCount({ rowCount, rows }: FileHits): number {
  return rows === "all" ? rowCount : rows.length;
}

export async function* flatten<T>(groups: AsyncIterable<readonly T[]>): AsyncGenerator<T, void, undefined> {
  for await (const group of groups) yield* group;
}

/** Rows of a file whose count the log does not tell. */
export async function countRows(context: EngineContext, snapshot: Snapshot, file: DataFile, signal?: AbortSignal): Promise<number> {
  let count = 0;
  for await (const { batch } of readFileRows(context, snapshot, file, { columns: [], signal })) count += batch.numRows;
  return count;
}

/** Whether the predicate looks at partition values alone and is true for the file's. */
function coversFile(snapshot: Snapshot, file: DataFile, where: BoundExpression): boolean {
  const slots = [...referencedSlots(where)];
  const fields = snapshot.schema.fields;
  const isPartition = (slot: number): boolean => snapshot.partitionBy.includes(fields[slot]?.name ?? "");
  if (file.rowDeletes !== undefined || !slots.every(isPartition)) return false;
  const column = (slot: number): ReturnType<typeof constantColumn> => {
    const field = fields[slot];
    return constantColumn(field?.type ?? { kind: "void" }, file.partition.get(field?.name ?? "") ?? null, 1);
  };
  const selected = selectRows(where, { length: 1, column });
  return selected === "all" || selected.length === 1;
}

async function hitsIn(
  context: EngineContext,
  snapshot: Snapshot,
  file: DataFile,
  { where, signal }: { readonly where: BoundExpression; readonly signal: AbortSignal },
): Promise<FileHits | undefined> {
  const parts: Int32Array[] = [];
  for await (const piece of readFileRows(context, snapshot, file, { columns: snapshot.schema.fields, where, output: [], signal }))
    parts.push(rowNumbers(piece));
  const rows = joinRows(parts);
  if (rows.length === 0) return undefined;
  const rowCount = liveRowCount(file) ?? (await countRows(context, snapshot, file, signal));
  return { file, rowCount, rows: rows.length === rowCount ? "all" : rows };
}

export function joinRows(parts: readonly Int32Array[]): Int32Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const joined = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
