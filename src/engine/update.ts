import { bind, bindPredicate } from "../expression/bind.js";
import type { ExpressionNode } from "../expression/expression.js";
import { formatExpression } from "../expression/format.js";
import { tableScope } from "../expression/scope.js";
import type { Table } from "../table/table-format.js";
import type { EngineContext, VerbOptions, VerbResult } from "./context.js";
import { bindAssignments } from "./rewrite/assignment.js";
import { assertRemovesData, commitRewrite, metricsOf, unchangedResult } from "./rewrite/commit-rewrite.js";
import { changesOf, findRows, hitCount } from "./rewrite/find-rows.js";
import { rewriteFiles } from "./rewrite/rewrite-files.js";
import { atTime } from "./rewrite/statement-time.js";

export interface UpdateRowsOptions extends VerbOptions {
  /** New values by column, or by path of a nested field (`a.b`); all of them are computed from the row as it was. */
  readonly set: Readonly<Record<string, ExpressionNode>>;
  /** Rows for which it is true are updated. Default: every row. */
  readonly where?: ExpressionNode | undefined;
}

/**
 * Updates rows, as one commit; none at all when no row is hit. A row is updated whether its values differ or not; one whose
 * partition value changes moves to the other partition.
 *
 * @throws schema/unknown-column, schema/unknown-field, schema/type-mismatch, schema/not-null, delta/constraint-violated, delta/append-only
 * @throws usage/invalid-option when a column is assigned twice
 */
export async function updateRows(context: EngineContext, table: Table, options: UpdateRowsOptions): Promise<VerbResult> {
  const startedMs = context.host.now();
  const { snapshot } = table;
  const { signal, onProgress, userMetadata } = options;
  assertRemovesData(table, "update");
  const plan = snapshot.writePlan();
  const scope = tableScope(snapshot.schema);
  const where = options.where === undefined ? undefined : atTime(bindPredicate(options.where, scope), startedMs);
  const assignments = bindAssignments(options.set, {
    schema: snapshot.schema,
    bindValue: (node) => atTime(bind(node, scope), startedMs),
    conflictCode: "usage/invalid-option",
  });
  const { hits } = await findRows(context, snapshot, { where, signal, onProgress });
  const rowsUpdated = hits.reduce((sum, hit) => sum + hitCount(hit), 0);
  if (rowsUpdated === 0) return unchangedResult(context, table, startedMs);

  const scannedMs = context.host.now();
  const rewrite = await rewriteFiles(context, {
    snapshot,
    plan,
    rules: { actions: [{ kind: "update", assignments }], inputOf: ({ length, target }) => ({ length, column: target }) },
    changes: hits.map(changesOf),
    signal,
    onFile: (done) => onProgress?.({ phase: "rewrite", done, total: hits.length, unit: "files" }),
  });
  const removed = hits.map(({ file }) => file);
  const rowsCopied = hits.reduce((sum, hit) => sum + hit.rowCount - hitCount(hit), 0);
  const endedMs = context.host.now();
  return commitRewrite(context, table, {
    pending: {
      operation: { kind: "update", where: options.where === undefined ? undefined : formatExpression(options.where) },
      metrics: metricsOf({ rowsInserted: 0, rowsUpdated, rowsDeleted: 0, rowsCopied }, rewrite.files, removed, endedMs - startedMs),
      details: { scanMs: scannedMs - startedMs, rewriteMs: endedMs - scannedMs },
      added: rewrite.files,
      removed,
      reads: {
        wholeTable: where === undefined,
        predicates: where === undefined ? [] : [where],
        files: new Set(removed.map(({ path }) => path)),
      },
      dataChange: true,
      userMetadata,
    },
    rewrite,
    startedMs,
    options,
  });
}
