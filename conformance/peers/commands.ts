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

export interface ReadOptions {
  readonly version?: number;
  /** In Spark's SQL; each engine gets it in its own dialect. */
  readonly where?: string;
  /** Whether statistics may leave files and row groups out; `false` only where the engine can be told so. */
  readonly skipping?: boolean;
}

export function readCommand(engine: PeerName, table: string, schema: Program["schema"], { where, ...rest }: ReadOptions): Command {
  const filter = where === undefined ? {} : { where: inDialect(engine, where) };
  return { engine, do: "rows", table, schema: columnSchema(schema), ...rest, ...filter };
}

/** Words of Spark's SQL that other engines spell in their own way. */
const words: Readonly<Record<Exclude<PeerName, "spark">, Readonly<Record<string, string>>>> = {
  // delta-rs cannot write `length` into its log ("Unable to convert expression to string"); DataFusion minds the case of names.
  "delta-rs": { K: "k", length: "character_length", "<=>": "is not distinct from" },
  duckdb: {
    "<=>": "is not distinct from",
    "as byte)": "as tinyint)",
    "as short)": "as smallint)",
    "as long)": "as bigint)",
    "as timestamp)": "as timestamptz)",
    "as timestamp_ntz)": "as timestamp)",
  },
};

/** Spark's SQL is the programs' own; the others double a quote inside a text. */
export function inDialect(engine: PeerName, sql: string): string {
  if (engine === "spark") return sql;
  return sql.replace(/'((?:[^'\\]|\\.)*)'|as \w+\)|\w+|<=>/g, (match, text: string | undefined) =>
    text === undefined ? (words[engine][match] ?? match) : `'${text.replaceAll("\\'", "''")}'`,
  );
}
