import { DeltaTable, LakeError, type DataType } from "laketable";
import { perform } from "../model/perform.js";
import type { ModelRow, Program, Step } from "../model/program.js";
import { typedRows, type TypedRows } from "./cells.js";
import { columnSchema } from "./column-type.js";
import { createCommand, inDialect, stepCommand, type Command } from "./commands.js";
import { PeerError, startDriver, type Ask } from "./driver.js";
import type { PeerName } from "./environment.js";

export type EngineName = "laketable" | PeerName;

export interface ReadOptions {
  readonly version?: number;
  /** In Spark's SQL; each engine gets it in its own dialect. */
  readonly where?: string;
  /** Whether statistics may leave files and row groups out; `false` only where the engine can be told so. */
  readonly skipping?: boolean;
}

export interface HistoryEntry {
  readonly version: number;
  readonly operation: string;
  readonly operationParameters: Readonly<Record<string, unknown>> | null;
  readonly operationMetrics: Readonly<Record<string, unknown>> | null;
  readonly engineInfo: string | null;
}

/** One engine; every method is one call on a table in a local folder. */
export interface Engine {
  readonly name: EngineName;
  create(table: string, program: Program): Promise<void>;
  /** Does a step to the table; gives the newest version afterwards. */
  run(table: string, schema: Program["schema"], step: Step): Promise<number>;
  rows(table: string, schema: Program["schema"], options?: ReadOptions): Promise<TypedRows>;
  history(table: string): Promise<readonly HistoryEntry[]>;
}

const options = { workers: 0 };

const ours: Engine = {
  name: "laketable",
  async create(table, { schema, partitionBy, properties }) {
    await DeltaTable.create(table, { schema, partitionBy, properties, ...options });
  },
  async run(table, _schema, step) {
    const handle = await DeltaTable.open<ModelRow>(table, options);
    await perform(handle, step);
    return handle.version;
  },
  async rows(table, _schema, { version, where } = {}) {
    const handle = await DeltaTable.open<ModelRow>(table, { ...options, ...(version === undefined ? {} : { version }) });
    const rows = await handle.toArray(where === undefined ? {} : { where });
    return typedRows(Object.fromEntries(handle.schema.fields.map(({ name, type }) => [name, typeText(type)])), rows);
  },
  async history(table) {
    const entries = await (await DeltaTable.open(table, options)).history();
    return entries as unknown as readonly HistoryEntry[];
  },
};

function typeText(type: DataType): string {
  switch (type.kind) {
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "array":
      return `array<${typeText(type.element)}>`;
    case "map":
      return `map<${typeText(type.key)},${typeText(type.value)}>`;
    case "struct":
      return `struct<${type.fields.map((field) => `${field.name}:${typeText(field.type)}`).join(",")}>`;
    default:
      return type.kind;
  }
}

function peer(name: PeerName, ask: Ask): Engine {
  const request = async <T>(command: Command): Promise<T> => (await ask({ engine: name, ...command })) as T;
  return {
    name,
    create: (table, program) => request(createCommand(name, table, program)),
    run: async (table, schema, step) => (await request<{ readonly version: number }>(stepCommand(name, table, schema, step))).version,
    rows: (table, schema, { where, ...rest } = {}) =>
      request({
        do: "rows",
        table,
        schema: columnSchema(schema),
        ...rest,
        ...(where === undefined ? {} : { where: inDialect(name, where) }),
      }),
    history: (table) => request({ do: "history", table }),
  };
}

/** Started when first asked, then there for the whole run: a JVM takes seconds to come up. */
function lazily(...engines: readonly PeerName[]): Ask {
  let ask: Ask | undefined;
  return (request) => (ask ??= startDriver(...engines))(request);
}

const python = lazily("delta-rs", "duckdb");

export const peers = {
  ours,
  spark: peer("spark", lazily("spark")),
  deltars: peer("delta-rs", python),
  duckdb: peer("duckdb", python),
} as const;

/** SQL that DuckDB answers over files, typed as the schema says. */
export async function duckSql(sql: string, schema: Program["schema"], skipping = true): Promise<TypedRows> {
  return (await python({ engine: "duckdb", do: "rows", sql, schema: columnSchema(schema), skipping })) as TypedRows;
}

/** Whether an engine said no by itself; anything else is a fault of the harness. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof PeerError || LakeError.is(error);
}
