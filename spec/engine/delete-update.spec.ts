import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deleteRows } from "../../src/engine/delete.js";
import { updateRows } from "../../src/engine/update.js";
import { parseExpression } from "../../src/expression/parse.js";
import { bag, filesOf, makeTable, nodes, rowsByFile, rowsOf, type PlainRow } from "./merge/table-fixture.js";

const schema = "k int, g string, v int, n struct<x:int,y:string>";

interface TwinPredicate {
  readonly sql: string;
  readonly of: (row: PlainRow) => boolean;
}

const number = (row: PlainRow, name: string): number | null => row[name] as number | null;
const known = (row: PlainRow, name: string, is: (value: number) => boolean): boolean => {
  const found = number(row, name);
  return found !== null && is(found);
};

const predicates: readonly (TwinPredicate | undefined)[] = [
  undefined,
  { sql: "k < 4", of: (row) => known(row, "k", (k) => k < 4) },
  { sql: "not (k = 3)", of: (row) => known(row, "k", (k) => k !== 3) },
  { sql: "g = 'a'", of: (row) => row["g"] === "a" },
  { sql: "g is null", of: (row) => row["g"] === null },
  { sql: "g = 'a' and v >= 5", of: (row) => row["g"] === "a" && known(row, "v", (v) => v >= 5) },
  {
    sql: "g <> 'a' or k in (1, 2, null)",
    of: (row) => (row["g"] !== null && row["g"] !== "a") || known(row, "k", (k) => k === 1 || k === 2),
  },
  { sql: "n.x is null and v is not null", of: (row) => ((row["n"] as PlainRow | null)?.["x"] ?? null) === null && row["v"] !== null },
  { sql: "true", of: () => true },
  { sql: "k > 100", of: () => false },
];

const changes: readonly { readonly set: Readonly<Record<string, string>>; readonly of: (row: PlainRow) => PlainRow }[] = [
  { set: { v: "k", k: "v" }, of: (row) => ({ ...row, v: row["k"], k: row["v"] }) },
  { set: { G: "concat(g, 'x')" }, of: (row) => ({ ...row, g: row["g"] === null ? null : `${String(row["g"])}x` }) },
  {
    set: { "n.x": "v + 1", g: "null" },
    of: (row) => ({
      ...row,
      g: null,
      n: { x: number(row, "v") === null ? null : (row["v"] as number) + 1, y: (row["n"] as PlainRow | null)?.["y"] ?? null },
    }),
  },
  { set: { n: "null" }, of: (row) => ({ ...row, n: null }) },
];

const value = fc.option(fc.integer({ min: 0, max: 9 }), { nil: null, freq: 8 });
const row: fc.Arbitrary<PlainRow> = fc.record({
  k: value,
  g: fc.constantFrom("a", "b", null),
  v: value,
  n: fc.option(fc.record({ x: value, y: fc.constantFrom("p", null) }), { nil: null, freq: 5 }),
});
const tables = fc.record({
  files: fc.array(fc.array(row, { minLength: 1, maxLength: 8 }), { maxLength: 4 }),
  partitioned: fc.boolean(),
  where: fc.constantFrom(...predicates),
});

/** What is left of each file, and which files are touched. */
function outcome(files: ReadonlyMap<string, readonly PlainRow[]>, where: TwinPredicate | undefined) {
  const isHit = (each: PlainRow): boolean => where === undefined || where.of(each);
  const touched = [...files].filter(([, rows]) => rows.some(isHit)).map(([path]) => path);
  const hits = [...files.values()].flat().filter(isHit);
  const copied = touched.flatMap((path) => files.get(path) ?? []).length - hits.length;
  return { isHit, touched, hits, copied };
}

async function expectFiles(table: Parameters<typeof filesOf>[0], before: Iterable<string>, touched: readonly string[]): Promise<void> {
  const after = new Set((await filesOf(table)).map(({ path }) => path));
  for (const path of before) expect(after.has(path)).toBe(!touched.includes(path));
}

test("a delete removes the rows for which its predicate is true and touches no other file", { timeout: 60_000 }, async () => {
  const property = fc.asyncProperty(tables, async ({ files, partitioned, where }) => {
    const { context, table } = await makeTable(schema, files, { partitionBy: partitioned ? ["g"] : [] });
    const before = await rowsByFile({ context, table });
    const { isHit, touched, hits, copied } = outcome(before, where);
    const result = await deleteRows(context, table, { where: where === undefined ? undefined : parseExpression(where.sql) });
    expect(bag(await rowsOf({ context, table: result.table }))).toEqual(bag([...before.values()].flat().filter((each) => !isHit(each))));
    expect(result.metrics).toMatchObject({ rowsDeleted: hits.length, rowsCopied: copied, rowsUpdated: 0, filesRemoved: touched.length });
    expect(result.committed).toBe(touched.length > 0);
    expect(result.version).toBe(table.snapshot.version + Number(result.committed));
    await expectFiles(result.table, before.keys(), touched);
  });
  await fc.assert(property, { numRuns: 60 });
});

test("an update changes the rows for which its predicate is true, all from their old values", { timeout: 60_000 }, async () => {
  const property = fc.asyncProperty(tables, fc.constantFrom(...changes), async ({ files, partitioned, where }, change) => {
    const { context, table } = await makeTable(schema, files, { partitionBy: partitioned ? ["g"] : [] });
    const before = await rowsByFile({ context, table });
    const { isHit, touched, hits, copied } = outcome(before, where);
    const result = await updateRows(context, table, {
      set: nodes(change.set),
      where: where === undefined ? undefined : parseExpression(where.sql),
    });
    expect(bag(await rowsOf({ context, table: result.table }))).toEqual(
      bag([...before.values()].flat().map((each) => (isHit(each) ? change.of(each) : each))),
    );
    expect(result.metrics).toMatchObject({ rowsUpdated: hits.length, rowsCopied: copied, rowsDeleted: 0, filesRemoved: touched.length });
    expect(result.committed).toBe(touched.length > 0);
    await expectFiles(result.table, before.keys(), touched);
  });
  await fc.assert(property, { numRuns: 60 });
});

test("a delete that partition values decide reads no data file", async () => {
  const { context, table } = await makeTable(
    schema,
    [
      [
        { k: 1, g: "a", v: 1, n: null },
        { k: 2, g: "b", v: 2, n: null },
      ],
    ],
    { partitionBy: ["g"] },
  );
  const read: string[] = [];
  const store = { ...context.store, get: (key: string, options?: object) => (read.push(key), context.store.get(key, options)) };
  const { metrics } = await deleteRows({ ...context, store }, table, { where: parseExpression("g = 'a'") });
  expect(metrics).toMatchObject({ rowsDeleted: 1, filesRemoved: 1, filesAdded: 0 });
  expect(read).toEqual([]);
});

test("a value is computed only for the rows that are updated", async () => {
  const fixture = await makeTable("a int, b int", [
    [
      { a: 6, b: 2 },
      { a: 1, b: 0 },
    ],
  ]);
  const { table } = await updateRows(fixture.context, fixture.table, {
    set: nodes({ a: "cast(a / b as int)" }),
    where: parseExpression("b <> 0"),
  });
  expect(bag(await rowsOf({ ...fixture, table }))).toEqual(
    bag([
      { a: 3, b: 2 },
      { a: 1, b: 0 },
    ]),
  );
});

test("one statement has one time", async () => {
  const fixture = await makeTable("id int, at timestamp", [[{ id: 1, at: null }], [{ id: 2, at: null }]]);
  const { table } = await updateRows(fixture.context, fixture.table, { set: nodes({ at: "current_timestamp()" }) });
  const times = (await rowsOf({ ...fixture, table })).map(({ at }) => at);
  expect(times[0]).toMatch(/^\d{4}-/);
  expect(times[0]).toBe(times[1]);
});

describe("refusals change nothing", () => {
  test.each([
    ["schema/not-null", { a: "null" }],
    ["schema/unknown-column", { nope: "1" }],
    ["schema/unknown-field", { "s.nope": "1" }],
    ["schema/unknown-field", { "a.b": "1" }],
    ["schema/type-mismatch", { a: "'text'" }],
    ["expression/unknown-column", { a: "Bob" }],
    ["usage/invalid-option", { s: "null", "s.x": "1" }],
    ["usage/invalid-option", { a: "1", A: "2" }],
  ] as const)("with %s: %j", async (code, set) => {
    const { context, table } = await makeTable("a int not null, s struct<x:int>", [[{ a: 1, s: null }]]);
    await expect(updateRows(context, table, { set: nodes(set) })).rejects.toMatchObject({ code });
    expect((await table.at("latest")).snapshot.version).toBe(table.snapshot.version);
  });

  test("a number that overflows its column is refused", async () => {
    const { context, table } = await makeTable("a byte", [[{ a: 1 }]]);
    await expect(updateRows(context, table, { set: nodes({ a: "a + 300" }) })).rejects.toThrow(/301/);
    expect((await table.at("latest")).snapshot.version).toBe(table.snapshot.version);
  });

  test("an append-only table refuses deletes and updates", async () => {
    const { context, table } = await makeTable("a int", [[{ a: 1 }]], { properties: { "delta.appendOnly": "true" } });
    await expect(deleteRows(context, table, {})).rejects.toMatchObject({ code: "delta/append-only" });
    await expect(updateRows(context, table, { set: nodes({ a: "2" }) })).rejects.toMatchObject({ code: "delta/append-only" });
  });
});
