import { describe, expect, test } from "vitest";
import { connectStore } from "../../src/api/runtime.js";
import { DeltaTable as Handle } from "../../src/api/delta-table.js";
import { DeltaTable } from "../../src/index.js";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import type { ObjectStore } from "../../src/storage/object-store.js";
import { createFaultyStore } from "../doubles/faulty-store.js";
import { failureOf, inThread, newLocation } from "./tables.js";

const job = (version: number | bigint, appId = "orders-job") => ({ txn: { appId, version } });

async function idsTable() {
  return DeltaTable.create(newLocation(), { schema: { id: "long" }, ...inThread });
}
const idsOf = async (location: string): Promise<number[]> =>
  (await (await DeltaTable.open<{ id: bigint }>(location, inThread)).toArray()).map(({ id }) => Number(id)).sort((a, b) => a - b);

/** A handle on a store of the test's own, as a process has it. */
async function openOn(store: ObjectStore): Promise<Handle> {
  const connection = connectStore(store, inThread);
  return new Handle(connection, await connection.format.open(), false);
}
async function newStore(): Promise<ObjectStore> {
  const store = createMemoryStore();
  const schema = { kind: "struct", fields: [{ name: "id", type: { kind: "long" }, nullable: true, metadata: {} }] } as const;
  await connectStore(store, inThread).format.create({ schema, partitionBy: [], properties: new Map() });
  return store;
}
async function dataFiles(store: ObjectStore): Promise<number> {
  let count = 0;
  for await (const { key } of store.list()) if (!key.startsWith("_delta_log/")) count += 1;
  return count;
}
const idsIn = async (store: ObjectStore): Promise<number[]> =>
  (await (await openOn(store)).toArray()).map((row) => Number((row as { id: bigint }).id)).sort((a, b) => a - b);

describe("a write with a txn", () => {
  test("is done once: a version that the table has seen, or an older one, is skipped and says so", async () => {
    const table = await idsTable();
    const first = await table.append([{ id: 1 }], job(41));
    expect(first).not.toHaveProperty("skipped");
    for (const version of [41, 41n, 7, -3]) {
      const again = await table.append([{ id: 2 }], job(version));
      expect(again).toMatchObject({ skipped: true, version: 1, metrics: { rowsInserted: 0, filesAdded: 0 } });
    }
    expect(await table.append([{ id: 3 }], job(42))).toMatchObject({ version: 2 });
    expect(await table.append([{ id: 4 }], job(42, "other-job"))).toMatchObject({ version: 3 });
    expect(await idsOf(table.url)).toEqual([1, 3, 4]);
  });

  test("counts for append, overwrite and merge alike, and reads no source when it is skipped", async () => {
    const table = await idsTable();
    await table.append([{ id: 1 }], job(1));
    const untouched = {
      [Symbol.asyncIterator]: (): AsyncIterator<{ id: number }> => expect.unreachable("the source of a skipped write is read"),
    };
    const merge = (version: number, source: unknown = [{ id: 5 }]) =>
      table
        .merge({ source: source as { id: number }[], on: ["id"], ...job(version) })
        .whenNotMatchedInsertAll()
        .execute();
    expect(await table.append(untouched, job(1))).toMatchObject({ skipped: true });
    expect(await table.overwrite(untouched, job(1))).toMatchObject({ skipped: true });
    expect(await merge(1, untouched)).toMatchObject({ skipped: true });
    expect(await merge(2)).toMatchObject({ version: 2, metrics: { rowsInserted: 1 } });
    expect(await table.overwrite([{ id: 9 }], job(3))).toMatchObject({ version: 3 });
    expect(await idsOf(table.url)).toEqual([9]);
  });

  test("can be asked for, as of the handle's version", async () => {
    const table = await idsTable();
    await table.append([{ id: 1 }], job(41));
    await table.append([{ id: 2 }], job(42));
    const before = await table.at({ version: 1 });
    expect([await table.txnVersion("orders-job"), await before.txnVersion("orders-job")]).toEqual([42n, 41n]);
    expect(await table.txnVersion("nobody")).toBeUndefined();
  });

  test("is forgotten after the table's retention of identifiers", async () => {
    const table = await DeltaTable.create(newLocation(), {
      schema: { id: "long" },
      properties: { "delta.setTransactionRetentionDuration": "interval 0 hours" },
      ...inThread,
    });
    await table.append([{ id: 1 }], job(1));
    expect(await table.txnVersion("orders-job")).toBeUndefined();
    expect(await table.append([{ id: 1 }], job(1))).toMatchObject({ version: 2 });
  });

  test("always commits when it is new, rows or not", async () => {
    const table = await idsTable();
    expect((await table.append([], job(1))).version).toBe(1);
    expect(
      (
        await table
          .merge({ source: [{ id: 1 }], on: ["id"], ...job(2) })
          .whenMatchedUpdateAll()
          .execute()
      ).version,
    ).toBe(2);
    expect((await table.overwrite([], job(3))).version).toBe(3);
    expect(await table.append([{ id: 1 }], job(3))).toMatchObject({ skipped: true, version: 3 });
  });

  test("is remembered by another process, and past a checkpoint whose commits are gone", async () => {
    const store = await newStore();
    const writer = await openOn(store);
    await writer.append([{ id: 1 }], job(9_007_199_254_740_993n));
    for (let version = 2; version <= 11; version++) await writer.append([{ id: version }], job(version, "other"));
    for (let version = 0; version <= 10; version++) await store.delete([`_delta_log/${String(version).padStart(20, "0")}.json`]);
    const later = await openOn(store);
    expect(await later.append([{ id: 77 }], job(9_007_199_254_740_993n))).toMatchObject({ skipped: true, version: 11 });
    expect(await later.append([{ id: 78 }], job(10, "other"))).toMatchObject({ skipped: true });
    expect(await later.append([{ id: 79 }], job(9_007_199_254_740_994n))).toMatchObject({ version: 12 });
  });

  test.each<[string, unknown]>([
    ["without a name", { appId: "", version: 1 }],
    ["of a number", { appId: 7, version: 1 }],
    ["between numbers", { appId: "a", version: 1.5 }],
    ["too large to be exact", { appId: "a", version: 2 ** 53 }],
    ["past 64 bits", { appId: "a", version: 1n << 63n }],
    ["in a text", { appId: "a", version: "1" }],
    ["without a version", { appId: "a" }],
    ["with more", { appId: "a", version: 1, lastUpdated: 3 }],
    ["that is null", null],
    ["that is a text", "a/1"],
  ])("%s is refused before anything is read", async (_, txn) => {
    const table = await idsTable();
    await failureOf(table.append([{ id: 1 }], { txn } as never), "usage/invalid-option");
    await failureOf(table.overwrite([{ id: 1 }], { txn } as never), "usage/invalid-option");
    await failureOf(
      () =>
        table
          .merge({ source: [{ id: 1 }], on: ["id"], txn } as never)
          .whenMatchedDelete()
          .execute(),
      "usage/invalid-option",
    );
    expect((await table.refresh()).version).toBe(0);
  });
});

describe("the same txn in two processes at once", () => {
  test.each(["append", "overwrite", "merge"] as const)(
    "%s: one commits, the other is skipped and leaves no file behind",
    async (verb) => {
      const store = await newStore();
      const [a, b] = [await openOn(store), await openOn(store)];
      const run = (table: Handle) =>
        verb === "merge"
          ? table
              .merge({ source: [{ id: 1 }], on: ["id"], ...job(5) })
              .whenNotMatchedInsertAll()
              .execute()
          : table[verb]([{ id: 1 }], job(5));
      const results = await Promise.all([run(a), run(b)]);
      expect(results.map(({ skipped }) => skipped === true).sort()).toEqual([false, true]);
      expect(results.map(({ version }) => version)).toEqual([1, 1]);
      expect([a.version, b.version]).toEqual([1, 1]);
      expect(await idsIn(store)).toEqual([1]);
      expect(await dataFiles(store)).toBe(1);
    },
  );

  test("a rival that has written a later version is one too; an earlier one is just a rival", async () => {
    const store = await newStore();
    const [late, early, next] = [await openOn(store), await openOn(store), await openOn(store)];
    await openOn(store).then((table) => table.append([{ id: 6 }], job(6)));
    expect(await early.append([{ id: 5 }], job(5))).toMatchObject({ skipped: true });
    expect(await late.append([{ id: 6 }], job(6))).toMatchObject({ skipped: true });
    expect(await next.append([{ id: 7 }], job(7))).toMatchObject({ version: 2 });
    expect(await idsIn(store)).toEqual([6, 7]);
  });

  test("is found behind a rival that would be a conflict", async () => {
    const store = await newStore();
    const [mine, rival] = [await openOn(store), await openOn(store)];
    await rival.append([{ id: 3 }]);
    await rival.overwrite([{ id: 1 }], job(1));
    expect(await mine.overwrite([{ id: 1 }], job(1))).toMatchObject({ skipped: true, version: 2 });
    expect(await idsIn(store)).toEqual([1]);
  });
});

describe("a txn after a crash", () => {
  test("a process that died at any call is followed by one that does the write again: the rows are there once", async () => {
    for (let calls = 0, alive = true; alive; calls++) {
      const store = await newStore();
      const faulty = createFaultyStore(store);
      const dying = await openOn(faulty);
      const fault = faulty.inject({ effect: { kind: "delay", until: async () => faulty.kill() }, skip: calls });
      await dying.append([{ id: 1 }, { id: 2 }], job(1)).catch(() => undefined);
      alive = fault.hits > 0;
      await (await openOn(store)).append([{ id: 1 }, { id: 2 }], job(1));
      expect(await idsIn(store)).toEqual([1, 2]);
    }
  });

  test("an outcome that stayed unknown is cleared up by the same write on the same handle", async () => {
    const store = await newStore();
    const faulty = createFaultyStore(store);
    const table = await openOn(faulty);
    faulty.inject({ effect: { kind: "lose-reply" }, operation: "putIfAbsent" });
    faulty.inject({ effect: { kind: "fail-before" }, operation: ["list", "get", "head"], times: 100 });
    await failureOf(table.append([{ id: 1 }], job(1)), "delta/commit-unknown");
    faulty.heal();
    expect(await table.append([{ id: 1 }], job(1))).toMatchObject({ skipped: true, version: 1 });
    expect(await idsIn(store)).toEqual([1]);
    expect(await dataFiles(store)).toBe(1);
  });
});
