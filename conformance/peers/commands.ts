import type { MatchedClause, ModelPredicate, ModelRow, ModelUpdate, Program, Step } from "../model/program.js";
import { typedRows } from "./cells.js";
import { columnSchema } from "./column-type.js";
import type { PeerName } from "./environment.js";

/** A request to a driver, without its id. */
export type Command = Readonly<Record<string, unknown>>;

export function createCommand(engine: PeerName, table: string, program: Program): Command {
  const { partitionBy, properties } = program;
  return { engine, do: "create", table, schema: columnSchema(program.schema), partitionBy, properties };
}

/** A step of a program in the engine's own SQL. */
export function stepCommand(engine: PeerName, table: string, schema: Program["schema"], step: Step): Command {
  const where = (predicate: ModelPredicate | undefined): Command =>
    predicate === undefined ? {} : { where: inDialect(engine, predicate.sql) };
  const set = (update: ModelUpdate): Command => ({
    set: Object.fromEntries(
      Object.entries(update.set).map(([name, value]) => [name, typeof value === "string" ? inDialect(engine, value) : "NULL"]),
    ),
  });
  const rows = (list: readonly ModelRow[]): Command => ({ rows: typedRows(schema, list).rows });
  const clause = (when: string) => (item: MatchedClause) => ({
    when,
    then: item.action,
    ...where(item.where),
    ...(item.action === "update" ? set(item.update) : {}),
  });
  const command = { engine, do: step.kind, table };
  switch (step.kind) {
    case "append":
      return { ...command, ...rows(step.rows) };
    case "overwrite":
      return { ...command, ...rows(step.rows), ...where(step.where) };
    case "delete":
      return { ...command, ...where(step.where) };
    case "update":
      return { ...command, ...set(step.update), ...where(step.where) };
    case "merge":
      return {
        ...command,
        ...rows(step.rows),
        on: "target.k = source.k",
        clauses: [
          ...step.matched.map(clause("matched")),
          ...step.notMatched.map((item) => ({ when: "not-matched", then: "insert-all", ...where(item.where) })),
          ...step.bySource.map(clause("not-matched-by-source")),
        ],
      };
    case "checkpoint":
      return command;
    case "reopen":
      return { ...command, do: "versions" };
  }
}

/**
 * Spark's SQL is the programs' own. DataFusion and DuckDB double a quote inside a text; DataFusion minds the case of names, and
 * delta-rs cannot write `length` into its log ("Unable to convert expression to string"), which it can with the longer name.
 */
export function inDialect(engine: PeerName, sql: string): string {
  if (engine === "spark") return sql;
  return sql.replace(/'((?:[^'\\]|\\.)*)'|\bK\b|\blength\b/g, (match, text: string | undefined) => {
    if (text !== undefined) return `'${text.replaceAll("\\'", "''")}'`;
    return match === "K" ? "k" : "character_length";
  });
}
