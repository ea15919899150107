import { bindPredicate } from "../expression/bind.js";
import type { ExpressionNode } from "../expression/expression.js";
import { formatExpression } from "../expression/format.js";
import { tableScope } from "../expression/scope.js";
import type { Table } from "../table/table-format.js";
import type { EngineContext, VerbOptions, VerbResult } from "./context.js";
import { assertRemovesData, commitRewrite, metricsOf, unchangedResult } from "./rewrite/commit-rewrite.js";
import { changesOf, findRows, hitCount } from "./rewrite/find-rows.js";
import { rewriteFiles } from "./rewrite/rewrite-files.js";
import type { RewriteRules } from "./rewrite/row-changes.js";
import { atTime } from "./rewrite/statement-time.js";

export interface DeleteRowsOptions extends VerbOptions {
  /** Rows for which it is true are deleted: not those for which it is null. Default: every row. */
  readonly where?: ExpressionNode | undefined;
}

const deleteAll: RewriteRules = { actions: [{ kind: "delete" }], inputOf: ({ length, target }) => ({ length, column: target }) };

/**
 * Deletes rows, as one commit; none at all when no row is hit.
 *
 * Files without a hit stay. A file that the predicate's partition values, or its hits, cover whole is removed; the others are
 * written anew without the deleted rows.
 *
 * @throws delta/append-only
 */
export async function deleteRows(context: EngineContext, table: Table, options: DeleteRowsOptions): Promise<VerbResult> {
  const startedMs = context.host.now();
  const { snapshot } = table;
  const { signal, onProgress, userMetadata } = options;
  assertRemovesData(table, "delete");
  const plan = snapshot.writePlan();
  const where = options.where === undefined ? undefined : atTime(bindPredicate(options.where, tableScope(snapshot.schema)), startedMs);
  const { hits } = await findRows(context, snapshot, { where, signal, onProgress });
  if (hits.length === 0) return unchangedResult(context, table, startedMs);

  const scannedMs = context.host.now();
  const partial = hits.filter(({ rows }) => rows !== "all");
  const rewrite = await rewriteFiles(context, {
    snapshot,
    plan,
    rules: deleteAll,
    changes: partial.map(changesOf),
    signal,
    onFile: (done) => onProgress?.({ phase: "rewrite", done, total: partial.length, unit: "files" }),
  });
  const rowsDeleted = hits.reduce((sum, hit) => sum + hitCount(hit), 0);
  const rowsCopied = partial.reduce((sum, hit) => sum + hit.rowCount - hitCount(hit), 0);
  const removed = hits.map(({ file }) => file);
  const endedMs = context.host.now();
  return commitRewrite(context, table, {
    pending: {
      operation: { kind: "delete", where: options.where === undefined ? undefined : formatExpression(options.where) },
      metrics: metricsOf({ rowsInserted: 0, rowsUpdated: 0, rowsDeleted, rowsCopied }, rewrite.files, removed, endedMs - startedMs),
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
