import type { RecordBatch } from "apache-arrow";
import { LakeError } from "../base/errors.js";
import { term } from "../base/wording.js";
import type { BoundExpression, ExpressionNode } from "../expression/expression.js";
import { formatExpression } from "../expression/format.js";
import type { MergeClauseText, Operation, OperationDetails } from "../table/operation.js";
import type { MetadataChange, ReadSet } from "../table/pending-commit.js";
import type { Table } from "../table/table-format.js";
import type { WritePlan } from "../table/write-plan.js";
import { ifWritten } from "./app-transaction.js";
import type { EngineContext, NumberedVerbOptions, VerbResult } from "./context.js";
import { bindMerge, type BoundMerge } from "./merge/bind-merge.js";
import { insertedRows, planInsertions, type Insertion } from "./merge/insert-rows.js";
import { targetPredicate } from "./merge/key-predicate.js";
import { createMatcher } from "./merge/match-rows.js";
import type { MergeClause } from "./merge/merge-clause.js";
import { mergedSchema } from "./merge/merged-schema.js";
import type { MergeScan } from "./merge/scan-file.js";
import { concernedBySource, scanTarget, storedPart, type Concerned, type FileOutcome } from "./merge/scan-target.js";
import { collectSource } from "./merge/source-rows.js";
import { assertRemovesData, commitRewrite, metricsOf, unchangedResult, type RowCounts } from "./rewrite/commit-rewrite.js";
import { rewriteFiles } from "./rewrite/rewrite-files.js";
import type { RewriteRules, RowAction } from "./rewrite/row-changes.js";

export type { MergeClause } from "./merge/merge-clause.js";

export interface MergeRowsOptions extends NumberedVerbOptions {
  /** Read once. Batches of other columns are brought under one schema by name. */
  readonly source: AsyncIterable<RecordBatch>;
  /** When a target row and a source row belong together. */
  readonly on: ExpressionNode;
  readonly aliases: { readonly target: string; readonly source: string };
  readonly clauses: readonly MergeClause[];
  /** Columns that the source has and the table lacks are added by update-all, insert-all, and by assignments to them. */
  readonly schemaEvolution?: boolean | undefined;
}

/**
 * Merges rows into the table, as one commit; none at all when nothing changes.
 *
 * The source is held in memory, by key. Files are pruned by the bounds of its keys; of the others only the columns of keys and
 * conditions are read; only files with a changed row are written anew, and a merge that only inserts rewrites none.
 *
 * @throws merge/multiple-matches, merge/invalid-condition, merge/invalid-clause, memory/budget-exceeded, delta/append-only
 */
export async function mergeRows(context: EngineContext, table: Table, options: MergeRowsOptions): Promise<VerbResult> {
  const startedMs = context.host.now();
  const { snapshot } = table;
  const { signal, clauses } = options;
  if (clauses.some(({ on }) => on !== "not-matched")) assertRemovesData(table, "a merge that updates or deletes");
  const done = await ifWritten(context, table, options, startedMs);
  if (done !== undefined) return done;
  // A table that cannot be written is refused before its source is read.
  snapshot.writePlan();
  const { limitBytes } = context.memory;
  const source = await collectSource(options.source, { fallback: snapshot.schema, limitBytes, signal });
  const schema = options.schemaEvolution === true ? mergedSchema(snapshot.schema, source.schema, clauses) : snapshot.schema;
  const metadata: MetadataChange | undefined = schema === snapshot.schema ? undefined : { schema };
  const plan = snapshot.writePlan({ metadata });
  const merge = bindMerge(options.on, clauses, {
    target: plan.schema,
    source: source.schema,
    aliases: options.aliases,
    nowMs: startedMs,
  });
  const matcher = createMatcher(merge.condition, source, plan.schema.fields.length);
  assertFits(source.bytes + matcher.bytes, limitBytes);
  const scan: MergeScan = { snapshot, target: plan.schema, merge, source, matcher, sourceMatched: new Uint8Array(source.rowCount) };
  const held = context.memory.hold(source.bytes + matcher.bytes);
  try {
    return await runMerge(context, table, { scan, plan, metadata, startedMs, options });
  } finally {
    held.release();
  }
}

interface MergeRun {
  readonly scan: MergeScan;
  readonly plan: WritePlan;
  readonly metadata: MetadataChange | undefined;
  readonly startedMs: number;
  readonly options: MergeRowsOptions;
}

async function runMerge(
  context: EngineContext,
  table: Table,
  { scan, plan, metadata, startedMs, options }: MergeRun,
): Promise<VerbResult> {
  const { snapshot, merge, source, matcher } = scan;
  const { signal, onProgress, userMetadata, transaction } = options;
  const actions = [...merge.matched, ...merge.notMatchedBySource].map(({ action }) => action);
  const matchable = storedPart(targetPredicate(merge.condition, matcher.keyBounds, source.rowCount), snapshot.schema.fields.length);
  const { files, filesThatCount } = await scanTarget(context, scan, { matchable, actions, signal, onProgress });
  const insertions = planInsertions(merge.notMatched, source, scan.sourceMatched, plan.schema.fields.length);
  if (files.length === 0 && insertions.length === 0 && transaction === undefined) return unchangedResult(context, table, startedMs);

  const scannedMs = context.host.now();
  const partial = files.filter(({ isGone }) => !isGone);
  const rewrite = await rewriteFiles(context, {
    snapshot,
    plan,
    rules: rewriteRules(actions, scan),
    changes: partial.map(({ changes }) => changes),
    inserts: insertions.length === 0 ? undefined : insertedRows(insertions, source, plan.schema),
    signal,
    onFile: (done) => onProgress?.({ phase: "rewrite", done, total: partial.length, unit: "files" }),
  });
  const removed = files.map(({ changes }) => changes.file);
  const endedMs = context.host.now();
  const { counts, details } = countRows(merge, files, insertions);
  return commitRewrite(context, table, {
    pending: {
      operation: mergeOperation(options),
      metrics: metricsOf(counts, rewrite.files, removed, endedMs - startedMs),
      details: { ...details, sourceRows: source.rowCount, scanMs: scannedMs - startedMs, rewriteMs: endedMs - scannedMs },
      added: rewrite.files,
      removed,
      metadata,
      reads: readSet(matchable, concernedBySource(scan), filesThatCount),
      dataChange: true,
      transaction,
      userMetadata,
    },
    rewrite,
    startedMs,
    options,
  });
}

function assertFits(bytes: number, limitBytes: number): void {
  if (bytes <= limitBytes) return;
  throw new LakeError(
    "memory/budget-exceeded",
    [
      `The source of the merge and the table of its keys take ${bytes} bytes, and ${limitBytes} are allowed. Nothing was changed; raise `,
      term("memory-limit"),
      ", or merge the source in parts.",
    ],
    { bytes, memoryLimit: limitBytes },
  );
}

/** Updates see the target's columns and the source row they are paired with; rows without a match see nulls for it. */
function rewriteRules(actions: readonly RowAction[], { target, source }: MergeScan): RewriteRules {
  const width = target.fields.length;
  return {
    actions,
    inputOf: ({ length, target: targetColumn, sourceRows }) => {
      const sourceColumn = source.gather(sourceRows ?? new Int32Array(length).fill(-1));
      return { length, column: (slot) => (slot < width ? targetColumn(slot) : sourceColumn(slot - width)) };
    },
  };
}

/** The rows that decide what the merge does: those that can match, and those that a clause for rows without a match looks for. */
function readSet(matchable: BoundExpression | undefined, concerned: Concerned, files: ReadonlySet<string>): ReadSet {
  if (matchable === undefined || concerned === "all") return { wholeTable: true, predicates: [], files };
  return { wholeTable: false, predicates: concerned === "none" ? [matchable] : [matchable, concerned], files };
}

function countRows(
  merge: BoundMerge,
  files: readonly FileOutcome[],
  insertions: readonly Insertion[],
): { readonly counts: RowCounts; readonly details: OperationDetails } {
  const perAction = new Float64Array(merge.matched.length + merge.notMatchedBySource.length);
  for (const { changes } of files) for (const action of changes.actions ?? []) perAction[action] = (perAction[action] ?? 0) + 1;
  const total = (clauses: readonly { readonly action: RowAction }[], first: number, kind: RowAction["kind"]): number =>
    clauses.reduce((sum, { action }, index) => sum + (action.kind === kind ? (perAction[first + index] ?? 0) : 0), 0);
  const bySource = merge.matched.length;
  const rowsUpdatedBySource = total(merge.notMatchedBySource, bySource, "update");
  const rowsDeletedBySource = total(merge.notMatchedBySource, bySource, "delete");
  return {
    counts: {
      rowsInserted: insertions.reduce((sum, { rows }) => sum + rows.length, 0),
      rowsUpdated: total(merge.matched, 0, "update") + rowsUpdatedBySource,
      rowsDeleted: total(merge.matched, 0, "delete") + rowsDeletedBySource,
      rowsCopied: files.reduce((sum, { isGone, rowCount, changes }) => sum + (isGone ? 0 : rowCount - changes.rows.length), 0),
    },
    details: { rowsUpdatedBySource, rowsDeletedBySource },
  };
}

function mergeOperation({ on, clauses }: MergeRowsOptions): Operation {
  const texts = (kind: MergeClause["on"]): readonly MergeClauseText[] =>
    clauses
      .filter((clause) => clause.on === kind)
      .map(({ action, where }) => ({ action: actionText(action), where: where === undefined ? undefined : formatExpression(where) }));
  return {
    kind: "merge",
    on: formatExpression(on),
    matched: texts("matched"),
    notMatched: texts("not-matched"),
    notMatchedBySource: texts("not-matched-by-source"),
  };
}

function actionText(action: MergeClause["action"]): MergeClauseText["action"] {
  switch (action) {
    case "update":
    case "update-all":
      return "update";
    case "insert":
    case "insert-all":
      return "insert";
    case "delete":
      return "delete";
  }
}
