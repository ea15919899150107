import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { deleteRows } from "../../src/engine/delete.js";
import { setProperties } from "../../src/engine/set-properties.js";
import { readFooter } from "../../src/parquet/metadata/footer.js";
import { storeRangeReader } from "../../src/parquet/range-reader.js";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import type { ObjectStore } from "../../src/storage/object-store.js";
import type { Table } from "../../src/table/table-format.js";
import { createCountingStore } from "../doubles/counting-store.js";
import { createFaultyStore } from "../doubles/faulty-store.js";
import { append, bagOf, createTable, openFixture, rowsOf, sql, type Fixture } from "../engine/fixture.js";

const columns = "p string, v int, t timestamp, d decimal(20,2), s struct<x: long>";
const row = (v: number) => ({
  p: v % 2 === 0 ? "a b/%" : null,
  v,
  t: "2026-01-01T00:00:00.123456Z",
  d: `${v}.50`,
  s: { x: BigInt(v) * 2n ** 54n },
});
const instant = 1_767_225_600_123_456n;
const checkpointKey = (version: number): string => `_delta_log/${String(version).padStart(20, "0")}.checkpoint.parquet`;

async function tableWith(fixture: Fixture, commits: number, properties: Readonly<Record<string, string>> = {}): Promise<Table> {
  const table = await createTable(fixture, columns, {
    partitionBy: ["p"],
    properties: { "delta.checkpointInterval": "1000", ...properties },
  });
  return append(fixture, table, ...Array.from({ length: commits }, (_, v) => [row(v)]));
}

/** Opens the table from its checkpoint alone: the commits up to it are gone. */
async function openWithoutCommits(store: ObjectStore, upTo: number): Promise<{ fixture: Fixture; table: Table }> {
  const keys = Array.from({ length: upTo + 1 }, (_, version) => `_delta_log/${String(version).padStart(20, "0")}.json`);
  await store.delete(keys);
  const fixture = openFixture(store);
  return { fixture, table: await fixture.format.open() };
}

/** What the log says of every file. A struct does not say that a bound occurs, and has timestamps in milliseconds. */
const stats = async (table: Table): Promise<readonly unknown[]> => {
  const all = [];
  for await (const group of table.snapshot.plan()) {
    for (const file of group) {
      const known = [["v"], ["t"], ["d"], ["s", "x"]].map((path) => {
        const { min, max, nullCount } = file.bounds.column(path) ?? {};
        if (path[0] !== "t") return { min, max, nullCount };
        expect(max).toBeGreaterThanOrEqual(instant);
        expect(max).toBeLessThan(instant + 2000n);
        return { min, nullCount };
      });
      all.push([file.path, file.size, file.rowCount, known, file.partition.get("p")]);
    }
  }
  return all.sort();
};

describe("writeCheckpoint", () => {
  test.each([
    ["statistics as JSON", {}],
    ["statistics as struct only", { "delta.checkpoint.writeStatsAsJson": "false", "delta.checkpoint.writeStatsAsStruct": "true" }],
    ["both", { "delta.checkpoint.writeStatsAsStruct": "true" }],
    ["neither", { "delta.checkpoint.writeStatsAsJson": "false" }],
    ["another codec and page format", { "delta.parquet.compression.codec": "snappy", "delta.parquet.format.version": "2.12.0" }],
  ])("the checkpoint alone gives the same files, rows and definition: %s", async (name, properties) => {
    const store = createMemoryStore();
    const before = openFixture(store);
    let table = await tableWith(before, 5, properties);
    table = (await deleteRows(before.context, table, { where: sql("v = 2") })).table;
    await table.checkpoint();
    const { fixture, table: after } = await openWithoutCommits(store, 6);
    expect(after.snapshot.version).toBe(6);
    expect(bagOf(await rowsOf(fixture, after.snapshot))).toEqual(bagOf([0, 1, 3, 4].map(row)));
    expect(after.snapshot.schema).toEqual(table.snapshot.schema);
    expect([...after.snapshot.properties]).toEqual([...table.snapshot.properties]);
    expect(after.snapshot).toMatchObject({ tableId: table.snapshot.tableId, createdMs: table.snapshot.createdMs, partitionBy: ["p"] });
    expect(after.protocol).toEqual(table.protocol);
    if (name === "neither") return;
    expect(await stats(after)).toEqual(await stats(table));
    // A checkpoint of a checkpoint of a checkpoint knows no less, and no wider.
    let last = after;
    for (let v = 20; v < 22; v++) {
      last = await append(fixture, last, [row(v)]);
      await last.checkpoint();
      last = (await openWithoutCommits(store, last.snapshot.version)).table;
    }
    expect(await stats(last)).toEqual(expect.arrayContaining([...(await stats(after))]));
  });

  test("a checkpoint on top of a checkpoint passes its rows through, and keeps what newer commits changed", async () => {
    const store = createMemoryStore();
    const fixture = openFixture(store);
    let table = await tableWith(fixture, 6);
    await table.checkpoint();
    table = await fixture.format.open();
    table = (await deleteRows(fixture.context, table, { where: sql("v in (1, 4)") })).table;
    table = await append(fixture, table, [row(10)]);
    await table.checkpoint();
    const { fixture: again, table: after } = await openWithoutCommits(store, 8);
    expect(bagOf(await rowsOf(again, after.snapshot))).toEqual(bagOf([0, 2, 3, 5, 10].map(row)));
    expect(await stats(after)).toEqual(await stats(table));
  });

  test("the hint tells version, actions, bytes and files, and is written after the footer was read back", async () => {
    const store = createCountingStore(createMemoryStore());
    const fixture = openFixture(store);
    const table = await tableWith(fixture, 3);
    const deleted = (await deleteRows(fixture.context, table, { where: sql("v = 0") })).table;
    store.reset();
    await deleted.checkpoint();
    const hint: unknown = JSON.parse(new TextDecoder().decode(await store.get("_delta_log/_last_checkpoint")));
    const meta = await store.head(checkpointKey(4));
    // Two definitions, two live files, one tombstone.
    expect(hint).toEqual({ version: 4, size: 5, sizeInBytes: meta?.size, numOfAddFiles: 2 });
    const order = store.requests.map(({ operation, key }) => `${operation} ${key.split("/").at(-1)}`);
    expect(order.indexOf("put _last_checkpoint")).toBeGreaterThan(
      order.findIndex((each) => each.startsWith("get") && each.endsWith("checkpoint.parquet")),
    );
    const footer = await readFooter(storeRangeReader(store, { key: checkpointKey(4), size: meta?.size ?? 0 }));
    expect(footer.schema.leaves.some(({ path }) => path.join(".") === "add.path")).toBe(true);
  });

  test("tombstones older than the retention are forgotten", async () => {
    const store = createMemoryStore();
    const fixture = openFixture(store);
    let table = await tableWith(fixture, 2, { "delta.deletedFileRetentionDuration": "interval 0 seconds" });
    table = (await deleteRows(fixture.context, table, {})).table;
    await new Promise((resolve) => setTimeout(resolve, 5));
    await table.checkpoint();
    expect(JSON.parse(new TextDecoder().decode(await store.get("_delta_log/_last_checkpoint")))).toMatchObject({
      size: 2,
      numOfAddFiles: 0,
    });
    const { fixture: again, table: after } = await openWithoutCommits(store, 3);
    expect(await rowsOf(again, after.snapshot)).toEqual([]);
  });

  test("a checkpoint that is there stays as it is, and so does a hint to a newer one", async () => {
    const store = createMemoryStore();
    const fixture = openFixture(store);
    const table = await tableWith(fixture, 2);
    await store.put(checkpointKey(2), Uint8Array.of(1, 2, 3));
    await table.checkpoint();
    expect([...(await store.get(checkpointKey(2)))]).toEqual([1, 2, 3]);
    await store.delete([checkpointKey(2)]);
    await store.put("_delta_log/_last_checkpoint", new TextEncoder().encode('{"version":9,"size":1}'));
    await table.checkpoint();
    expect((await store.get(checkpointKey(2))).length).toBeGreaterThan(100);
    expect(JSON.parse(new TextDecoder().decode(await store.get("_delta_log/_last_checkpoint")))).toMatchObject({ version: 9 });
  });

  test("every checkpointInterval commits one is written, and a later open reads from it", async () => {
    const store = createCountingStore(createMemoryStore());
    const fixture = openFixture(store);
    let table = await tableWith(fixture, 0, { "delta.checkpointInterval": "3" });
    table = await append(fixture, table, ...Array.from({ length: 7 }, (_, v) => [row(v)]));
    const keys: string[] = [];
    for await (const { key } of store.list({ prefix: "_delta_log/" })) if (key.includes("checkpoint.parquet")) keys.push(key);
    expect(keys).toEqual([3, 6].map(checkpointKey));
    store.reset();
    const opened = await openFixture(store).format.open();
    expect(await stats(opened)).toEqual(await stats(table));
    expect(store.requests.filter(({ operation, key }) => operation === "get" && key.endsWith(".json")).length).toBeLessThanOrEqual(1);
  });

  test("a commit is done though its checkpoint cannot be written", async () => {
    const store = createFaultyStore(createMemoryStore());
    const fixture = openFixture(store);
    const table = await tableWith(fixture, 1, { "delta.checkpointInterval": "2" });
    const fault = store.inject({ key: /checkpoint/, effect: { kind: "fail-before" }, times: 100 });
    const after = await append(fixture, table, [row(1)], [row(2)]);
    expect(after.snapshot.version).toBe(3);
    expect(fault.hits).toBeGreaterThan(0);
  });

  test("a checkpoint that cannot be read back gets no hint", async () => {
    const store = createFaultyStore(createMemoryStore());
    const fixture = openFixture(store);
    const table = await tableWith(fixture, 2);
    store.inject({ operation: "get", key: /checkpoint\.parquet/, effect: { kind: "truncate", keepBytes: 100 }, times: 100 });
    const error: unknown = await table.checkpoint().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(LakeError.is(error, "delta/corrupt-checkpoint")).toBe(true);
    store.heal();
    expect(await store.head("_delta_log/_last_checkpoint")).toBeUndefined();
  });

  test("setting the interval on the way counts from the commit that sets it", async () => {
    const fixture = openFixture();
    const table = await tableWith(fixture, 2);
    const { table: after } = await setProperties(fixture.context, table, { properties: { "delta.checkpointInterval": "3" } });
    expect(after.snapshot.version).toBe(3);
    expect(await fixture.store.head(checkpointKey(3))).toBeDefined();
  });
});
