import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LakeError } from "../../../src/base/errors.js";
import type { CommitActions } from "../../../src/delta/protocol/actions.js";
import { decodeCommit, decodeProvenance } from "../../../src/delta/protocol/decode-commit.js";

const file = "_delta_log/00000000000000000007.json";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const commit = (...lines: readonly unknown[]): CommitActions =>
  decodeCommit(bytes(lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n")), file);

const add = { path: "a.parquet", partitionValues: {}, size: 1, modificationTime: 2, dataChange: true };
const remove = { path: "a.parquet", deletionTimestamp: 5, dataChange: true };
const vector = { storageType: "u", pathOrInlineDv: "ab^-aqEH.-t@S}K{vb[*k^", offset: 4, sizeInBytes: 40, cardinality: 6 };
const metaData = {
  id: "af23c9d7",
  format: { provider: "parquet", options: {} },
  schemaString: "…",
  partitionColumns: [],
  configuration: { appendOnly: "true" },
};
const protocol = { minReaderVersion: 1, minWriterVersion: 2 };

function refusal(act: () => unknown): LakeError {
  try {
    act();
  } catch (error) {
    if (error instanceof LakeError) return error;
    throw error;
  }
  throw new LakeError("internal/assertion", "nothing was refused");
}

describe("a commit", () => {
  it("gives its actions by kind, in order", () => {
    const actions = commit(
      {
        commitInfo: {
          timestamp: 1515491537026,
          operation: "WRITE",
          operationMetrics: { numFiles: 3, numOutputRows: "7" },
          isBlindAppend: true,
        },
      },
      { protocol },
      { metaData },
      { txn: { appId: "3ba13872-2d47-4e17-86a0-21afd2a22395", version: 364475 } },
      { domainMetadata: { domain: "delta.x", configuration: '{"key1":"value1"}', removed: false } },
      { add: { ...add, stats: '{"numRecords":1}', tags: { a: null, b: "c" }, baseRowId: 4071 } },
      { add: { ...add, path: "b.parquet", partitionValues: { date: "2017-12-10", region: null } } },
      { remove: { ...remove, path: "c.parquet" } },
      { cdc: { path: "_change_data/cdc.parquet", partitionValues: {}, size: 1213, dataChange: false } },
    );
    expect(actions.commitInfo).toMatchObject({
      operation: "WRITE",
      operationMetrics: { numFiles: "3", numOutputRows: "7" },
      isBlindAppend: true,
    });
    expect(actions.protocol).toMatchObject(protocol);
    expect(actions.metadata).toMatchObject({ id: "af23c9d7", configuration: new Map([["appendOnly", "true"]]) });
    expect(actions.txns).toEqual([{ appId: "3ba13872-2d47-4e17-86a0-21afd2a22395", version: 364475n, lastUpdated: undefined }]);
    expect(actions.domains.map(({ domain }) => domain)).toEqual(["delta.x"]);
    expect(actions.adds.map(({ path }) => path)).toEqual(["a.parquet", "b.parquet"]);
    expect(actions.adds[0]).toMatchObject({ stats: '{"numRecords":1}', tags: new Map([["b", "c"]]), baseRowId: 4071 });
    expect(actions.adds[1]?.partitionValues).toEqual(
      new Map([
        ["date", "2017-12-10"],
        ["region", null],
      ]),
    );
    expect(actions.removes).toMatchObject([{ path: "c.parquet", deletionTimestamp: 5 }]);
    expect(actions.cdcs).toMatchObject([{ path: "_change_data/cdc.parquet", size: 1213 }]);
  });

  it("may hold actions and fields that nobody knows, blank lines and CRLF", () => {
    const actions = decodeCommit(
      bytes(`{"future":{"x":1}}\r\n\r\n{"add":${JSON.stringify({ ...add, newField: { y: [1] } })},"other":7}\r\n`),
      file,
    );
    expect(actions.adds).toHaveLength(1);
  });

  it("keeps an application's version to the last digit", () => {
    expect(commit('{"txn":{"appId":"x","version":9223372036854775807}}').txns[0]?.version).toBe(9223372036854775807n);
    const both = commit('{"txn":{"appId":"x","version":9223372036854775807,"lastUpdated":1234567890123456}}').txns[0];
    expect(both?.lastUpdated).toBe(1234567890123456);
  });

  it("may remove a file and add it with another deletion vector", () => {
    const actions = commit({ remove }, { add: { ...add, deletionVector: vector } });
    expect(actions.adds[0]?.deletionVector).toEqual(vector);
  });

  it.each([
    ["of no bytes", "", undefined],
    ["of blank lines", "\n\n", undefined],
    ["cut off within a line", `${JSON.stringify({ add })}\n{"add":{"path":"b.par`, 2],
    ["with a line that is no object", "[]", 1],
    ["with a line that is no JSON", "{add}", 1],
    ["with two actions in a line", JSON.stringify({ add, remove }), 1],
    ["with an action that is no object", '{"add":"a.parquet"}', 1],
    ["with two metaData", [{ metaData }, { metaData }].map((line) => JSON.stringify(line)).join("\n"), 2],
    ["with two protocols", [{ protocol }, { protocol }].map((line) => JSON.stringify(line)).join("\n"), 2],
    ["that adds a path twice", [{ add }, { add: { ...add, deletionVector: vector } }].map((line) => JSON.stringify(line)).join("\n"), 2],
    ["that removes a path twice", [{ remove }, { remove }].map((line) => JSON.stringify(line)).join("\n"), 2],
    ["that adds and removes the same file", [{ add }, { remove }].map((line) => JSON.stringify(line)).join("\n"), 2],
    [
      "with a size that is no safe integer",
      '{"add":{"path":"a","partitionValues":{},"size":9007199254740993,"modificationTime":1,"dataChange":true}}',
      1,
    ],
    ["with a negative size", JSON.stringify({ add: { ...add, size: -1 } }), 1],
    ["with an unknown kind of deletion vector", JSON.stringify({ add: { ...add, deletionVector: { ...vector, storageType: "x" } } }), 1],
    ["with partition values that are no strings", JSON.stringify({ add: { ...add, partitionValues: { a: 1 } } }), 1],
  ])("%s is refused, naming file and line", (_, text, line) => {
    const error = refusal(() => decodeCommit(bytes(text), file));
    expect(error.code).toBe("delta/corrupt-log");
    expect(error.message).toContain(file);
    expect(error.context["line"]).toBe(line);
  });

  it.each(Object.keys(add))("without the required field add.%s is refused, naming it", (name) => {
    const error = refusal(() => commit({ add: { ...add, [name]: undefined } }));
    expect(error).toMatchObject({ code: "delta/corrupt-log" });
    expect(error.message).toContain(`"${name}"`);
  });

  it("that is no UTF-8 is refused", () => {
    expect(refusal(() => decodeCommit(Uint8Array.of(0x7b, 0xff, 0x7d), file)).code).toBe("delta/corrupt-log");
  });

  it("cut at any byte is refused, or gives the lines before the cut", () => {
    const text = [{ protocol }, { metaData }, { add }].map((line) => JSON.stringify(line)).join("\n");
    const whole = bytes(text);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (end) => {
        const atLineEnd = whole[end] === 10 || whole[end - 1] === 10;
        const decode = (): CommitActions => decodeCommit(whole.subarray(0, end), file);
        if (atLineEnd) expect(decode().adds).toHaveLength(0);
        else expect(refusal(decode).code).toBe("delta/corrupt-log");
      }),
    );
  });
});

describe("provenance", () => {
  it("is read without the other actions, wherever it stands", () => {
    const text = [{ add }, { commitInfo: { operation: "WRITE" } }].map((line) => JSON.stringify(line)).join("\n");
    expect(decodeProvenance(bytes(text), file)?.operation).toBe("WRITE");
    expect(decodeProvenance(bytes(JSON.stringify({ add })), file)).toBeUndefined();
  });

  it("with fields of unexpected types loses just those", () => {
    const text = JSON.stringify({ commitInfo: { operation: 7, timestamp: "x", engineInfo: "E" } });
    expect(decodeProvenance(bytes(text), file)).toMatchObject({ operation: undefined, timestamp: undefined, engineInfo: "E" });
  });
});
