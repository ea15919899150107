import { Table, tableFromArrays, vectorFromArray, Utf8 } from "apache-arrow";
import { describe, expect, test } from "vitest";
import { DeltaTable, lit, sql, type BatchInput } from "../../src/index.js";
import { failureOf, idsOf, inThread, newLocation, people, usersTable } from "./tables.js";

const { ann, bob, eve } = people;

async function numbersTable() {
  return DeltaTable.create(newLocation(), { schema: { id: "long not null", name: "string" }, ...inThread });
}

async function* inTurn<T>(...items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

describe("append", () => {
  const batch = new Table({ id: vectorFromArray([1n, 2n]) });
  const named = new Table({ id: vectorFromArray([1n, 2n]), name: vectorFromArray(["a", "b"], new Utf8()) });
  const rows = [{ id: 1n, name: "a" }, { id: 2 }];

  test.each<[string, () => BatchInput<{ id: bigint | number; name?: string | null | undefined }>]>([
    ["an Arrow Table", () => named],
    ["a RecordBatch", () => batch.batches[0] ?? expect.fail("there is a batch")],
    ["an array of batches", () => named.batches],
    ["an iterable of batches", () => new Set(named.batches)],
    ["an async iterable of batches", () => inTurn(...named.batches)],
    ["an array of rows", () => rows],
    ["an iterable of rows", () => new Set(rows)],
    ["an async iterable of rows", () => inTurn(...rows)],
  ])("data is %s", async (_, data) => {
    const table = await numbersTable();
    const result = await table.append(data());
    expect(result).toMatchObject({ version: 1, metrics: { rowsInserted: 2, filesAdded: 1 } });
    expect((await table.toArray()).map(({ id }) => id)).toEqual([1n, 2n]);
  });

  test("data is a scan of another table", async () => {
    const users = await usersTable();
    const copy = await DeltaTable.create(newLocation(), { schema: users.schema, ...inThread });
    await copy.append(users.scan({ where: "country = 'KR'" }));
    expect((await copy.toArray()).map(({ user_id }) => user_id)).toEqual([1n, 9_007_199_254_740_993n]);
  });

  test("mergeSchema adds the columns that the table lacks; older rows have null there", async () => {
    const table = await numbersTable();
    await table.append([{ id: 1n }]);
    const more = [{ id: 2n, age: 7, born: { year: 2019 } }];
    await failureOf(table.append(more), "schema/unknown-field");
    await table.append(more, { mergeSchema: true });
    expect((await table.toArray()).sort((a, b) => Number(a.id - b.id))).toEqual([
      { id: 1n, name: null, age: null, born: null },
      { id: 2n, name: null, age: 7, born: { year: 2019 } },
    ]);
    expect((await table.at({ version: 1 })).schema.fields).toHaveLength(2);
  });

  test("userMetadata is kept in the log, and progress is told", async () => {
    const table = await numbersTable();
    const phases = new Set<string>();
    await table.append(rows, { userMetadata: "run 42", onProgress: ({ phase }) => phases.add(phase) });
    expect((await table.history({ limit: 1 }))[0]).toMatchObject({ version: 1, userMetadata: "run 42" });
    expect(phases.size).toBeGreaterThan(0);
  });
});

describe("overwrite", () => {
  test("without a predicate every row is replaced", async () => {
    const users = await usersTable();
    const { metrics } = await users.overwrite([bob]);
    expect(metrics).toMatchObject({ rowsInserted: 1, filesAdded: 1, filesRemoved: 1 });
    expect(await idsOf(users)).toEqual([2n]);
  });

  test("with a predicate the rows that match are replaced, and the new ones have to match", async () => {
    const users = await usersTable();
    await users.overwrite([{ ...ann, user_id: 7n }], { where: "country = 'KR'" });
    expect(await idsOf(users)).toEqual([2n, 7n]);
    await failureOf(users.overwrite([bob], { where: "country = 'KR'" }), "delta/constraint-violated");
    expect(await idsOf(users)).toEqual([2n, 7n]);
  });

  test('schema: "overwrite" takes the data\'s schema', async () => {
    const table = await numbersTable();
    await table.append([{ id: 1n }]);
    await table.overwrite(tableFromArrays({ day: ["monday"], visits: Int32Array.of(3) }) as BatchInput<never>, { schema: "overwrite" });
    expect(await table.toArray()).toEqual([{ day: "monday", visits: 3 }]);
    expect(await (await table.at({ version: 1 })).toArray()).toEqual([{ id: 1n, name: null }]);
  });

  test("an overwrite commits even when nothing is there before or after", async () => {
    const table = await numbersTable();
    expect(await table.overwrite([])).toMatchObject({ version: 1 });
  });

  test('a predicate and schema: "overwrite" exclude each other', async () => {
    const table = await numbersTable();
    await failureOf(table.overwrite([{ id: 1n }], { where: "id = 1", schema: "overwrite" }), "usage/invalid-option");
    await failureOf(table.overwrite([{ id: 1n }], { schema: "merge" as "overwrite" }), "usage/invalid-option");
  });
});

describe("delete and update", () => {
  test("delete takes SQL, an expression, an options object, or nothing for every row", async () => {
    const users = await usersTable();
    expect((await users.delete("score < 0")).metrics).toMatchObject({ rowsDeleted: 1, rowsCopied: 2, filesRemoved: 1, filesAdded: 1 });
    await users.delete(sql`user_id = ${1n}`);
    expect(await idsOf(users)).toEqual([eve.user_id]);
    await users.append([ann, bob]);
    await users.delete({ where: "country = 'US'", userMetadata: "moved away" });
    expect(await idsOf(users)).toEqual([1n, eve.user_id]);
    await users.delete();
    expect(await users.count()).toBe(0);
  });

  test("a predicate that was never set deletes, updates and replaces nothing", async () => {
    const users = await usersTable();
    const never = undefined as unknown as string;
    for (const call of [
      () => users.delete(never),
      () => users.delete({ where: never }),
      () => users.update({ set: { name: "'x'" }, where: never }),
      () => users.overwrite([bob], { where: never }),
      () =>
        users
          .merge({ source: [ann], on: ["user_id"] })
          .whenMatchedDelete({ where: never })
          .execute(),
    ]) {
      const error = await failureOf(call, "usage/invalid-option");
      expect(error.message).toContain("where: undefined");
    }
    expect([users.version, await users.count()]).toEqual([1, 3]);
  });

  test("in set a string is SQL, any other value a literal, and lit makes a literal of a string", async () => {
    const users = await usersTable();
    const result = await users.update({ set: { score: "score * 2", name: lit("Bob"), updated_at: null }, where: "user_id = 1" });
    expect(result.metrics).toMatchObject({ rowsUpdated: 1, rowsCopied: 2 });
    expect(await users.toArray({ where: "user_id = 1" })).toEqual([{ ...ann, score: "21.00", name: "Bob", updated_at: null }]);
    await users.update({
      set: { name: sql`upper(name) || ${"!"}`, updated_at: new Date("2026-02-03T04:05:06.789Z"), score: 5 },
      where: "user_id = 1",
    });
    expect(await users.toArray({ where: "user_id = 1" })).toEqual([
      { ...ann, score: "5.00", name: "BOB!", updated_at: "2026-02-03T04:05:06.789000Z" },
    ]);
  });

  test("an unknown column that looks like a forgotten quote says so", async () => {
    const users = await usersTable();
    const error = await failureOf(users.update({ set: { name: "Bob" } }), "expression/unknown-column");
    expect(error.message).toContain('did you mean lit("Bob")?');
  });
});

describe("the table's definition and log", () => {
  test("alter.setProperties commits properties, and refuses what is none", async () => {
    const users = await usersTable();
    expect(await users.alter.setProperties({ "delta.checkpointInterval": "5", team: "growth" })).toMatchObject({ version: 2 });
    expect(users.properties).toMatchObject({ "delta.checkpointInterval": "5", team: "growth" });
    expect((await users.history({ limit: 1 }))[0]).toMatchObject({ operation: "SET TBLPROPERTIES" });
    await failureOf(users.alter.setProperties({ "delta.checkpointIntervall": "5" }), "delta/invalid-property");
    await failureOf(users.alter.setProperties({ "delta.checkpointInterval": "often" }), "delta/invalid-property");
    await failureOf(users.alter.setProperties({}), "usage/invalid-option");
    expect(users.version).toBe(2);
  });

  test("checkpoint writes one, and the table reads the same from it", async () => {
    const users = await usersTable();
    await users.checkpoint();
    expect((await (await DeltaTable.open(users.url, inThread)).logFiles()).map(({ kind }) => kind)).toContain("checkpoint");
    expect(await idsOf(await DeltaTable.open<{ user_id: bigint }>(users.url, inThread))).toEqual([1n, 2n, eve.user_id]);
  });

  test("a checkpoint is written every delta.checkpointInterval commits", async () => {
    const table = await DeltaTable.create(newLocation(), {
      schema: { id: "long" },
      properties: { "delta.checkpointInterval": "3" },
      ...inThread,
    });
    for (let id = 0; id < 4; id++) await table.append([{ id }]);
    const [first] = await (await DeltaTable.open(table.url, inThread)).logFiles();
    expect(first).toMatchObject({ kind: "checkpoint", version: 3 });
  });

  test("history is newest first, and limited when asked", async () => {
    const users = await usersTable();
    await users.delete("user_id = 1");
    const history = await users.history();
    expect(history.map(({ version, operation }) => [version, operation])).toEqual([
      [2, "DELETE"],
      [1, "WRITE"],
      [0, "CREATE TABLE"],
    ]);
    expect(history[0]?.timestamp).toBeInstanceOf(Date);
    expect(history[0]?.operationMetrics).toMatchObject({ numDeletedRows: "1" });
    expect(history[0]?.engineInfo).toMatch(/^laketable\//);
    expect(await users.history({ limit: 2 })).toHaveLength(2);
    await failureOf(users.history({ limit: -1 }), "usage/invalid-option");
  });
});

describe("an aborted write", () => {
  const stuck = async function* (): AsyncGenerator<{ user_id: bigint }> {
    yield { user_id: 7n };
    await new Promise(() => {});
  };

  test("ends although its source never answers, and the table is as it was", async () => {
    const users = await usersTable();
    const writes = [
      (signal: AbortSignal) => users.append(stuck(), { signal }),
      (signal: AbortSignal) => users.overwrite(stuck(), { signal }),
      (signal: AbortSignal) =>
        users
          .merge({ source: stuck(), on: ["user_id"], signal })
          .whenNotMatchedInsertAll()
          .execute(),
    ];
    for (const write of writes) {
      const controller = new AbortController();
      const writing = write(controller.signal);
      setTimeout(() => controller.abort(), 20);
      await failureOf(writing, "usage/aborted");
    }
    expect([users.version, await users.count()]).toEqual([1, 3]);
  });
});
