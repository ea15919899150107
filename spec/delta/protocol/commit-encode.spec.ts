import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AddFile, CommitActions, RemoveFile } from "../../../src/delta/protocol/actions.js";
import { encodeCommit } from "../../../src/delta/protocol/commit-encode.js";
import { decodeCommit } from "../../../src/delta/protocol/decode-commit.js";

const text = fc.string({ unit: "binary", maxLength: 12 }).filter((value) => value.isWellFormed());
const path = fc.uuid().map((id) => `a=x%20y/${id}.parquet`);
const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const strings = fc.array(fc.tuple(text, text), { maxLength: 3 }).map((entries) => new Map(entries));
const partition = fc
  .array(fc.tuple(fc.oneof(text, fc.constant("__proto__")), fc.option(text)), { maxLength: 3 })
  .map((entries) => new Map(entries));
const vector = fc.record({
  storageType: fc.constantFrom("u" as const, "i" as const, "p" as const),
  pathOrInlineDv: fc.constant("ab^-aqEH.-t@S}K{vb[*k^"),
  offset: optional(fc.nat()),
  sizeInBytes: fc.nat(),
  cardinality: count,
});

const add: fc.Arbitrary<AddFile> = fc.record({
  path,
  partitionValues: partition,
  size: count,
  modificationTime: count,
  dataChange: fc.boolean(),
  stats: optional(fc.constant('{"numRecords":9007199254740993}')),
  tags: optional(strings),
  deletionVector: optional(vector),
  baseRowId: optional(count),
  defaultRowCommitVersion: optional(count),
  clusteringProvider: optional(text),
});
const remove: fc.Arbitrary<RemoveFile> = fc.record({
  path,
  deletionTimestamp: optional(count),
  dataChange: fc.boolean(),
  extendedFileMetadata: optional(fc.boolean()),
  partitionValues: optional(partition),
  size: optional(count),
  stats: fc.constant(undefined),
  tags: optional(strings),
  deletionVector: optional(vector),
  baseRowId: optional(count),
  defaultRowCommitVersion: optional(count),
});
const commit: fc.Arbitrary<CommitActions> = fc.record({
  commitInfo: optional(
    fc.record({
      timestamp: count,
      operation: text,
      operationParameters: fc.constant({ mode: "Append", partitionBy: "[]", canOverwriteSchema: true, description: null }),
      operationMetrics: fc.constant({ numFiles: "1" }),
      readVersion: optional(count),
      isolationLevel: fc.constant("Serializable"),
      isBlindAppend: fc.boolean(),
      userMetadata: optional(text),
      engineInfo: text,
      txnId: fc.uuid(),
    }),
  ),
  protocol: optional(
    fc.constantFrom(
      { minReaderVersion: 1, minWriterVersion: 2 },
      { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ["timestampNtz"], writerFeatures: ["timestampNtz"] },
    ),
  ),
  metadata: optional(
    fc.record({
      id: fc.uuid(),
      name: optional(text),
      description: optional(text),
      format: fc.constant({ provider: "parquet", options: new Map<string, string>() }),
      schemaString: fc.constant('{"type":"struct","fields":[]}'),
      partitionColumns: fc.array(text, { maxLength: 2 }),
      createdTime: optional(count),
      configuration: strings,
    }),
  ),
  txns: fc.uniqueArray(
    fc.record({
      appId: text,
      version: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      lastUpdated: optional(fc.nat({ max: 9_999_999_999_999 })),
    }),
    { maxLength: 2, selector: ({ appId }) => appId },
  ),
  domains: fc.constant([]),
  removes: fc.uniqueArray(remove, { maxLength: 3, selector: (each) => each.path }),
  adds: fc.uniqueArray(add, { maxLength: 3, selector: (each) => each.path }),
  cdcs: fc.constant([]),
});

/** Absent and `undefined` are one. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, each: unknown) => (each instanceof Map ? [...each] : typeof each === "bigint" ? `${each}n` : each)),
  );

describe("encodeCommit", () => {
  test("decodes to the same actions", () => {
    fc.assert(
      fc.property(commit, (actions) => {
        fc.pre(
          actions.commitInfo !== undefined ||
            actions.protocol !== undefined ||
            actions.metadata !== undefined ||
            actions.txns.length + actions.adds.length + actions.removes.length > 0,
        );
        expect(plain(decodeCommit(encodeCommit(actions), "test"))).toEqual(plain(actions));
      }),
      { numRuns: 300 },
    );
  });

  test("commitInfo is the first line and removes come before adds, one action a line", () => {
    const actions: CommitActions = {
      commitInfo: { timestamp: 1, operation: "WRITE" },
      protocol: { minReaderVersion: 1, minWriterVersion: 2 },
      metadata: undefined,
      txns: [],
      domains: [],
      cdcs: [],
      adds: [{ path: "new\n", partitionValues: new Map([["p", null]]), size: 1, modificationTime: 2, dataChange: true }],
      removes: [{ path: "old", dataChange: true, deletionTimestamp: 3 }],
    };
    const lines = new TextDecoder().decode(encodeCommit(actions)).split("\n");
    expect(lines).toEqual([
      '{"commitInfo":{"timestamp":1,"operation":"WRITE"}}',
      '{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}',
      '{"remove":{"path":"old","deletionTimestamp":3,"dataChange":true}}',
      '{"add":{"path":"new\\n","partitionValues":{"p":null},"size":1,"modificationTime":2,"dataChange":true}}',
      "",
    ]);
  });
});
