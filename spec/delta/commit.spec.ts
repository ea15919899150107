import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { appendRows } from "../../src/engine/append.js";
import { deleteRows } from "../../src/engine/delete.js";
import { setProperties } from "../../src/engine/set-properties.js";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import type { Table } from "../../src/table/table-format.js";
import { createCountingStore } from "../doubles/counting-store.js";
import {
  append,
  bagOf,
  batch,
  createTable,
  dataKeys,
  filesOf,
  openFixture,
  rowsOf,
  schemaOf,
  sql,
  type Fixture,
} from "../engine/fixture.js";

const failureOf = async (run: Promise<unknown>): Promise<LakeError> => {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof LakeError) return error;
  throw new Error(`expected a LakeError, got ${String(error)}`);
};
const set = (fixture: Fixture, table: Table, properties: Readonly<Record<string, string>>) =>
  setProperties(fixture.context, table, { properties });
const deleteIds = (fixture: Fixture, table: Table, where: string) => deleteRows(fixture.context, table, { where: sql(where) });
const commitFile = (version: number): string => `_delta_log/${String(version).padStart(20, "0")}.json`;

async function actionsOf({ store }: Fixture, version: number): Promise<readonly Record<string, Record<string, unknown>>[]> {
  const text = new TextDecoder().decode(await store.get(commitFile(version)));
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>);
}

describe("commitPending", () => {
  test("a commit says who made it, what it was made on, and what it did", async () => {
    const fixture = openFixture();
    const table = await append(fixture, await createTable(fixture, "id int", { properties: { mine: "1" } }), [{ id: 1 }, { id: 2 }]);
    await deleteRows(fixture.context, table, { where: sql("id = 1"), userMetadata: "cleaning" });
    const [info, remove, add, ...rest] = await actionsOf(fixture, 2);
    expect(rest).toEqual([]);
    expect(info).toMatchObject({
      commitInfo: {
        operation: "DELETE",
        operationParameters: { predicate: '["id = 1"]' },
        readVersion: 1,
        isolationLevel: "Serializable",
        isBlindAppend: false,
        userMetadata: "cleaning",
        operationMetrics: { numDeletedRows: "1", numCopiedRows: "1", numAddedFiles: "1", numRemovedFiles: "1" },
      },
    });
    expect(info?.["commitInfo"]?.["txnId"]).toMatch(/^[0-9a-f-]{36}$/);
    const [, { add: old } = {}] = await actionsOf(fixture, 1);
    expect(remove?.["remove"]).toEqual({
      path: old?.["path"],
      deletionTimestamp: expect.any(Number) as number,
      dataChange: true,
      extendedFileMetadata: true,
      partitionValues: {},
      size: old?.["size"],
    });
    expect(JSON.parse(String(add?.["add"]?.["stats"]))).toEqual({
      numRecords: 1,
      minValues: { id: 2 },
      maxValues: { id: 2 },
      nullCount: { id: 0 },
    });
  });

  test("an append to an open table costs two puts and a look at the commit's time", async () => {
    const store = createCountingStore(createMemoryStore());
    const fixture = openFixture(store);
    const table = await createTable(fixture, "id int");
    store.reset();
    await append(fixture, table, [{ id: 1 }]);
    expect(store.requests.map(({ operation }) => operation)).toEqual(["openWriter", "putIfAbsent", "head"]);
  });

  test("deletes of different rows follow each other, of the same file they conflict, naming rule, version and file", async () => {
    const fixture = openFixture();
    const table = await append(fixture, await createTable(fixture, "id int"), [{ id: 1 }, { id: 2 }], [{ id: 11 }, { id: 12 }]);
    const first = await deleteIds(fixture, table, "id = 1");
    const second = await deleteIds(fixture, table, "id = 11");
    expect([first.version, second.version]).toEqual([3, 4]);
    expect(bagOf(await rowsOf(fixture, second.table.snapshot))).toEqual(bagOf([{ id: 2 }, { id: 12 }]));
    const keys = await dataKeys(fixture);
    const error = await failureOf(deleteIds(fixture, table, "id in (1, 7)"));
    expect(error).toMatchObject({ code: "delta/conflict", context: { rule: "concurrent-delete-read", version: 3, readVersion: 2 } });
    expect(error.message).toMatch(
      /made on version 2 was not committed: version 3 \(DELETE\) removed .*Refresh the table and run it again/,
    );
    expect(await dataKeys(fixture)).toEqual(keys);
  });

  test("WriteSerializable lets a delete follow an append that it did not see", async () => {
    for (const [level, expected] of [
      ["Serializable", "delta/conflict"],
      ["WriteSerializable", "committed"],
    ] as const) {
      const fixture = openFixture();
      const table = await append(fixture, await createTable(fixture, "id int", { properties: { "delta.isolationLevel": level } }), [
        { id: 1 },
      ]);
      await append(fixture, table, [{ id: 1 }]);
      const outcome = await deleteIds(fixture, table, "id = 1").then(
        () => "committed",
        (error: LakeError) => error.code,
      );
      expect(outcome).toBe(expected);
    }
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ["of the user's own", { mine: "2" }, "committed"],
    ["of checkpoints", { "delta.checkpointInterval": "7" }, "committed"],
    ["of the codec", { "delta.parquet.compression.codec": "snappy" }, "committed"],
    ["that writers obey", { "delta.appendOnly": "true" }, "metadata-changed"],
  ])("an append follows a change of properties %s, or not", async (_, properties, expected) => {
    const fixture = openFixture();
    const table = await createTable(fixture, "id int");
    await set(fixture, table, properties);
    const outcome = await append(fixture, table, [{ id: 1 }]).then(
      () => "committed",
      (error: LakeError) => error.context["rule"],
    );
    expect(outcome).toBe(expected);
    if (expected !== "committed") return;
    const reopened = await fixture.format.open();
    expect(Object.fromEntries(reopened.snapshot.properties)).toEqual(properties);
    expect(await rowsOf(fixture, reopened.snapshot)).toEqual([{ id: 1 }]);
  });

  test("two changes of the definition never follow each other unseen", async () => {
    const fixture = openFixture();
    const table = await createTable(fixture, "id int");
    await set(fixture, table, { mine: "1" });
    expect((await failureOf(set(fixture, table, { yours: "2" }))).context["rule"]).toBe("metadata-changed");
    const evolve = appendRows(fixture.context, table, { data: [batch("id int, a int", [{ id: 1, a: 1 }])], mergeSchema: true });
    expect((await failureOf(evolve)).context["rule"]).toBe("metadata-changed");
  });

  test("a protocol that this release could not have written to stops the commit by name", async () => {
    const fixture = openFixture();
    const table = await createTable(fixture, "id int");
    const protocol = { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ["rowTracking", "domainMetadata"] };
    await fixture.store.put(commitFile(1), new TextEncoder().encode(`${JSON.stringify({ protocol })}\n`));
    const error = await failureOf(append(fixture, table, [{ id: 1 }]));
    expect(error).toMatchObject({ code: "delta/conflict", context: { rule: "protocol-changed", version: 1 } });
    expect(error.message).toContain("rowTracking");
  });

  test("a protocol that only lists what is built is no obstacle, and is kept", async () => {
    const fixture = openFixture();
    const table = await createTable(fixture, "id int");
    const protocol = {
      minReaderVersion: 3,
      minWriterVersion: 7,
      readerFeatures: ["timestampNtz"],
      writerFeatures: ["timestampNtz", "appendOnly", "invariants"],
    };
    await fixture.store.put(commitFile(1), new TextEncoder().encode(`${JSON.stringify({ protocol })}\n`));
    const after = await append(fixture, table, [{ id: 1 }]);
    expect(after.protocol).toMatchObject({ minReaderVersion: 3, minWriterVersion: 7 });
  });

  test("a winner in the log of another engine, without txnId or isBlindAppend, is a rival like any other", async () => {
    const fixture = openFixture();
    const table = await append(fixture, await createTable(fixture, "id int"), [{ id: 1 }]);
    const add = {
      path: "foreign.parquet",
      partitionValues: {},
      size: 1,
      modificationTime: 1,
      dataChange: true,
      stats: '{"numRecords":1,"minValues":{"id":5},"maxValues":{"id":9}}',
    };
    await fixture.store.put(commitFile(2), new TextEncoder().encode(`${JSON.stringify({ add })}\n`));
    expect((await failureOf(deleteIds(fixture, table, "id > 8 or id = 1"))).context).toMatchObject({
      rule: "concurrent-append",
      path: "foreign.parquet",
      version: 2,
    });
    expect((await deleteIds(fixture, table, "id = 1")).version).toBe(3);
  });
});

describe("create", () => {
  const definition = {
    schema: schemaOf("id long not null, p string"),
    partitionBy: ["p"],
    properties: new Map([["mine", "x"]]),
    name: "n",
    description: "d",
  };

  test("version 0 holds protocol and metadata, and no rows", async () => {
    const fixture = openFixture();
    const table = await fixture.format.create(definition, { userMetadata: "first" });
    expect(table.snapshot).toMatchObject({ version: 0, name: "n", description: "d", partitionBy: ["p"] });
    const kinds = (await actionsOf(fixture, 0)).map((action) => Object.keys(action)[0]);
    expect(kinds).toEqual(["commitInfo", "protocol", "metaData"]);
    expect((await actionsOf(fixture, 0))[0]).toMatchObject({
      commitInfo: { operation: "CREATE TABLE", userMetadata: "first", isBlindAppend: true },
    });
  });

  test("a table that is there is refused, also when its first versions were cleaned up, and when a rival is faster", async () => {
    const fixture = openFixture();
    const table = await append(fixture, await createTable(fixture, "id int"), [{ id: 1 }]);
    expect((await failureOf(fixture.format.create(definition))).code).toBe("delta/table-exists");
    await table.checkpoint();
    await fixture.store.delete([commitFile(0)]);
    expect((await failureOf(fixture.format.create(definition))).code).toBe("delta/table-exists");
    const store = createMemoryStore();
    const both = await Promise.allSettled([openFixture(store).format.create(definition), openFixture(store).format.create(definition)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("replacing takes out all files and puts the new definition in place, under the same id; older versions stay", async () => {
    const fixture = openFixture();
    const table = await append(fixture, await createTable(fixture, "old string"), [{ old: "x" }]);
    const replaced = await fixture.format.create(definition, { replace: true });
    expect(replaced.snapshot).toMatchObject({ version: 2, tableId: table.snapshot.tableId, name: "n", partitionBy: ["p"] });
    expect(await filesOf(replaced.snapshot)).toEqual([]);
    expect(Object.fromEntries(replaced.snapshot.properties)).toEqual({ mine: "x" });
    expect(await rowsOf(fixture, (await fixture.format.open({ version: 1 })).snapshot)).toEqual([{ old: "x" }]);
    expect((await actionsOf(fixture, 2))[0]).toMatchObject({ commitInfo: { operation: "CREATE OR REPLACE TABLE", readVersion: 1 } });
  });
});
