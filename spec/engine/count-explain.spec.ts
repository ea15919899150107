import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countRows } from "../../src/engine/count.js";
import { explainScan } from "../../src/engine/explain.js";
import { listFiles } from "../../src/engine/list-files.js";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import { createCountingStore } from "../doubles/counting-store.js";
import { append, createTable, openFixture, rowsOf, sql } from "./fixture.js";

const columns = "p string, v int, w string";

describe("count", () => {
  const row = fc.record({ p: fc.constantFrom("a", "b", null), v: fc.option(fc.nat(5), { nil: null }), w: fc.constantFrom("x", null) });

  test("is the number of rows that a scan gives", async () => {
    const predicates = [undefined, "p = 'a'", "p is null", "v > 2", "p = 'b' and v is null", "p = 'a' or v = 1", "false", "null"];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row, { maxLength: 6 }), { maxLength: 3 }),
        fc.constantFrom(...predicates),
        fc.boolean(),
        async (commits, where, isPartitioned) => {
          const fixture = openFixture();
          const table = await append(
            fixture,
            await createTable(fixture, columns, { partitionBy: isPartitioned ? ["p"] : [] }),
            ...commits,
          );
          const counted = await countRows(fixture.context, table.snapshot, { where: where === undefined ? undefined : sql(where) });
          expect(counted).toBe((await rowsOf(fixture, table.snapshot, where === undefined ? {} : { where })).length);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("the log answers for all rows and for rows by partition: no data file is read", async () => {
    const store = createCountingStore(createMemoryStore());
    const fixture = openFixture(store);
    const table = await append(fixture, await createTable(fixture, columns, { partitionBy: ["p"] }), [
      { p: "a", v: 1, w: null },
      { p: "a", v: 2, w: null },
      { p: null, v: 3, w: null },
    ]);
    store.reset();
    expect(await countRows(fixture.context, table.snapshot)).toBe(3);
    expect(await countRows(fixture.context, table.snapshot, { where: sql("p = 'a'") })).toBe(2);
    expect(await countRows(fixture.context, table.snapshot, { where: sql("p is null") })).toBe(1);
    expect(store.requests.filter(({ key }) => key.endsWith(".parquet"))).toEqual([]);
    expect(await countRows(fixture.context, table.snapshot, { where: sql("v = 3") })).toBe(1);
    expect(new Set(store.requests.filter(({ key }) => key.endsWith(".parquet")).map(({ key }) => key)).size).toBe(1);
  });
});

describe("explain and files", () => {
  test("tell what is read, what is not, and why", async () => {
    const store = createCountingStore(createMemoryStore());
    const fixture = openFixture(store);
    const many = (p: string, from: number) => Array.from({ length: 100 }, (_, at) => ({ p, v: from + at, w: "x".repeat(200) + at }));
    const table = await append(
      fixture,
      await createTable(fixture, columns, { partitionBy: ["p"] }),
      many("a", 0),
      many("a", 1000),
      many("b", 0),
    );
    const { snapshot } = table;

    const whole = await explainScan(fixture.context, snapshot);
    expect(whole).toMatchObject({
      version: 3,
      columns: ["p", "v", "w"],
      where: null,
      files: { total: 3, kept: 3 },
      rowGroups: { total: 3, kept: 3 },
    });

    store.reset();
    const part = await explainScan(fixture.context, snapshot, { columns: ["V"], where: sql("p = 'a' and v < 50") });
    expect(part).toMatchObject({
      columns: ["v"],
      files: { total: 3, kept: 1, prunedByPartition: 1, prunedByStatistics: 1 },
      rowGroups: { total: 1, kept: 1 },
    });
    expect(part.bytes.total).toBe(whole.bytes.total);
    expect(part.bytes.kept).toBeLessThan(part.bytes.keptFiles);
    expect(part.why).toEqual([
      expect.stringContaining("1 of 3 files are in partitions"),
      expect.stringContaining("1 of 3 files have statistics"),
      expect.stringContaining("columns that are not needed"),
    ]);
    expect(new Set(store.requests.filter(({ key }) => key.endsWith(".parquet")).map(({ key }) => key)).size).toBe(1);

    const files = [];
    for await (const file of listFiles(fixture.context, snapshot, { where: sql("p = 'a' and v < 50") })) files.push(file);
    expect(files).toHaveLength(1);
    expect(files[0]?.partition.get("p")).toBe("a");
    expect(files[0]?.bounds.column(["v"])).toMatchObject({ min: 0, max: 99, nullCount: 0 });
  });
});
