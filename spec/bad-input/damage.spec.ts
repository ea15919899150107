import { describe, expect, test } from "vitest";
import { DeltaTable, type LakeErrorCode } from "../../src/index.js";
import { createStoreResolver } from "../../src/storage/resolver.js";
import type { ObjectStore } from "../../src/storage/object-store.js";
import { expectFailure, smallTable, type SmallTable } from "./refused.js";

const inThread = { workers: 0 } as const;
const commitKey = (version: number): string => `_delta_log/${String(version).padStart(20, "0")}.json`;

async function tableOnStore(properties: Readonly<Record<string, string>> = {}): Promise<{ table: SmallTable; store: ObjectStore }> {
  const table = await smallTable(properties);
  return { table, store: createStoreResolver().resolve(table.url) };
}

async function keysOf(store: ObjectStore, pattern: RegExp): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list()) if (pattern.test(key)) keys.push(key);
  return keys;
}

async function onlyKey(store: ObjectStore, pattern: RegExp): Promise<string> {
  const keys = await keysOf(store, pattern);
  expect(keys).toHaveLength(1);
  return keys[0] ?? "";
}

/** Opening or reading the table fails so, and changes none of its objects. */
async function expectUnreadable(
  { table, store }: { table: SmallTable; store: ObjectStore },
  key: string,
  code: LakeErrorCode,
  facts: object = {},
): Promise<void> {
  const keys = await keysOf(store, /./);
  const read = async (): Promise<unknown> => (await DeltaTable.open(table.url, inThread)).toArray();
  await expectFailure(read, { code, says: [key.split("/").at(-1) ?? key], facts });
  expect(await keysOf(store, /./)).toEqual(keys);
}

describe("a damaged log", () => {
  test("a truncated commit", async () => {
    const place = await tableOnStore();
    const bytes = await place.store.get(commitKey(1));
    await place.store.put(commitKey(1), bytes.subarray(0, bytes.length - 40));
    await expectUnreadable(place, commitKey(1), "delta/corrupt-log");
    expect((await DeltaTable.open(place.table.url, { version: 0, ...inThread })).version).toBe(0);
  });

  test("an empty commit, and one that is no JSON", async () => {
    for (const text of ["", "no json\n"]) {
      const place = await tableOnStore();
      await place.store.put(commitKey(0), Buffer.from(text));
      await expectUnreadable(place, commitKey(0), "delta/corrupt-log");
    }
  });

  test("a missing commit", async () => {
    const { table, store } = await tableOnStore();
    await table.delete("id = 1");
    await store.delete([commitKey(1)]);
    await expectFailure(() => DeltaTable.open(table.url, inThread), {
      code: "delta/log-gap",
      says: [commitKey(1)],
      facts: { missing: commitKey(1) },
    });
  });

  test("a missing part of a checkpoint: the commits tell, and where they are gone the part is named", async () => {
    const { table, store } = await tableOnStore();
    await table.checkpoint();
    const checkpoint = await onlyKey(store, /checkpoint\.parquet$/);
    const part = (n: number): string => checkpoint.replace(".checkpoint.", `.checkpoint.${String(n).padStart(10, "0")}.0000000002.`);
    await store.put(part(1), await store.get(checkpoint));
    await store.delete([checkpoint]);
    expect(await (await DeltaTable.open(table.url, inThread)).count()).toBe(3);
    await store.delete([commitKey(0)]);
    await expectFailure(() => DeltaTable.open(table.url, inThread), {
      code: "delta/corrupt-checkpoint",
      says: [part(2)],
      facts: { missing: [part(2)] },
    });
  });

  test("a corrupt checkpoint", async () => {
    const place = await tableOnStore();
    await place.table.checkpoint();
    const checkpoint = await onlyKey(place.store, /checkpoint\.parquet$/);
    const bytes = await place.store.get(checkpoint);
    await place.store.put(checkpoint, bytes.fill(0x5a, 4, Math.floor(bytes.length / 2)));
    await place.store.delete([commitKey(0)]);
    await expectUnreadable(place, checkpoint, "delta/corrupt-checkpoint");
  });

  test.each(["garbage", "", '{"version":"x"}', '{"version":99,"size":1}', "[]", "null"])(
    "garbage in _last_checkpoint is passed over: %s",
    async (text) => {
      const { table, store } = await tableOnStore();
      await table.checkpoint();
      await store.put("_delta_log/_last_checkpoint", Buffer.from(text));
      const opened = await DeltaTable.open(table.url, inThread);
      expect([opened.version, await opened.toArray()]).toEqual([1, await table.toArray()]);
    },
  );
});

describe("a damaged data file", () => {
  const damage: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
    ["pages of zeros", (bytes) => bytes.fill(0, 4, Math.floor(bytes.length / 4))],
    ["pages of noise", (bytes) => bytes.map((byte, at) => (at > 4 && at < bytes.length / 4 ? byte ^ 0x5b : byte))],
    ["a footer of noise", (bytes) => bytes.map((byte, at) => (at > bytes.length - 60 && at < bytes.length - 8 ? byte ^ 0xa5 : byte))],
    [
      "a footer longer than the file",
      (bytes) => bytes.map((byte, at) => (at >= bytes.length - 8 && at < bytes.length - 4 ? 0x7f : byte)),
    ],
    ["another end", (bytes) => bytes.map((byte, at) => (at >= bytes.length - 4 ? 0x20 : byte))],
  ];

  test.each(damage)("%s: the file is named, and the process lives", async (_, hurt) => {
    const place = await tableOnStore();
    const key = await onlyKey(place.store, /^part-.*\.parquet$/);
    await place.store.put(key, hurt(await place.store.get(key)));
    await expectUnreadable(place, key, "parquet/corrupt");
    // A write that has to read it fails the same way, and changes nothing.
    const table = await DeltaTable.open(place.table.url, inThread);
    await expectFailure(() => table.update({ set: { name: "'x'" } }), { code: "parquet/corrupt", says: [key], facts: {} });
    expect((await table.refresh()).version).toBe(1);
    // One that does not, works.
    expect(await table.append([{ id: 7 }])).toMatchObject({ version: 2 });
  });

  test("workers in threads survive it too", async () => {
    const place = await tableOnStore();
    const key = await onlyKey(place.store, /^part-.*\.parquet$/);
    const bytes = await place.store.get(key);
    await place.store.put(
      key,
      bytes.map((byte, at) => (at > 4 && at < bytes.length / 4 ? byte ^ 0x5b : byte)),
    );
    const table = await DeltaTable.open(place.table.url, { workers: 1 });
    await expectFailure(() => table.toArray(), { code: "parquet/corrupt", says: [key], facts: {} });
    await place.store.put(key, bytes);
    expect(await table.toArray()).toHaveLength(3);
  });

  test("cut off anywhere, or empty: the file is named, with both sizes", async () => {
    const place = await tableOnStore();
    const key = await onlyKey(place.store, /^part-.*\.parquet$/);
    const bytes = await place.store.get(key);
    const expectedBytes = bytes.length;
    for (const length of [0, 1, 4, 12, expectedBytes >> 1, expectedBytes - 9, expectedBytes - 1]) {
      await place.store.put(key, bytes.subarray(0, length));
      await expectUnreadable(place, key, "parquet/corrupt", { bytes: length, expectedBytes });
    }
  });

  test("a missing file", async () => {
    const place = await tableOnStore();
    const key = await onlyKey(place.store, /^part-.*\.parquet$/);
    await place.store.delete([key]);
    await expectUnreadable(place, key, "storage/not-found");
    await expectFailure(async () => (await DeltaTable.open(place.table.url, inThread)).toArray(), {
      code: "storage/not-found",
      says: ["is named by its table and is not there", "vacuum"],
      facts: { key },
    });
  });
});
