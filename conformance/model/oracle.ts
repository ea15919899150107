import type { MatchedClause, ModelRow, Step } from "./program.js";

export type Outcome = { readonly rows: readonly ModelRow[] } | { readonly error: string };

/** What a step makes of a bag of rows, computed the simplest way there is. */
export function expectedAfter(rows: readonly ModelRow[], step: Step): Outcome {
  switch (step.kind) {
    case "append":
      return { rows: [...rows, ...step.rows] };
    case "overwrite":
      return { rows: [...(step.where === undefined ? [] : rows.filter((row) => !step.where?.test(row))), ...step.rows] };
    case "delete":
      return { rows: rows.filter((row) => step.where !== undefined && !step.where.test(row)) };
    case "update":
      return { rows: rows.map((row) => (step.where === undefined || step.where.test(row) ? step.update.apply(row) : row)) };
    case "merge":
      return merged(rows, step);
    case "checkpoint":
    case "reopen":
      return { rows };
  }
}

function merged(target: readonly ModelRow[], step: Extract<Step, { kind: "merge" }>): Outcome {
  const matches = (a: ModelRow, b: ModelRow): boolean => a["k"] !== null && a["k"] === b["k"];
  const onlyDeletes = step.matched.length === 1 && step.matched[0]?.action === "delete" && step.matched[0].where === undefined;
  const result: ModelRow[] = [];
  for (const row of target) {
    const sources = step.rows.filter((source) => matches(row, source));
    if (sources.length > 1 && step.matched.length > 0 && !onlyDeletes) return { error: "merge/multiple-matches" };
    const [source] = sources;
    const kept = source === undefined ? afterClauses(step.bySource, row, row) : afterClauses(step.matched, row, source);
    if (kept !== undefined) result.push(kept);
  }
  for (const source of step.rows) {
    if (target.some((row) => matches(row, source))) continue;
    if (step.notMatched.some(({ where }) => where === undefined || where.test(source))) result.push(source);
  }
  return { rows: result };
}

/** The row after the first clause that applies; `undefined` when it is deleted. */
function afterClauses(clauses: readonly MatchedClause[], row: ModelRow, source: ModelRow): ModelRow | undefined {
  const clause = clauses.find(({ where }) => where === undefined || where.test(row));
  if (clause === undefined) return row;
  if (clause.action === "delete") return undefined;
  return clause.action === "update" ? clause.update.apply(row) : source;
}
