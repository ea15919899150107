import { noMetrics } from "../table/operation.js";
import { readNothing } from "../table/pending-commit.js";
import type { Table } from "../table/table-format.js";
import type { EngineContext, VerbOptions, VerbResult } from "./context.js";

export interface SetPropertiesOptions extends VerbOptions {
  readonly properties: Readonly<Record<string, string>>;
}

/** Commits the properties, also when they have these values already: the log then says that somebody asked. */
export async function setProperties(context: EngineContext, table: Table, options: SetPropertiesOptions): Promise<VerbResult> {
  const startedMs = context.host.now();
  const { properties, signal, userMetadata, maxAttempts, isolation } = options;
  const committed = await table.commit(
    table.snapshot,
    {
      operation: { kind: "set-properties", properties },
      metrics: noMetrics,
      added: [],
      removed: [],
      metadata: { properties: new Map(Object.entries(properties)) },
      reads: readNothing,
      dataChange: false,
      userMetadata,
    },
    { signal, maxAttempts, isolation },
  );
  return {
    table: committed.table,
    committed: true,
    version: committed.version,
    timestampMs: committed.timestampMs,
    metrics: { ...noMetrics, durationMs: context.host.now() - startedMs },
  };
}
