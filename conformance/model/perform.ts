import type { DeltaTable } from "laketable";
import type { MatchedClause, ModelRow, Step } from "./program.js";

/** Does a step of a program to a table. */
export async function perform(table: DeltaTable<ModelRow>, step: Step): Promise<unknown> {
  switch (step.kind) {
    case "append":
      return table.append([...step.rows]);
    case "overwrite":
      return table.overwrite([...step.rows], step.where === undefined ? {} : { where: step.where.sql });
    case "delete":
      return table.delete(step.where === undefined ? {} : step.where.sql);
    case "update":
      return table.update({ set: step.update.set as Record<string, string>, ...whereSql(step) });
    case "merge":
      return merge(table, step);
    case "checkpoint":
      return table.checkpoint();
    case "reopen":
      return undefined;
  }
}

function merge(table: DeltaTable<ModelRow>, step: Extract<Step, { kind: "merge" }>): Promise<unknown> {
  let builder = table.merge({ source: [...step.rows], on: "target.k = source.k" });
  for (const clause of step.matched) {
    builder =
      clause.action === "update-all"
        ? builder.whenMatchedUpdateAll(whereSql(clause))
        : clause.action === "delete"
          ? builder.whenMatchedDelete(whereSql(clause))
          : builder.whenMatchedUpdate({ set: setOf(clause), ...whereSql(clause) });
  }
  for (const clause of step.notMatched) builder = builder.whenNotMatchedInsertAll(whereSql(clause));
  for (const clause of step.bySource) {
    builder =
      clause.action === "delete"
        ? builder.whenNotMatchedBySourceDelete(whereSql(clause))
        : builder.whenNotMatchedBySourceUpdate({ set: setOf(clause), ...whereSql(clause) });
  }
  return builder.execute();
}

function setOf(clause: MatchedClause): Record<string, string> {
  return clause.action === "update" ? (clause.update.set as Record<string, string>) : {};
}

function whereSql(clause: { readonly where?: { readonly sql: string } }): { readonly where?: string } {
  return clause.where === undefined ? {} : { where: clause.where.sql };
}
