import { LakeError } from "../base/errors.js";
import { term } from "../base/wording.js";
import type { DataFile } from "../table/data-file.js";
import { noMetrics } from "../table/operation.js";
import type { PendingCommit } from "../table/pending-commit.js";
import { readNothing } from "../table/pending-commit.js";
import type { TableDefinition } from "../table/table-format.js";
import { publish, type Outcome } from "./commit-loop.js";
import type { DeltaContext } from "./delta-context.js";
import { hasLog } from "./log-store.js";
import { commitInfo } from "./protocol/commit-info.js";
import { newTable } from "./protocol/new-table.js";
import { properties, readProperty } from "./protocol/properties.js";
import { tableConfiguration } from "./protocol/table-configuration.js";

export interface CreateTableOptions {
  readonly userMetadata?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Commits version 0: the definition, and no rows.
 *
 * @throws delta/table-exists, or the definition's own errors before anything is written
 */
export async function createTable(
  context: DeltaContext,
  definition: TableDefinition,
  options: CreateTableOptions = {},
): Promise<Outcome> {
  const { host } = context;
  const { userMetadata, signal } = options;
  const { protocol, metadata } = newTable(definition, { tableId: host.uuid(), nowMs: host.now() });
  const place = { file: "the new table" };
  tableConfiguration(protocol, metadata, { protocol: place, metadata: place });
  // Version 0 alone does not tell: log cleanup deletes it, and writing it anew would end the table.
  if (await hasLog(context, signal)) throw tableExists(context);
  const txnId = host.uuid();
  return publish(context, {
    txnId,
    version: 0,
    attemptsMax: 5,
    signal,
    actions: () => ({
      commitInfo: commitInfo({
        operation: { kind: "create", replace: false },
        metrics: noMetrics,
        metadata,
        timestampMs: host.now(),
        readVersion: undefined,
        isolationLevel: readProperty(metadata.configuration, properties.isolationLevel),
        isBlindAppend: true,
        userMetadata,
        txnId,
      }),
      protocol,
      metadata,
      txns: [],
      domains: [],
      adds: [],
      removes: [],
      cdcs: [],
    }),
    judge: () => Promise.reject(tableExists(context)),
  });
}

/** The commit that puts `definition` in the place of a table's own, and takes out all of its `files`. */
export function replacement(definition: TableDefinition, files: readonly DataFile[], userMetadata?: string): PendingCommit {
  const { schema, partitionBy, properties: wanted, name, description } = definition;
  return {
    operation: { kind: "create", replace: true },
    metrics: { ...noMetrics, filesRemoved: files.length, bytesRemoved: files.reduce((sum, { size }) => sum + size, 0) },
    added: [],
    removed: files,
    metadata: { schema, partitionBy, properties: wanted, name, description, replace: true },
    reads: { ...readNothing, wholeTable: true },
    dataChange: true,
    userMetadata,
  };
}

function tableExists(context: DeltaContext): LakeError {
  return new LakeError(
    "delta/table-exists",
    [`There is a table at ${context.store.url} already. Open it, or create with `, term("if-exists"), "."],
    { url: context.store.url },
  );
}
