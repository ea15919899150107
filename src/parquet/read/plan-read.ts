import { LakeError } from "../../base/errors.js";
import { compilePruner } from "../../expression/prune.js";
import type { BoundExpression } from "../../expression/expression.js";
import { fileCalendar, type FileCalendar } from "../metadata/calendar.js";
import { corruptFile } from "../corrupt.js";
import type { ParquetFooter } from "../metadata/footer.js";
import { defaultPlanLimits, planRowGroup, type PlanContext, type PlanLimits, type RowGroupCandidate } from "./plan-row-group.js";
import { leavesOf, projectColumns, type Projection, type ReadColumn } from "../adapt/projection.js";
import type { RangeReader } from "../range-reader.js";
import { boundReferences, rowGroupBounds } from "./read-bounds.js";
import { readPageIndexes } from "./read-page-indexes.js";
import type { ReadPlan } from "./read-plan.js";
import type { KeptRows } from "./row-ranges.js";

export interface PlanReadOptions {
  readonly columns: readonly ReadColumn[];
  /** Bound to `columns`: slot i is column i. Rules out row groups and pages; rows for which it is not true may remain. */
  readonly where?: BoundExpression | undefined;
  /** Only these row groups, ascending. */
  readonly rowGroups?: readonly number[] | undefined;
  /** Only these physical rows of the file, ascending and without repeats. */
  readonly rows?: Int32Array | undefined;
  readonly parallelism: number;
  /** Default: `defaultPlanLimits`. */
  readonly limits?: PlanLimits | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PlannedRead {
  readonly plan: ReadPlan;
  /** How each wanted column is made, in the order of `columns`. */
  readonly projections: readonly Projection[];
  readonly calendar: FileCalendar;
  /** See `ChunkPages.isSealed`. */
  readonly isSealed: boolean;
}

/**
 * Decides what a read fetches. Costs no request, or one for the page indexes of the row groups that statistics could not
 * rule out, when there is something to choose among their pages.
 *
 * @throws parquet/corrupt, parquet/unsupported  naming the file: see `projectColumns` and `readableChunk`
 */
export async function planRead(told: RangeReader, footer: ParquetFooter, options: PlanReadOptions): Promise<PlannedRead> {
  const file = footer.fileSize === undefined ? told : { ...told, size: footer.fileSize };
  const { metadata } = footer;
  const calendar = fileCalendar(metadata);
  const projections = projectColumns(footer.schema, options.columns, file.path);
  const references = options.where === undefined ? [] : boundReferences(options.where, projections);
  const mayMatch = options.where === undefined ? undefined : compilePruner(options.where);
  const { parallelism, limits = defaultPlanLimits } = options;
  const leaves = [...new Set(projections.flatMap(leavesOf))];
  const context: PlanContext = { file, projections, leaves, references, mayMatch, calendar, parallelism, limits };
  const candidates = rowGroupCandidates(footer, options, file.path).filter(
    ({ group }) => mayMatch === undefined || mayMatch(rowGroupBounds(metadata, group, references, calendar)),
  );
  const pagesOf = await readPageIndexes(file, footer, context, candidates, options.signal);
  const rowGroups = candidates.flatMap((candidate) => planRowGroup(context, candidate, pagesOf(candidate)));
  const bytes = rowGroups.reduce((sum, group) => sum + group.bytes, 0);
  const plan = { path: file.path, rowGroups, rowGroupsTotal: metadata.rowGroups.length, bytes };
  return { plan, projections, calendar, isSealed: footer.seal !== undefined };
}

/** The row groups that hold any of the wanted rows. */
function rowGroupCandidates(
  { metadata }: ParquetFooter,
  { rowGroups, rows }: PlanReadOptions,
  path: string,
): readonly RowGroupCandidate[] {
  const candidates: RowGroupCandidate[] = [];
  let firstRow = 0;
  let at = 0;
  for (const [index, group] of metadata.rowGroups.entries()) {
    const end = firstRow + group.rowCount;
    const from = at;
    if (rows !== undefined) while (at < rows.length && (rows[at] as number) < end) at++;
    const isChosen = rowGroups === undefined || rowGroups.includes(index);
    if (isChosen && group.rowCount > 0 && (rows === undefined || at > from)) {
      candidates.push({ index, group, firstRow, keep: keptRows(rows?.subarray(from, at), firstRow, group.rowCount) });
    }
    firstRow = end;
  }
  if (rows !== undefined && at < rows.length) {
    throw corruptFile(path, `its row ${rows[at] as number} is named (by a deletion vector, for one), and it has ${firstRow} rows`);
  }
  const count = metadata.rowGroups.length;
  for (const index of rowGroups ?? []) {
    if (metadata.rowGroups[index] !== undefined) continue;
    throw new LakeError("usage/invalid-option", `${path} has ${count} row groups; there is no row group ${index}.`, { path, index });
  }
  return candidates;
}

function keptRows(rows: Int32Array | undefined, firstRow: number, rowCount: number): KeptRows {
  if (rows === undefined || rows.length === rowCount) return { kind: "all" };
  return { kind: "rows", rows: firstRow === 0 ? rows : rows.map((row) => row - firstRow) };
}
