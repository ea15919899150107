import { describe, expect, test } from "vitest";
import { changeTable, newTable } from "../../../src/delta/protocol/new-table.js";
import { raiseProtocol } from "../../../src/delta/protocol/protocol-raise.js";
import { field, struct, types } from "../../../src/schema/data-types.js";
import { parseSchemaText } from "../../../src/schema/type-text.js";
import type { StructType } from "../../../src/schema/types.js";
import type { TableDefinition } from "../../../src/table/table-format.js";

const define = (schema: string | StructType, more: Partial<TableDefinition> = {}): TableDefinition => ({
  schema: typeof schema === "string" ? parseSchemaText(schema) : schema,
  partitionBy: [],
  properties: new Map(),
  ...more,
});
const make = (definition: TableDefinition) => newTable(definition, { tableId: "table", nowMs: 5 });
const codeOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return "no error";
};

describe("newTable", () => {
  test("a plain table gets the protocol that Spark gives it", () => {
    const { protocol, metadata } = make(
      define("id long not null, p string", {
        partitionBy: ["P"],
        name: "n",
        description: "d",
        properties: new Map([
          ["delta.appendonly", "true"],
          ["mine", "x"],
        ]),
      }),
    );
    expect(protocol).toEqual({ minReaderVersion: 1, minWriterVersion: 2 });
    expect(metadata).toMatchObject({ id: "table", name: "n", description: "d", createdTime: 5, partitionColumns: ["p"] });
    expect([...metadata.configuration]).toEqual([
      ["delta.appendOnly", "true"],
      ["mine", "x"],
    ]);
  });

  test("a timestamp_ntz anywhere brings table features, with what version 2 implied", () => {
    for (const schema of ["t timestamp_ntz", "a array<struct<t: timestamp_ntz>>", "m map<string, timestamp_ntz>"]) {
      expect(make(define(`id long, ${schema}`)).protocol).toEqual({
        minReaderVersion: 3,
        minWriterVersion: 7,
        readerFeatures: ["timestampNtz"],
        writerFeatures: ["appendOnly", "invariants", "timestampNtz"],
      });
    }
  });

  test.each([
    ["no columns", define(struct([])), "schema/invalid"],
    ["names that differ in case only", define("a int, A int"), "schema/duplicate-column"],
    ["nested names that differ in case only", define("s struct<a: int, A: int>"), "schema/duplicate-column"],
    ["an empty name", define(struct([field("", types.int)])), "schema/invalid"],
    ["a void", define(struct([field("v", types.void)])), "schema/invalid"],
    ["a variant", define(struct([field("v", types.variant)])), "delta/unsupported-feature"],
    ["a struct without fields", define(struct([field("s", struct([]))])), "schema/invalid"],
    ["an unknown partition column", define("a int", { partitionBy: ["b"] }), "schema/unknown-column"],
    ["a partition column twice", define("a int, b int", { partitionBy: ["a", "A"] }), "schema/duplicate-column"],
    ["all columns as partition", define("a int", { partitionBy: ["a"] }), "schema/invalid"],
    ["a nested partition column", define("a int, s struct<x: int>", { partitionBy: ["s"] }), "schema/invalid"],
    ["an unknown delta property", define("a int", { properties: new Map([["delta.nope", "1"]]) }), "delta/invalid-property"],
    [
      "a property that turns a feature on",
      define("a int", { properties: new Map([["delta.enableDeletionVectors", "true"]]) }),
      "delta/unsupported-feature",
    ],
    [
      "a generated column",
      define(struct([field("a", types.int), field("g", types.int, { metadata: { "delta.generationExpression": "a + 1" } })])),
      "delta/unsupported-feature",
    ],
    ["a column default", define(struct([field("a", types.int, { metadata: { CURRENT_DEFAULT: "1" } })])), "delta/unsupported-feature"],
  ])("refuses %s", (_, definition, code) => {
    expect(codeOf(() => make(definition))).toBe(code);
  });
});

describe("changeTable", () => {
  const base = make(
    define("id long, p string", {
      partitionBy: ["p"],
      name: "n",
      properties: new Map([
        ["mine", "x"],
        ["delta.checkpointInterval", "5"],
      ]),
    }),
  );

  test("what a change does not mention stays", () => {
    const changed = changeTable(
      base,
      {
        properties: new Map([
          ["delta.CHECKPOINTINTERVAL", "7"],
          ["mine", undefined],
        ]),
      },
      9,
    );
    expect(changed.protocol).toBe(base.protocol);
    expect(changed.metadata).toEqual({ ...base.metadata, configuration: new Map([["delta.checkpointInterval", "7"]]) });
  });

  test("a new schema keeps the id and raises the protocol when it needs more", () => {
    const changed = changeTable(base, { schema: parseSchemaText("id long, p string, t timestamp_ntz") }, 9);
    expect(changed.metadata.id).toBe("table");
    expect(changed.metadata.partitionColumns).toEqual(["p"]);
    expect(changed.protocol).toMatchObject({ minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ["timestampNtz"] });
  });

  test("replacing keeps the id and nothing else", () => {
    const changed = changeTable(base, { replace: true, schema: parseSchemaText("x int") }, 9);
    expect(changed.metadata).toMatchObject({ id: "table", name: undefined, partitionColumns: [], createdTime: 9 });
    expect([...changed.metadata.configuration]).toEqual([]);
  });

  test("a schema that lacks a partition column is refused", () => {
    expect(codeOf(() => changeTable(base, { schema: parseSchemaText("id long") }, 9))).toBe("schema/unknown-column");
  });
});

describe("raiseProtocol", () => {
  const at = (minReaderVersion: number, minWriterVersion: number, more: object = {}) => ({ minReaderVersion, minWriterVersion, ...more });

  test("a feature that a legacy version brings raises the version alone", () => {
    expect(raiseProtocol(at(1, 1), ["appendOnly", "invariants"])).toEqual(at(1, 2));
    expect(raiseProtocol(at(1, 4), ["appendOnly"])).toEqual(at(1, 4));
  });

  test("going to table features lists everything that the versions implied", () => {
    expect(raiseProtocol(at(2, 5), ["timestampNtz"])).toEqual(
      at(3, 7, {
        readerFeatures: ["columnMapping", "timestampNtz"],
        writerFeatures: [
          "appendOnly",
          "invariants",
          "checkConstraints",
          "changeDataFeed",
          "generatedColumns",
          "columnMapping",
          "timestampNtz",
        ],
      }),
    );
  });

  test("on table features only what is missing is added, and unknown names stay", () => {
    const protocol = at(1, 7, { writerFeatures: ["somethingNew"] });
    expect(raiseProtocol(protocol, ["appendOnly"])).toEqual(at(1, 7, { writerFeatures: ["appendOnly", "somethingNew"] }));
    const ready = at(3, 7, { readerFeatures: ["timestampNtz"], writerFeatures: ["timestampNtz"] });
    expect(raiseProtocol(ready, ["timestampNtz"])).toBe(ready);
  });
});
