import { assert } from "../base/assert.js";
import type { Field } from "../schema/types.js";
import type { DataFile, Version } from "../table/data-file.js";
import type { Capabilities, ColumnBinding, PlanQuery, Snapshot } from "../table/snapshot.js";
import type { WritePlan, WritePlanOptions } from "../table/write-plan.js";
import type { DeltaContext } from "./delta-context.js";
import { isFeatureActive } from "./protocol/features.js";
import type { TableConfiguration } from "./protocol/table-configuration.js";
import { countRows } from "./row-count.js";
import { readRowDeletes } from "./row-deletes.js";
import type { TableState } from "./table-state.js";
import { transactionVersion } from "./transaction-version.js";
import { makeWritePlan } from "./write-plan.js";

/** A snapshot of a Delta table. `state` is for the rooms of this layer. */
export interface DeltaSnapshot extends Snapshot {
  readonly state: TableState;
}

export function createSnapshot(context: DeltaContext, state: TableState): DeltaSnapshot {
  const { configuration, segment, timestampMs } = state;
  const { metadata, schema, partitionFields } = configuration;
  const version: Version = segment.version;
  let rows: Promise<number | undefined> | undefined;
  const snapshot: DeltaSnapshot = {
    state,
    version,
    timestampMs,
    tableId: metadata.id,
    name: metadata.name,
    description: metadata.description,
    createdMs: metadata.createdTime,
    schema,
    partitionBy: partitionFields.map((field) => field.name),
    properties: metadata.configuration,
    capabilities: capabilitiesOf(state),
    plan: (query) => planned(context, state, query),
    bind: (file, columns) => columns.map((column) => bindColumn(file, column, configuration)),
    deletedRows: ({ path, rowDeletes }, signal) =>
      rowDeletes === undefined ? Promise.resolve(undefined) : readRowDeletes(context, path, rowDeletes, signal),
    rowCount: (signal) => {
      // Shared by callers; one that was aborted or failed is no answer for the next.
      rows ??= countRows(context, state, signal).catch((error: unknown) => {
        rows = undefined;
        throw error;
      });
      return rows;
    },
    transactionVersion: (appId, signal) => transactionVersion(context, state, appId, signal),
    writePlan: (options?: WritePlanOptions): WritePlan => makeWritePlan(context, snapshot, options),
  };
  return Object.freeze(snapshot);
}

/** Pruning brings the kernels of expressions and Arrow with it; a history or a schema needs neither. */
async function* planned(context: DeltaContext, state: TableState, query: PlanQuery = {}): AsyncGenerator<readonly DataFile[]> {
  const { planFiles } = await import("./file-list.js");
  yield* planFiles(context, state, query);
}

function capabilitiesOf({ configuration }: TableState): Capabilities {
  const appendOnly = isFeatureActive("appendOnly", configuration.protocol, configuration);
  return Object.freeze({ rowDeletes: "none", removesData: !appendOnly, changeFeed: false });
}

/** PROTOCOL.md "Data Files": partition values come from the log; "Void Type": such columns are in no file. */
function bindColumn(file: DataFile, column: Field, { schema, partitionFields, files }: TableConfiguration): ColumnBinding {
  if (partitionFields.some((field) => field.name === column.name)) {
    return { field: column, from: { kind: "constant", value: file.partition.get(column.name) ?? null } };
  }
  if (column.type.kind === "void") return { field: column, from: { kind: "constant", value: null } };
  // What is no column of the table, as the kind of a change, has no id.
  const isOwn = schema.fields.some(({ name }) => name === column.name);
  const matchBy = isOwn ? files.matchBy : "name";
  return { field: column, from: { kind: "file", matchBy, nameInFile: files.nameOf } };
}

/** The state behind a snapshot of this format. */
export function stateOf(snapshot: Snapshot): TableState {
  assert("state" in snapshot, "a Delta table was handed a snapshot of another format");
  return (snapshot as DeltaSnapshot).state;
}
