import { unreachable } from "../../base/assert.js";
import { packageVersion } from "../../version.js";
import type { MergeClauseText, Operation, OperationDetails, WriteMetrics } from "../../table/operation.js";
import type { CommitInfo, Metadata } from "./actions.js";

// PROTOCOL.md "Commit Provenance Information" leaves the spelling to writers; it is Spark's (`DeltaOperations.scala`), so
// that every engine's history shows our commits as it shows its own.

export interface CommitFacts {
  readonly operation: Operation;
  readonly metrics: WriteMetrics;
  readonly details?: OperationDetails | undefined;
  /** The table as the commit leaves it. */
  readonly metadata: Metadata;
  readonly timestampMs: number;
  /** `undefined` for the commit that creates the table. */
  readonly readVersion: number | undefined;
  readonly isolationLevel: string;
  readonly isBlindAppend: boolean;
  readonly userMetadata?: string | undefined;
  readonly txnId: string;
}

export const engineInfo = `laketable/${packageVersion}`;

export function commitInfo(facts: CommitFacts): CommitInfo {
  const { operation, metadata, metrics, timestampMs, readVersion, isolationLevel, isBlindAppend, userMetadata, txnId } = facts;
  return {
    timestamp: timestampMs,
    operation: operationName(operation),
    operationParameters: operationParameters(operation, metadata),
    readVersion,
    isolationLevel,
    isBlindAppend,
    operationMetrics: operationMetrics(operation, metrics, facts.details ?? {}),
    userMetadata,
    engineInfo,
    txnId,
  };
}

export function operationName(operation: Operation): string {
  switch (operation.kind) {
    case "create":
      return operation.replace ? "CREATE OR REPLACE TABLE" : "CREATE TABLE";
    case "append":
    case "overwrite":
      return "WRITE";
    case "delete":
      return "DELETE";
    case "update":
      return "UPDATE";
    case "merge":
      return "MERGE";
    case "set-properties":
      return "SET TBLPROPERTIES";
    default:
      return unreachable(operation);
  }
}

/** Lists and maps are JSON inside a JSON string, predicates a list of one; flags are plain. */
function operationParameters(operation: Operation, metadata: Metadata): Readonly<Record<string, unknown>> {
  const partitionBy = JSON.stringify(metadata.partitionColumns);
  switch (operation.kind) {
    case "create":
      return {
        partitionBy,
        clusterBy: "[]",
        description: metadata.description ?? null,
        isManaged: "false",
        properties: JSON.stringify(Object.fromEntries(metadata.configuration)),
      };
    case "append":
      return { mode: "Append", partitionBy };
    case "overwrite":
      return {
        mode: "Overwrite",
        partitionBy,
        ...(operation.where === undefined ? {} : { predicate: operation.where }),
        ...(operation.overwriteSchema ? { canOverwriteSchema: true } : {}),
      };
    case "delete":
    case "update":
      return { predicate: JSON.stringify(operation.where === undefined ? [] : [operation.where]) };
    case "merge":
      return {
        predicate: JSON.stringify([operation.on]),
        matchedPredicates: clauses(operation.matched),
        notMatchedPredicates: clauses(operation.notMatched),
        notMatchedBySourcePredicates: clauses(operation.notMatchedBySource),
      };
    case "set-properties":
      return { properties: JSON.stringify(operation.properties) };
    default:
      return unreachable(operation);
  }
}

function clauses(texts: readonly MergeClauseText[]): string {
  return JSON.stringify(
    texts.map(({ action, where }) => (where === undefined ? { actionType: action } : { predicate: where, actionType: action })),
  );
}

/** The counts that Spark records for the operation, by `DeltaOperationMetrics`. */
function operationMetrics(operation: Operation, metrics: WriteMetrics, details: OperationDetails): Readonly<Record<string, string>> {
  const written = { numFiles: metrics.filesAdded, numOutputRows: metrics.rowsInserted, numOutputBytes: metrics.bytesAdded };
  const removed = { numRemovedFiles: metrics.filesRemoved, numRemovedBytes: metrics.bytesRemoved };
  const times = { executionTimeMs: metrics.durationMs, scanTimeMs: details.scanMs ?? 0, rewriteTimeMs: details.rewriteMs ?? 0 };
  const rewritten = {
    numAddedFiles: metrics.filesAdded,
    numAddedBytes: metrics.bytesAdded,
    ...removed,
    numCopiedRows: metrics.rowsCopied,
    ...times,
  };
  const none = { numAddedChangeFiles: 0, numDeletionVectorsAdded: 0, numDeletionVectorsRemoved: 0, numDeletionVectorsUpdated: 0 };
  switch (operation.kind) {
    case "create":
    case "set-properties":
      return {};
    case "append":
      return texts(written);
    case "overwrite":
      return texts(
        operation.where === undefined
          ? { ...written, ...removed }
          : { ...written, ...removed, numDeletedRows: metrics.rowsDeleted, numCopiedRows: metrics.rowsCopied, numAddedChangeFiles: 0 },
      );
    case "delete":
      return texts({ ...rewritten, ...none, numDeletedRows: metrics.rowsDeleted });
    case "update":
      return texts({ ...rewritten, ...none, numUpdatedRows: metrics.rowsUpdated });
    case "merge":
      return texts(mergeMetrics(metrics, details));
    default:
      return unreachable(operation);
  }
}

function mergeMetrics(metrics: WriteMetrics, details: OperationDetails): Readonly<Record<string, number>> {
  const updatedBySource = details.rowsUpdatedBySource ?? 0;
  const deletedBySource = details.rowsDeletedBySource ?? 0;
  return {
    numSourceRows: details.sourceRows ?? 0,
    numTargetRowsInserted: metrics.rowsInserted,
    numTargetRowsUpdated: metrics.rowsUpdated,
    numTargetRowsMatchedUpdated: metrics.rowsUpdated - updatedBySource,
    numTargetRowsNotMatchedBySourceUpdated: updatedBySource,
    numTargetRowsDeleted: metrics.rowsDeleted,
    numTargetRowsMatchedDeleted: metrics.rowsDeleted - deletedBySource,
    numTargetRowsNotMatchedBySourceDeleted: deletedBySource,
    numTargetRowsCopied: metrics.rowsCopied,
    numOutputRows: metrics.rowsInserted + metrics.rowsUpdated + metrics.rowsCopied,
    numTargetFilesAdded: metrics.filesAdded,
    numTargetFilesRemoved: metrics.filesRemoved,
    numTargetBytesAdded: metrics.bytesAdded,
    numTargetBytesRemoved: metrics.bytesRemoved,
    numTargetChangeFilesAdded: 0,
    numTargetDeletionVectorsAdded: 0,
    numTargetDeletionVectorsRemoved: 0,
    numTargetDeletionVectorsUpdated: 0,
    executionTimeMs: metrics.durationMs,
    scanTimeMs: details.scanMs ?? 0,
    rewriteTimeMs: details.rewriteMs ?? 0,
  };
}

function texts(counts: Readonly<Record<string, number>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(count)]));
}
