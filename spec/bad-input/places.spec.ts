import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DeltaTable } from "../../src/index.js";
import { expectFailure, expectRefused, faultyTable, openStore } from "./refused.js";

const inThread = { workers: 0 } as const;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lake-spec-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const row = { id: 9, name: "Gil", price: null, day: null, small: null, spot: null };

describe("places without a table", () => {
  test("a path that is not there, an empty folder, a folder of other files, a file", async () => {
    await mkdir(join(folder, "empty"));
    await mkdir(join(folder, "parquet"));
    await writeFile(join(folder, "parquet/rows.parquet"), "PAR1");
    const cases = [
      ["missing", /nothing at all\. Check the path, or make one with DeltaTable\.create/],
      ["empty", /nothing at all\. Check the path, or make one with DeltaTable\.create/],
      ["parquet", /Parquet files \(such as rows\.parquet\) but no _delta_log.*cannot convert/],
      ["parquet/rows.parquet", /it is a file, and a table is a folder\. Name the folder/],
    ] as const;
    for (const [name, what] of cases) {
      await expectFailure(() => DeltaTable.open(join(folder, name), inThread), {
        code: "delta/not-a-table",
        says: [name, what],
        facts: { url: expect.stringContaining(name) as string },
      });
    }
    expect(await DeltaTable.exists(join(folder, "missing"), inThread)).toBe(false);
    await expect(stat(join(folder, "missing"))).rejects.toThrow();
  });

  test.each(["gs://bucket/table", "https://example.com/table", "hdfs://name/table"])("%s: an unknown scheme", async (location) => {
    for (const call of [() => DeltaTable.open(location), () => DeltaTable.create(location, { schema: { id: "long" } })]) {
      await expectFailure(call, {
        code: "storage/unknown-scheme",
        says: [location, /file:\/\//],
        facts: { location, scheme: location.split(":")[0] },
      });
    }
  });
});

describe("places that cannot be written", () => {
  test.skipIf(process.getuid?.() === 0)("a folder without the right to write (not as root, who may)", async () => {
    const path = join(folder, "locked");
    const table = await DeltaTable.create(path, { schema: { id: "long" }, ...inThread });
    for (const each of [path, join(path, "_delta_log")]) await chmod(each, 0o555);
    await expectRefused(table as never, () => table.append([{ id: 1 }]), {
      code: "storage/permission-denied",
      says: [/right|permission/i],
      facts: {},
    });
    for (const each of [path, join(path, "_delta_log")]) await chmod(each, 0o755);
  });

  test.each(["putIfAbsent", "openWriter"] as const)("no write permission (simulated at %s)", async (operation) => {
    const { table, faulty, store } = await faultyTable();
    faulty.inject({ operation, effect: { kind: "fail-before", code: "storage/permission-denied" } });
    await expectFailure(() => table.append([row]), { code: "storage/permission-denied", says: [/.+/], facts: { operation } });
    expect([table.version, await table.count(), (await openStore(store)).version]).toEqual([1, 3, 1]);
  });

  test.each(["openWriter", "write", "close", "putIfAbsent"] as const)("a full disk (simulated at %s)", async (operation) => {
    for (const write of [
      (table: DeltaTable) => table.append([row]),
      (table: DeltaTable) => table.update({ set: { name: "'x'" } }),
      (table: DeltaTable) =>
        table
          .merge({ source: [row], on: ["id"] })
          .whenNotMatchedInsertAll()
          .execute(),
    ]) {
      const { table, faulty, store } = await faultyTable();
      const before = await table.toArray();
      faulty.inject({ operation, effect: { kind: "no-space" } });
      await expectFailure(() => write(table), { code: "storage/no-space", says: [/full/], facts: { url: store.url } });
      const fresh = await openStore(store);
      expect([table.version, fresh.version, await fresh.toArray()]).toEqual([1, 1, before]);
      // Once there is room the same handle goes on.
      expect((await write(table)) as object).toMatchObject({ version: 2 });
    }
  });
});
