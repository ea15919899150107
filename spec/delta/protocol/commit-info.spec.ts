import { describe, expect, test } from "vitest";
import type { Metadata } from "../../../src/delta/protocol/actions.js";
import { commitInfo, engineInfo, type CommitFacts } from "../../../src/delta/protocol/commit-info.js";
import { noMetrics, type Operation } from "../../../src/table/operation.js";

const metadata: Metadata = {
  id: "0",
  format: { provider: "parquet", options: new Map() },
  schemaString: "{}",
  partitionColumns: ["day"],
  configuration: new Map([["delta.appendOnly", "false"]]),
};

const facts = (operation: Operation, more: Partial<CommitFacts> = {}): CommitFacts => ({
  operation,
  metrics: {
    ...noMetrics,
    rowsInserted: 1,
    rowsUpdated: 2,
    rowsDeleted: 3,
    rowsCopied: 4,
    filesAdded: 5,
    filesRemoved: 6,
    bytesAdded: 7,
    bytesRemoved: 8,
    durationMs: 9,
  },
  metadata,
  timestampMs: 1000,
  readVersion: 3,
  isolationLevel: "Serializable",
  isBlindAppend: false,
  txnId: "t",
  ...more,
});

// Spark's DeltaOperations.scala is the authority for every name and value here.
describe("commitInfo", () => {
  test("an append is a WRITE with its mode and the three counts of written data", () => {
    expect(commitInfo(facts({ kind: "append" }, { isBlindAppend: true, userMetadata: "nightly" }))).toEqual({
      timestamp: 1000,
      operation: "WRITE",
      operationParameters: { mode: "Append", partitionBy: '["day"]' },
      readVersion: 3,
      isolationLevel: "Serializable",
      isBlindAppend: true,
      operationMetrics: { numFiles: "5", numOutputRows: "1", numOutputBytes: "7" },
      userMetadata: "nightly",
      engineInfo,
      txnId: "t",
    });
    expect(engineInfo).toMatch(/^laketable\/\d+\.\d+\.\d+/);
  });

  test("an overwrite names its predicate, and whether the schema may change, only when there is one", () => {
    const whole = commitInfo(facts({ kind: "overwrite", where: undefined, overwriteSchema: true }));
    expect(whole.operationParameters).toEqual({ mode: "Overwrite", partitionBy: '["day"]', canOverwriteSchema: true });
    expect(whole.operationMetrics).toEqual({
      numFiles: "5",
      numOutputRows: "1",
      numOutputBytes: "7",
      numRemovedFiles: "6",
      numRemovedBytes: "8",
    });
    const part = commitInfo(facts({ kind: "overwrite", where: "day = 1", overwriteSchema: false }));
    expect(part.operationParameters).toEqual({ mode: "Overwrite", partitionBy: '["day"]', predicate: "day = 1" });
    expect(part.operationMetrics).toMatchObject({ numDeletedRows: "3", numCopiedRows: "4" });
  });

  test("the predicate of a delete or update is a JSON list in a string", () => {
    expect(commitInfo(facts({ kind: "delete", where: "id > 1" }))).toMatchObject({
      operation: "DELETE",
      operationParameters: { predicate: '["id > 1"]' },
      operationMetrics: {
        numRemovedFiles: "6",
        numAddedFiles: "5",
        numDeletedRows: "3",
        numCopiedRows: "4",
        numRemovedBytes: "8",
        numAddedBytes: "7",
        executionTimeMs: "9",
      },
    });
    expect(commitInfo(facts({ kind: "update", where: undefined }, { details: { scanMs: 5, rewriteMs: 3 } }))).toMatchObject({
      operation: "UPDATE",
      operationParameters: { predicate: "[]" },
      operationMetrics: { numUpdatedRows: "2", numCopiedRows: "4", scanTimeMs: "5", rewriteTimeMs: "3" },
    });
  });

  test("a merge has its clauses as JSON in strings, and every count under Spark's name", () => {
    const merge = commitInfo(
      facts(
        {
          kind: "merge",
          on: "target.id = source.id",
          matched: [
            { action: "update", where: undefined },
            { action: "delete", where: "source.gone" },
          ],
          notMatched: [{ action: "insert", where: undefined }],
          notMatchedBySource: [],
        },
        { details: { sourceRows: 10, rowsDeletedBySource: 1, rowsUpdatedBySource: 2 } },
      ),
    );
    expect(merge.operation).toBe("MERGE");
    expect(merge.operationParameters).toEqual({
      predicate: '["target.id = source.id"]',
      matchedPredicates: '[{"actionType":"update"},{"predicate":"source.gone","actionType":"delete"}]',
      notMatchedPredicates: '[{"actionType":"insert"}]',
      notMatchedBySourcePredicates: "[]",
    });
    expect(merge.operationMetrics).toMatchObject({
      numSourceRows: "10",
      numTargetRowsInserted: "1",
      numTargetRowsUpdated: "2",
      numTargetRowsMatchedUpdated: "0",
      numTargetRowsNotMatchedBySourceUpdated: "2",
      numTargetRowsDeleted: "3",
      numTargetRowsMatchedDeleted: "2",
      numTargetRowsNotMatchedBySourceDeleted: "1",
      numTargetRowsCopied: "4",
      numOutputRows: "7",
      numTargetFilesAdded: "5",
      numTargetFilesRemoved: "6",
    });
  });

  test("creating and replacing a table, and setting properties", () => {
    expect(commitInfo(facts({ kind: "create", replace: false }))).toMatchObject({
      operation: "CREATE TABLE",
      operationParameters: {
        partitionBy: '["day"]',
        clusterBy: "[]",
        description: null,
        isManaged: "false",
        properties: '{"delta.appendOnly":"false"}',
      },
      operationMetrics: {},
    });
    expect(commitInfo(facts({ kind: "create", replace: true })).operation).toBe("CREATE OR REPLACE TABLE");
    expect(commitInfo(facts({ kind: "set-properties", properties: { a: "1" } }))).toMatchObject({
      operation: "SET TBLPROPERTIES",
      operationParameters: { properties: '{"a":"1"}' },
    });
  });
});
