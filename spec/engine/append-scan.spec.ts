import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { appendRows } from "../../src/engine/append.js";
import { scan } from "../../src/engine/scan.js";
import { isPartitionType } from "../../src/delta/protocol/partition-value.js";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import { arbitraryRows } from "../arbitraries/rows.js";
import { arbitrarySchema } from "../arbitraries/schema.js";
import { createFaultyStore } from "../doubles/faulty-store.js";
import { append, bagOf, batch, createTable, dataKeys, filesOf, openFixture, rowsOf, sql } from "./fixture.js";

const codeOf = async (run: Promise<unknown>): Promise<string> => {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof LakeError ? error.code : String(error);
};

describe("append, then scan", () => {
  const tables = arbitrarySchema({ maxFields: 4 }).chain((schema) => {
    // An empty text, like a binary, is no partition value that comes back.
    const candidates = schema.fields.filter(({ type }) => isPartitionType(type) && type.kind !== "string" && type.kind !== "binary");
    const partitionBy = candidates.length === schema.fields.length ? [] : candidates.slice(0, 2).map(({ name }) => name);
    return fc.record({
      schema: fc.constant(schema),
      partitionBy: fc.constantFrom([], partitionBy),
      commits: fc.array(arbitraryRows(schema, { maxLength: 12 }), { minLength: 1, maxLength: 3 }),
    });
  });

  test("every row comes back as it was, of every type, partitioned or not, at every version", async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ({ schema, partitionBy, commits }) => {
        const fixture = openFixture();
        let table = await createTable(fixture, schema, { partitionBy });
        const versions = [table];
        for (const rows of commits) versions.push((table = await append(fixture, table, rows)));
        for (const [at, version] of versions.entries()) {
          const expected = commits.slice(0, at).flat();
          expect(bagOf(await rowsOf(fixture, version.snapshot))).toEqual(bagOf(expected));
        }
        const again = await fixture.format.open();
        expect(bagOf(await rowsOf(fixture, again.snapshot))).toEqual(bagOf(commits.flat()));
      }),
      { numRuns: 25 },
    );
  });

  test("rows come in the order of files and rows, and a limit cuts them off", async () => {
    const fixture = openFixture();
    const table = await append(fixture, await createTable(fixture, "id int"), [{ id: 1 }, { id: 2 }], [{ id: 3 }, { id: 4 }]);
    const all = await rowsOf(fixture, table.snapshot);
    for (const limit of [0, 1, 2, 3, 4, 9]) expect(await rowsOf(fixture, table.snapshot, { limit })).toEqual(all.slice(0, limit));
  });

  test("columns are given in the order and only as asked for, in the table's spelling", async () => {
    const fixture = openFixture();
    const table = await append(fixture, await createTable(fixture, "id int, p string, Name string", { partitionBy: ["p"] }), [
      { id: 1, p: "x", Name: "a" },
      { id: 2, p: null, Name: "b" },
    ]);
    const rows = await rowsOf(fixture, table.snapshot, { columns: ["name", "P"] });
    expect(rows.map((row) => Object.keys(row))).toEqual([
      ["Name", "p"],
      ["Name", "p"],
    ]);
    expect(bagOf(rows)).toEqual(
      bagOf([
        { Name: "a", p: "x" },
        { Name: "b", p: null },
      ]),
    );
    expect(await rowsOf(fixture, table.snapshot, { columns: ["id"], where: "name = 'b' and p is null" })).toEqual([{ id: 2 }]);
    expect(await codeOf(rowsOf(fixture, table.snapshot, { columns: ["nope"] }))).toBe("schema/unknown-column");
    expect(await codeOf(rowsOf(fixture, table.snapshot, { columns: ["id", "ID"] }))).toBe("schema/duplicate-column");
  });

  test("a scan without rows gives one empty batch with the wanted columns", async () => {
    const fixture = openFixture();
    const table = await createTable(fixture, "id int, name string");
    const batches = [];
    for await (const each of scan(fixture.context, table.snapshot, { columns: ["name"] })) batches.push(each);
    expect(batches.map((each) => [each.numRows, each.schema.fields.map(({ name }) => name)])).toEqual([[0, ["name"]]]);
  });

  test("a predicate keeps exactly the rows that it is true for, whatever is pruned", async () => {
    const value = fc.option(fc.integer({ min: 0, max: 9 }), { nil: null, freq: 5 });
    const rows = fc.array(fc.record({ p: fc.constantFrom("a", "b", null), v: value, w: value }), { maxLength: 8 });
    const predicates: readonly (readonly [string, (row: { p: string | null; v: number | null; w: number | null }) => boolean])[] = [
      ["p = 'a'", ({ p }) => p === "a"],
      ["p is null or v > 5", ({ p, v }) => p === null || (v !== null && v > 5)],
      ["v >= 3 and p <> 'b'", ({ p, v }) => v !== null && v >= 3 && p !== null && p !== "b"],
      ["v = w", ({ v, w }) => v !== null && v === w],
      ["v is not null and w is null", ({ v, w }) => v !== null && w === null],
      ["not (v < 4)", ({ v }) => v !== null && v >= 4],
      ["false", () => false],
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(rows, { maxLength: 3 }),
        fc.constantFrom(...predicates),
        fc.boolean(),
        async (commits, [where, isTrue], isPartitioned) => {
          const fixture = openFixture();
          const table = await append(
            fixture,
            await createTable(fixture, "p string, v int, w int", { partitionBy: isPartitioned ? ["p"] : [] }),
            ...commits,
          );
          expect(bagOf(await rowsOf(fixture, table.snapshot, { where, columns: ["w", "p", "v"] }))).toEqual(
            bagOf(
              commits
                .flat()
                .filter(isTrue)
                .map(({ w, p, v }) => ({ w, p, v })),
            ),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  test("in a large file the other columns are fetched for the rows that survive, in order", async () => {
    const fixture = openFixture();
    const noise = (row: number): string =>
      Array.from({ length: 40 }, (_, at) => ((row * 7919 + at * 104729) ** 2 % 36).toString(36)).join("");
    const rows = Array.from({ length: 60_000 }, (_, id) => ({ id, grade: id % 1000, text: noise(id), extra: id * 2 }));
    const table = await append(
      fixture,
      await createTable(fixture, "id int, grade int, text string, extra int", {
        properties: { "delta.parquet.compression.codec": "none" },
      }),
      rows,
    );
    expect(await rowsOf(fixture, table.snapshot, { columns: ["text", "grade", "id"], where: "grade = 7 and id > 30000" })).toEqual(
      rows.filter(({ grade, id }) => grade === 7 && id > 30_000).map(({ text, grade, id }) => ({ text, grade, id })),
    );
    expect(await rowsOf(fixture, table.snapshot, { columns: ["extra"], where: "text is null" })).toEqual([]);
  });

  test("files roll at the target size, and rows of many partitions go to the files of theirs", async () => {
    const fixture = openFixture();
    const rows = Array.from({ length: 3000 }, (_, id) => ({ id, p: id % 100 }));
    let table = await createTable(fixture, "id int, p int", { partitionBy: ["p"] });
    table = await append(fixture, table, rows);
    const files = await filesOf(table.snapshot);
    expect(files.map(({ rowCount }) => rowCount).reduce((sum: number, count) => sum + (count ?? 0), 0)).toBe(3000);
    expect(new Set(files.map(({ path }) => path.split("/")[0]))).toEqual(new Set(rows.map(({ p }) => `p=${p}`)));
    expect(bagOf(await rowsOf(fixture, table.snapshot))).toEqual(bagOf(rows));
  });
});

describe("append", () => {
  const schema = "id long not null, name string, s struct<a: int, b: int>";
  const one = { id: 1n, name: "x", s: { a: 1, b: 2 } };

  test("no rows, no commit", async () => {
    const fixture = openFixture();
    const table = await createTable(fixture, schema);
    for (const data of [[], [batch(schema, [])]]) {
      const result = await appendRows(fixture.context, table, { data });
      expect(result).toMatchObject({ committed: false, version: 0, metrics: { rowsInserted: 0, filesAdded: 0 } });
    }
    expect(await dataKeys(fixture)).toEqual([]);
  });

  test("columns find each other without regard to case; missing ones are null, values take the column's type", async () => {
    const fixture = openFixture();
    const table = await createTable(fixture, schema);
    const data = [batch("S struct<B: long>, ID int not null", [{ S: { B: 5n }, ID: 7 }])];
    const { table: after } = await appendRows(fixture.context, table, { data });
    expect(await rowsOf(fixture, after.snapshot)).toEqual([{ id: 7n, name: null, s: { a: null, b: 5 } }]);
  });

  test.each<[string, string, Record<string, unknown>, string]>([
    ["an unknown column", "id long, extra int", { id: 1n, extra: 1 }, "schema/unknown-column"],
    ["an unknown nested field", "id long, s struct<z: int>", { id: 1n, s: { z: 1 } }, "schema/unknown-column"],
    ["a type that does not go in", "id long, name struct<x: int>", { id: 1n, name: { x: 1 } }, "schema/incompatible"],
    ["columns that differ in case only", "id long, ID long", { id: 1n, ID: 1n }, "schema/duplicate-column"],
    ["a missing column that must not be null", "name string", { name: "x" }, "schema/not-null"],
    ["a null in a column that must not be null", "id long", { id: null }, "schema/not-null"],
    ["a number that does not fit", "id long, s struct<a: long>", { id: 1n, s: { a: 2n ** 40n } }, "schema/overflow"],
  ])("refuses %s and leaves nothing behind", async (_, columns, row, code) => {
    const fixture = openFixture();
    const table = await createTable(fixture, schema);
    const data = [batch(schema, [one]), batch(columns, [row])];
    expect(await codeOf(appendRows(fixture.context, table, { data }))).toBe(code);
    expect(await dataKeys(fixture)).toEqual([]);
    expect((await fixture.format.open()).snapshot.version).toBe(0);
  });

  test("mergeSchema adds columns, nested ones too, also in mid-stream; older rows read as null", async () => {
    const fixture = openFixture();
    const table = await append(fixture, await createTable(fixture, schema), [one]);
    const data = [
      batch(schema, [one]),
      batch("id long, s struct<c: string>, Extra int, nothing void", [{ id: 2n, s: { c: "y" }, Extra: 5, nothing: null }]),
      batch("id long", [{ id: 3n }]),
    ];
    const { table: after } = await appendRows(fixture.context, table, { data, mergeSchema: true });
    expect(after.snapshot.schema.fields.map(({ name }) => name)).toEqual(["id", "name", "s", "Extra"]);
    const old = { id: 1n, name: "x", s: { a: 1, b: 2, c: null }, Extra: null };
    expect(bagOf(await rowsOf(fixture, after.snapshot))).toEqual(
      bagOf([old, old, { id: 2n, name: null, s: { a: null, b: null, c: "y" }, Extra: 5 }, { id: 3n, name: null, s: null, Extra: null }]),
    );
    expect(await rowsOf(fixture, (await fixture.format.open({ version: 1 })).snapshot)).toEqual([one]);
  });

  test("a timestamp_ntz that comes with the data raises the protocol", async () => {
    const fixture = openFixture();
    const table = await createTable(fixture, schema);
    const { table: after } = await appendRows(fixture.context, table, {
      data: [batch("id long, t timestamp_ntz", [{ id: 1n, t: "2026-01-01T00:00:00.000001" }])],
      mergeSchema: true,
    });
    expect(after.protocol).toMatchObject({ minReaderVersion: 3, minWriterVersion: 7 });
    expect(await rowsOf(fixture, after.snapshot, { columns: ["t"] })).toEqual([{ t: "2026-01-01T00:00:00.000001" }]);
  });

  test("an append follows rivals, whatever they did to the data", async () => {
    const fixture = openFixture();
    const table = await createTable(fixture, "id int");
    for (let rival = 0; rival < 5; rival++) await append(fixture, await fixture.format.open(), [{ id: rival }]);
    const { table: after, version } = await appendRows(fixture.context, table, { data: [batch("id int", [{ id: 99 }])] });
    expect(version).toBe(6);
    expect(bagOf(await rowsOf(fixture, after.snapshot))).toEqual(bagOf([0, 1, 2, 3, 4, 99].map((id) => ({ id }))));
  });

  test("an append that lost to a change of the schema takes its files with it; one of unknown outcome leaves them", async () => {
    const store = createFaultyStore(createMemoryStore());
    const fixture = openFixture(store);
    const table = await createTable(fixture, "id int");
    await appendRows(fixture.context, table, { data: [batch("id int, more int", [{ id: 1, more: 1 }])], mergeSchema: true });
    const before = await dataKeys(fixture);
    const other = { data: [batch("id int, other int", [{ id: 2, other: 2 }])], mergeSchema: true };
    expect(await codeOf(appendRows(fixture.context, table, other))).toBe("delta/conflict");
    expect(await dataKeys(fixture)).toEqual(before);

    const newest = await fixture.format.open();
    store.inject({ operation: "putIfAbsent", effect: { kind: "lose-reply" } });
    store.inject({ operation: ["list", "get"], key: /_delta_log/, effect: { kind: "fail-before" }, times: 50 });
    expect(await codeOf(appendRows(fixture.context, newest, { data: [batch("id int", [{ id: 3 }])] }))).toBe("delta/commit-unknown");
    store.heal();
    expect(bagOf(await rowsOf(fixture, (await fixture.format.open()).snapshot))).toEqual(
      bagOf([
        { id: 1, more: 1 },
        { id: 3, more: null },
      ]),
    );
  });

  test("a full disk leaves the table as it was", async () => {
    const store = createFaultyStore(createMemoryStore());
    const fixture = openFixture(store);
    const table = await createTable(fixture, "id int");
    store.inject({ operation: ["write", "close"], effect: { kind: "no-space" }, times: 10 });
    expect(await codeOf(appendRows(fixture.context, table, { data: [batch("id int", [{ id: 2 }])] }))).toBe("storage/no-space");
    store.heal();
    expect(await dataKeys(fixture)).toEqual([]);
  });

  test("an abort in mid-stream writes nothing and leaves nothing", async () => {
    const fixture = openFixture();
    const table = await createTable(fixture, "id int");
    const stop = new AbortController();
    const data = (async function* () {
      yield batch("id int", [{ id: 1 }]);
      stop.abort();
      yield batch("id int", [{ id: 2 }]);
    })();
    expect(await codeOf(appendRows(fixture.context, table, { data, signal: stop.signal }))).toBe("usage/aborted");
    expect(await dataKeys(fixture)).toEqual([]);
  });

  test("a column invariant that is false or null refuses the rows, naming it", async () => {
    const fixture = openFixture();
    const invariant = JSON.stringify({ expression: { expression: "x > 3" } });
    const table = await createTable(fixture, {
      kind: "struct",
      fields: [{ name: "x", type: { kind: "int" }, nullable: true, metadata: { "delta.invariants": invariant } }],
    });
    await append(fixture, table, [{ x: 4 }]);
    for (const x of [3, null]) {
      const error: unknown = await append(fixture, table, [{ x: 5 }, { x }]).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({
        code: "delta/constraint-violated",
        context: { expression: "x > 3", values: { x: String(x) }, failed: 1 },
      });
    }
  });

  test("an empty text in a partition column is null, as in Spark, and refused where the column must not be null", async () => {
    const fixture = openFixture();
    const table = await createTable(fixture, "p string, q string not null, v int", { partitionBy: ["p", "q"] });
    const after = await append(fixture, table, [{ p: "", q: "x", v: 1 }]);
    expect(await rowsOf(fixture, after.snapshot)).toEqual([{ p: null, q: "x", v: 1 }]);
    expect(await codeOf(append(fixture, after, [{ p: "a", q: "", v: 1 }]))).toBe("schema/not-null");
  });

  test("a predicate on names that do not exist fails before anything is read", async () => {
    const fixture = openFixture();
    const table = await createTable(fixture, "id int");
    await expect(scan(fixture.context, table.snapshot, { where: sql("nope = 1") }).next()).rejects.toMatchObject({
      code: "expression/unknown-column",
    });
  });
});
