import { DeltaTable, LakeError, type DataType } from "laketable";
import { perform } from "../model/perform.js";
import type { ModelRow, Program, Step } from "../model/program.js";
import { typedRows, type TypedRows } from "./cells.js";
import { createCommand, readCommand, stepCommand, type Command, type ReadOptions } from "./commands.js";
import { PeerError, startDriver, type Ask } from "./driver.js";
import type { PeerName } from "./environment.js";

export type EngineName = "laketable" | PeerName;

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
    rows: (table, schema, read = {}) => request(readCommand(name, table, schema, read)),
    history: (table) => request({ do: "history", table }),
  };
}

/** Started when first asked, then there for the whole run: a JVM takes seconds to come up. */
function lazily(...engines: readonly PeerName[]): Ask {
  let ask: Ask | undefined;
  return (request) => (ask ??= startDriver(...engines))(request);
}

const python = lazily("delta-rs", "duckdb");

/** The number of rows in a table's files, as pyarrow reads them with the checksums of pages verified. */
export async function verifiedRowCount(table: string): Promise<number> {
  return ((await python({ engine: "delta-rs", do: "checksums", table })) as { readonly rows: number }).rows;
}

export const peers = {
  ours,
  spark: peer("spark", lazily("spark")),
  deltars: peer("delta-rs", python),
  duckdb: peer("duckdb", python),
} as const;

/** Whether an engine said no by itself; anything else is a fault of the harness. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof PeerError || LakeError.is(error);
}
