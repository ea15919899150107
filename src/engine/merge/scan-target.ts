import { mapOrdered } from "../../base/concurrency.js";
import type { Progress } from "../../base/progress.js";
import { conjuncts, conjunction } from "../../expression/conjuncts.js";
import type { Bounds } from "../../expression/bounds.js";
import type { BoundExpression } from "../../expression/expression.js";
import { compilePruner } from "../../expression/prune.js";
import { referencedSlots } from "../../expression/references.js";
import { liveRowCount, type DataFile } from "../../table/data-file.js";
import type { EngineContext } from "../context.js";
import { countRows, flatten } from "../rewrite/find-rows.js";
import type { RowAction, RowChanges } from "../rewrite/row-changes.js";
import { createKeyFilter } from "./key-filter.js";
import { scanFile, type FileScan, type MergeScan } from "./scan-file.js";

/** What a merge does to the files of the table. */
export interface TargetScan {
  readonly files: readonly FileOutcome[];
  /** Paths of the files with a row that some source row matches, or that is changed. */
  readonly filesThatCount: ReadonlySet<string>;
}

/** A file with at least one changed row. */
export interface FileOutcome {
  readonly changes: RowChanges;
  readonly rowCount: number;
  /** Nothing is left of the file. */
  readonly isGone: boolean;
}

export interface ScanTargetOptions {
  /** What a target row has to satisfy to match, in columns that the table has already. */
  readonly matchable: BoundExpression | undefined;
  readonly actions: readonly RowAction[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export async function scanTarget(context: EngineContext, scan: MergeScan, options: ScanTargetOptions): Promise<TargetScan> {
  const { signal, onProgress, actions } = options;
  const files: FileOutcome[] = [];
  const filesThatCount = new Set<string>();
  const plan = scan.merge.notMatchedBySource.length === 0 ? matchablePlan(scan, options) : wholePlan(scan, options);
  let done = 0;

  const lookAt = async (task: FileScan, fileSignal: AbortSignal): Promise<FileOutcome | undefined> => {
    const { file } = task;
    const known = liveRowCount(file);
    const everyRow = !task.canMatch && scan.merge.notMatchedBySource[0]?.where === undefined;
    const changes = everyRow
      ? await changesOfAll(context, scan, file, fileSignal)
      : await scanFile(context, scan, { ...task, signal: fileSignal, onMatch: () => filesThatCount.add(file.path) });
    if (changes.rows.length > 0) filesThatCount.add(file.path);
    if (changes.rows.length === 0) return undefined;
    const rowCount = known ?? (everyRow ? changes.rows.length : await countRows(context, scan.snapshot, file, fileSignal));
    return { changes, rowCount, isGone: changes.rows.length === rowCount && deletesOnly(changes, actions) };
  };
  for await (const outcome of mapOrdered(
    plan,
    context.codec.parallelism,
    (task, { signal: fileSignal }) => lookAt(task, fileSignal),
    signal,
  )) {
    if (outcome !== undefined) files.push(outcome);
    onProgress?.({ phase: "scan", done: ++done, unit: "files" });
  }
  return { files, filesThatCount };
}

/** Files that may hold a matching row. */
async function* matchablePlan(scan: MergeScan, { matchable, signal }: ScanTargetOptions): AsyncGenerator<FileScan, void, undefined> {
  const holdsKey = keyFilterOf(scan);
  for await (const file of flatten(scan.snapshot.plan({ where: matchable, signal }))) {
    if (holdsKey(file.bounds)) yield { file, canMatch: true, prune: matchable };
  }
}

function keyFilterOf({ merge, matcher, source }: MergeScan): (bounds: Bounds) => boolean {
  return createKeyFilter(merge.condition, matcher, source.rowCount);
}

/** Every file: what cannot match is left to the clauses for rows without a match. */
async function* wholePlan(scan: MergeScan, { matchable, signal }: ScanTargetOptions): AsyncGenerator<FileScan, void, undefined> {
  const { snapshot, merge } = scan;
  const mayMatch = matchable === undefined ? () => true : compilePruner(matchable);
  const holdsKey = keyFilterOf(scan);
  const rows = concernedBySource(scan);
  const concerned = typeof rows === "string" ? undefined : rows;
  const mayConcern = concerned === undefined ? () => true : compilePruner(concerned);
  for await (const file of flatten(snapshot.plan({ signal }))) {
    const canMatch = mayMatch(file.bounds) && holdsKey(file.bounds);
    if (canMatch || mayConcern(file.bounds)) yield { file, canMatch, prune: canMatch ? undefined : concerned };
  }
}

export type Concerned = BoundExpression | "all" | "none";

/** The rows that the clauses for rows without a match look for, in columns that the table has already. */
export function concernedBySource({ snapshot, merge }: MergeScan): Concerned {
  if (merge.notMatchedBySource.length === 0) return "none";
  return storedPart(anyOf(merge.notMatchedBySource.map((clause) => clause.where)), snapshot.schema.fields.length) ?? "all";
}

/** One of the conditions is true; `undefined` when there is one that always is. */
function anyOf(conditions: readonly (BoundExpression | undefined)[]): BoundExpression | undefined {
  const given = conditions.filter((condition) => condition !== undefined);
  if (given.length < conditions.length) return undefined;
  return given.reduce((left, right) => ({ kind: "call", name: "or", args: [left, right], type: { kind: "boolean" } }));
}

/** The conjuncts about columns that the table has already: files know nothing of the columns that a merge adds. */
export function storedPart(predicate: BoundExpression | undefined, width: number): BoundExpression | undefined {
  const parts =
    predicate === undefined ? [] : conjuncts(predicate).filter((part) => [...referencedSlots(part)].every((slot) => slot < width));
  return parts.length === 0 ? undefined : conjunction(parts);
}

async function changesOfAll(
  context: EngineContext,
  { snapshot, merge }: MergeScan,
  file: DataFile,
  signal: AbortSignal,
): Promise<RowChanges> {
  const count = file.rowCount ?? (await countRows(context, snapshot, file, signal));
  const rows = Int32Array.from({ length: count }, (_, row) => row);
  return { file, rows, actions: new Uint16Array(count).fill(merge.matched.length), sourceRows: new Int32Array(count).fill(-1) };
}

function deletesOnly({ actions = new Uint16Array(1) }: RowChanges, list: readonly RowAction[]): boolean {
  return actions.every((action) => list[action]?.kind === "delete");
}
