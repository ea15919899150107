import fc from "fast-check";
import { expect, test } from "vitest";
import { LakeError } from "../../../src/base/errors.js";
import { mergeRows } from "../../../src/engine/merge.js";
import { expectedMerge, type Twin, type TwinClause } from "./merge-oracle.js";
import { bag, batchesOf, filesOf, makeTable, mergeOptions, rowsByFile, rowsOf, type ClauseText, type PlainRow } from "./table-fixture.js";

const schema = "k int, g string, v int, n struct<x:int,y:string>";

type Int = number | null;
const int = (row: PlainRow, name: string): Int => row[name] as Int;
const both = (a: Int, b: Int, test: (a: number, b: number) => boolean): boolean => a !== null && b !== null && test(a, b);
const equal = (a: unknown, b: unknown): boolean => a !== null && a === b;

const conditions: readonly Twin<boolean>[] = [
  { sql: "target.k = source.k", of: (t, s) => equal(t["k"], s["k"]) },
  { sql: "source.k <=> target.k", of: (t, s) => t["k"] === s["k"] },
  { sql: "target.k = source.k and target.g = source.g", of: (t, s) => equal(t["k"], s["k"]) && equal(t["g"], s["g"]) },
  { sql: "target.g <=> source.g and target.k = source.k", of: (t, s) => t["g"] === s["g"] && equal(t["k"], s["k"]) },
  { sql: "target.k = source.k and target.v > 2", of: (t, s) => equal(t["k"], s["k"]) && both(int(t, "v"), 2, (a, b) => a > b) },
  { sql: "target.k = source.k and source.v < 5", of: (t, s) => equal(t["k"], s["k"]) && both(int(s, "v"), 5, (a, b) => a < b) },
  {
    sql: "target.k = source.k and target.v < source.v",
    of: (t, s) => equal(t["k"], s["k"]) && both(int(t, "v"), int(s, "v"), (a, b) => a < b),
  },
  {
    sql: "target.k < source.k and target.g = source.g",
    of: (t, s) => both(int(t, "k"), int(s, "k"), (a, b) => a < b) && equal(t["g"], s["g"]),
  },
  { sql: "target.k + 10 < source.k * 2", of: (t, s) => both(int(t, "k"), int(s, "k"), (a, b) => a + 10 < b * 2) },
  { sql: "target.k + 1 = cast(source.v as bigint)", of: (t, s) => both(int(t, "k"), int(s, "v"), (a, b) => a + 1 === b) },
  { sql: "target.n = source.n", of: (t, s) => t["n"] !== null && s["n"] !== null && JSON.stringify(t["n"]) === JSON.stringify(s["n"]) },
];

const whereOf = (side: "target" | "source"): fc.Arbitrary<Twin<boolean> | undefined> => {
  const row = (t: PlainRow, s: PlainRow): PlainRow => (side === "target" ? t : s);
  return fc.constantFrom<Twin<boolean> | undefined>(
    undefined,
    { sql: `${side}.v >= 4`, of: (t, s) => both(int(row(t, s), "v"), 4, (a, b) => a >= b) },
    { sql: `${side}.g = 'a'`, of: (t, s) => row(t, s)["g"] === "a" },
    {
      sql: `${side}.v is null or ${side}.k % 2 = 0`,
      of: (t, s) => int(row(t, s), "v") === null || both(int(row(t, s), "k"), 2, (a, b) => a % b === 0),
    },
  );
};

type Change = Omit<TwinClause, "where"> & { readonly kind: ClauseText["action"] };
const clause = (text: ClauseText, apply: TwinClause["apply"]): Change => ({ text, apply, kind: text.action });
const sum = (a: Int, b: Int): Int => (a === null || b === null ? null : a + b);
const field = (row: PlainRow, name: string): unknown => (row["n"] as PlainRow | null)?.[name] ?? null;

const matchedChanges = [
  clause({ on: "matched", action: "update-all" }, (_, s) => s),
  clause({ on: "matched", action: "delete" }, () => undefined),
  clause({ on: "matched", action: "update", set: { V: "source.v + target.v", g: "source.g" } }, (t, s) => ({
    ...t,
    v: sum(int(s, "v"), int(t, "v")),
    g: s["g"],
  })),
  clause({ on: "matched", action: "update", set: { "n.x": "source.k", k: "target.k + 20" } }, (t, s) => ({
    ...t,
    k: sum(int(t, "k"), 20),
    n: { x: s["k"], y: field(t, "y") },
  })),
];
const notMatchedChanges = [
  clause({ on: "not-matched", action: "insert-all" }, (_, s) => s),
  clause({ on: "not-matched", action: "insert", set: { k: "source.k", v: "7", "n.y": "source.g" } }, (_, s) => ({
    k: s["k"],
    g: null,
    v: 7,
    n: { x: null, y: s["g"] },
  })),
];
const bySourceChanges = [
  clause({ on: "not-matched-by-source", action: "delete" }, () => undefined),
  clause({ on: "not-matched-by-source", action: "update", set: { v: "target.v + 1", g: "'z'" } }, (t) => ({
    ...t,
    v: sum(int(t, "v"), 1),
    g: "z",
  })),
];

/** Up to two clauses of a kind; only the last may be without a condition. */
function clausesOf(changes: readonly Change[], side: "target" | "source", maxLength = 2): fc.Arbitrary<readonly TwinClause[]> {
  return fc.array(fc.tuple(fc.constantFrom(...changes), whereOf(side)), { maxLength }).map((list) =>
    list.flatMap(([{ text, apply }, where], index) => {
      if (where === undefined && index < list.length - 1) return [];
      return [{ text: where === undefined ? text : { ...text, where: where.sql }, where: where?.of, apply }];
    }),
  );
}

const value = fc.option(fc.integer({ min: 0, max: 9 }), { nil: null, freq: 8 });
const row: fc.Arbitrary<PlainRow> = fc.record({
  k: value,
  g: fc.constantFrom("a", "b", null),
  v: value,
  n: fc.option(fc.record({ x: value, y: fc.constantFrom("p", "q", null) }), { nil: null, freq: 5 }),
});
const program = fc.record({
  files: fc.array(fc.array(row, { minLength: 1, maxLength: 6 }), { maxLength: 4 }),
  source: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.uniqueArray(row, { maxLength: 6, selector: (each) => each["k"] }) },
      { weight: 1, arbitrary: fc.array(row, { maxLength: 4 }) },
    ),
    { minLength: 1, maxLength: 2 },
  ),
  on: fc.constantFrom(...conditions),
  matched: clausesOf(matchedChanges, "target"),
  notMatched: clausesOf(notMatchedChanges, "source"),
  bySource: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: clausesOf(bySourceChanges, "target") }),
  partitioned: fc.boolean(),
});

test("a merge does what its definition says, to the rows, the metrics and the files", { timeout: 60_000 }, async () => {
  const seen = { committed: 0, refused: 0, unchanged: 0 };
  const property = fc.asyncProperty(program, async ({ files, source, on, matched, notMatched, bySource, partitioned }) => {
    const clauses = [...matched, ...notMatched, ...bySource];
    fc.pre(clauses.length > 0);
    const { context, table } = await makeTable(schema, files, { partitionBy: partitioned ? ["g"] : [] });
    const before = await rowsByFile({ context, table });
    const expected = expectedMerge(before, source.flat(), on, clauses);
    const run = mergeRows(
      context,
      table,
      mergeOptions(
        batchesOf(schema, ...source),
        on.sql,
        clauses.map(({ text }) => text),
      ),
    );
    if (expected === "multiple-matches") {
      await expect(run).rejects.toMatchObject({ code: "merge/multiple-matches" });
      expect((await table.at("latest")).snapshot.version).toBe(table.snapshot.version);
      seen.refused++;
      return;
    }
    const result = await run;
    const { inserted, updated, deleted, copied, touched } = expected;
    expect(bag(await rowsOf({ context, table: result.table }))).toEqual(bag(expected.rows));
    expect(result.metrics).toMatchObject({
      rowsInserted: inserted,
      rowsUpdated: updated,
      rowsDeleted: deleted,
      filesRemoved: touched.size,
    });
    expect(result.committed).toBe(touched.size + inserted > 0);
    expect(result.table.snapshot.version).toBe(table.snapshot.version + Number(result.committed));
    expect(result.metrics.rowsCopied).toBe(copied);
    const after = new Set((await filesOf(result.table)).map(({ path }) => path));
    for (const path of before.keys()) expect(after.has(path)).toBe(!touched.has(path));
    seen[result.committed ? "committed" : "unchanged"]++;
  });
  await fc.assert(property, { numRuns: 240 });
  expect(Math.min(seen.committed, seen.refused, seen.unchanged)).toBeGreaterThan(0);
});

async function refusal(run: Promise<unknown>): Promise<LakeError> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof LakeError) return error;
  throw error ?? new Error("nothing was refused");
}

const upsert: readonly ClauseText[] = [
  { on: "matched", action: "update-all" },
  { on: "not-matched", action: "insert-all" },
];

test("update-all and insert-all take the columns that the source has", async () => {
  const fixture = await makeTable("id long, a string, b int", [[{ id: 1n, a: "old", b: 1 }]]);
  const { table } = await mergeRows(
    fixture.context,
    fixture.table,
    mergeOptions(
      batchesOf("B int, ID long, extra string", [
        { B: 7, ID: 1n, extra: "x" },
        { B: 8, ID: 2n, extra: "y" },
      ]),
      "target.id = source.id",
      upsert,
    ),
  );
  expect(bag(await rowsOf({ ...fixture, table }))).toEqual(
    bag([
      { id: 1n, a: "old", b: 7 },
      { id: 2n, a: null, b: 8 },
    ]),
  );
});

test("source values take the type of the target's column", async () => {
  const fixture = await makeTable("id int, d decimal(5,2), at timestamp", [[{ id: 1, d: "1.00", at: null }]]);
  const { table } = await mergeRows(
    fixture.context,
    fixture.table,
    mergeOptions(batchesOf("id long, d int, at date", [{ id: 1n, d: 3, at: "2026-01-31" }]), "target.id = source.id", upsert),
  );
  expect(await rowsOf({ ...fixture, table })).toEqual([{ id: 1, d: "3.00", at: "2026-01-31T00:00:00.000000Z" }]);
});

test("a source value that does not fit fails the merge and commits nothing", async () => {
  const fixture = await makeTable("id int, b byte", [[{ id: 1, b: 1 }]]);
  const source = (): ReturnType<typeof batchesOf> => batchesOf("id int, b int", [{ id: 1, b: 300 }]);
  expect(
    (await refusal(mergeRows(fixture.context, fixture.table, mergeOptions(source(), "target.id = source.id", upsert)))).message,
  ).toMatch(/300/);
  expect((await fixture.table.at("latest")).snapshot.version).toBe(fixture.table.snapshot.version);
});

test("schema evolution adds the source's columns, nested ones too", async () => {
  const fixture = await makeTable("id int, s struct<a:int>", [
    [
      { id: 1, s: { a: 1 } },
      { id: 3, s: null },
    ],
    [{ id: 4, s: { a: 4 } }],
  ]);
  const source = batchesOf("id int, s struct<b:string>, x double", [
    { id: 1, s: { b: "new" }, x: 1.5 },
    { id: 2, s: null, x: 2.5 },
  ]);
  const { table } = await mergeRows(
    fixture.context,
    fixture.table,
    mergeOptions(source, "target.id = source.id", upsert, { schemaEvolution: true }),
  );
  expect(table.snapshot.schema.fields.map(({ name }) => name)).toEqual(["id", "s", "x"]);
  expect(bag(await rowsOf({ ...fixture, table }))).toEqual(
    bag([
      { id: 1, s: { a: null, b: "new" }, x: 1.5 },
      { id: 3, s: null, x: null },
      { id: 4, s: { a: 4, b: null }, x: null },
      { id: 2, s: null, x: 2.5 },
    ]),
  );
});

test("schema evolution adds the columns that are assigned by name", async () => {
  const fixture = await makeTable("id int, s struct<a:int>", [[{ id: 1, s: { a: 1 } }]]);
  const clauses: readonly ClauseText[] = [{ on: "matched", action: "update", set: { x: "source.x", "s.c": "source.s.c" } }];
  const source = (): ReturnType<typeof batchesOf> =>
    batchesOf("id int, x string, unused int, s struct<c:int,d:int>", [{ id: 1, x: "v", unused: 0, s: { c: 5, d: 6 } }]);
  const run = (schemaEvolution: boolean) =>
    mergeRows(fixture.context, fixture.table, mergeOptions(source(), "target.id = source.id", clauses, { schemaEvolution }));
  expect(await refusal(run(false))).toMatchObject({ code: "schema/unknown-column" });
  const { table } = await run(true);
  expect(await rowsOf({ ...fixture, table })).toEqual([{ id: 1, s: { a: 1, c: 5 }, x: "v" }]);
});

test("without schema evolution a column of the source that the table lacks is left out", async () => {
  const fixture = await makeTable("id int", [[{ id: 1 }]]);
  const { table, metrics } = await mergeRows(
    fixture.context,
    fixture.table,
    mergeOptions(batchesOf("id int, x int", [{ id: 2, x: 1 }]), "target.id = source.id", upsert),
  );
  expect(table.snapshot.schema.fields).toHaveLength(1);
  expect(metrics).toMatchObject({ rowsInserted: 1, filesRemoved: 0, filesAdded: 1 });
});

test.each([
  ["merge/invalid-condition", "1 = 1", upsert],
  ["merge/invalid-condition", "target.id = 1", upsert],
  ["merge/invalid-condition", "source.id = 1", upsert],
  ["expression/unknown-column", "target.nope = source.id", upsert],
  [
    "merge/invalid-clause",
    "target.id = source.id",
    [
      { on: "matched", action: "delete" },
      { on: "matched", action: "update-all" },
    ],
  ],
  ["merge/invalid-clause", "target.id = source.id", [{ on: "not-matched", action: "insert", set: { id: "target.id" } }]],
  ["merge/invalid-clause", "target.id = source.id", [{ on: "not-matched-by-source", action: "delete", where: "source.id = 1" }]],
  ["merge/invalid-clause", "target.id = source.id", [{ on: "matched", action: "update", set: { a: "'x'", A: "'y'" } }]],
  ["schema/unknown-column", "target.id = source.id", [{ on: "matched", action: "update", set: { nope: "1" } }]],
  ["schema/type-mismatch", "target.id = source.id", [{ on: "matched", action: "update", set: { id: "'text'" } }]],
] as const)("refuses with %s a merge on %s", async (code, on, clauses: readonly ClauseText[]) => {
  const fixture = await makeTable("id int, a string", [[{ id: 1, a: "x" }]]);
  expect(
    await refusal(
      mergeRows(fixture.context, fixture.table, mergeOptions(batchesOf("id int, a string", [{ id: 1, a: "y" }]), on, clauses)),
    ),
  ).toMatchObject({ code });
});

test("columns of a clause about one side need no alias", async () => {
  const fixture = await makeTable("id int, a string", [
    [
      { id: 1, a: "x" },
      { id: 2, a: "y" },
    ],
  ]);
  const clauses: readonly ClauseText[] = [
    { on: "not-matched", action: "insert", set: { id: "id * 10", a: "upper(a)" } },
    { on: "not-matched-by-source", action: "update", set: { a: "concat(a, '!')" }, where: "id = 2" },
  ];
  const { table } = await mergeRows(
    fixture.context,
    fixture.table,
    mergeOptions(batchesOf("id int, a string", [{ id: 3, a: "z" }]), "target.id = source.id", clauses),
  );
  expect(bag(await rowsOf({ ...fixture, table }))).toEqual(
    bag([
      { id: 1, a: "x" },
      { id: 2, a: "y!" },
      { id: 30, a: "Z" },
    ]),
  );
});

test("an empty source changes nothing and commits nothing, unless rows without a match are meant", async () => {
  const fixture = await makeTable("id int", [[{ id: 1 }]]);
  const none = await mergeRows(fixture.context, fixture.table, mergeOptions(batchesOf("id int", []), "target.id = source.id", upsert));
  expect(none).toMatchObject({ committed: false, version: fixture.table.snapshot.version });
  const all = await mergeRows(
    fixture.context,
    fixture.table,
    mergeOptions(batchesOf("id int"), "target.id = source.id", [{ on: "not-matched-by-source", action: "delete" }]),
  );
  expect(all.metrics).toMatchObject({ rowsDeleted: 1, filesRemoved: 1, filesAdded: 0 });
});

test("an append-only table takes inserts and refuses the rest", async () => {
  const fixture = await makeTable("id int", [[{ id: 1 }]], { properties: { "delta.appendOnly": "true" } });
  const source = (): ReturnType<typeof batchesOf> => batchesOf("id int", [{ id: 1 }, { id: 2 }]);
  expect(await refusal(mergeRows(fixture.context, fixture.table, mergeOptions(source(), "target.id = source.id", upsert)))).toMatchObject(
    { code: "delta/append-only" },
  );
  const { metrics } = await mergeRows(
    fixture.context,
    fixture.table,
    mergeOptions(source(), "target.id = source.id", [{ on: "not-matched", action: "insert-all" }]),
  );
  expect(metrics).toMatchObject({ rowsInserted: 1, filesRemoved: 0 });
});

test("a null for a column that must not be null fails the merge and leaves no file behind", async () => {
  const fixture = await makeTable("id int not null, a string", [[{ id: 1, a: "x" }]]);
  const keys = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const { key } of fixture.context.store.list()) found.push(key);
    return found;
  };
  const before = await keys();
  const clauses: readonly ClauseText[] = [{ on: "not-matched", action: "insert", set: { a: "source.a" } }];
  expect(
    await refusal(
      mergeRows(
        fixture.context,
        fixture.table,
        mergeOptions(batchesOf("id int, a string", [{ id: 2, a: "y" }]), "target.id = source.id", clauses),
      ),
    ),
  ).toMatchObject({ code: "schema/not-null" });
  expect(await keys()).toEqual(before);
});

test("a source beyond the memory limit is refused with advice", async () => {
  const fixture = await makeTable("id int", [], { memoryLimit: 1000 });
  const rows = Array.from({ length: 1000 }, (_, id) => ({ id }));
  expect(
    await refusal(mergeRows(fixture.context, fixture.table, mergeOptions(batchesOf("id int", rows), "target.id = source.id", upsert))),
  ).toMatchObject({ code: "memory/budget-exceeded", message: expect.stringMatching(/memoryLimit/) });
});

test("files between whose bounds no key lies are not read", async () => {
  const files = Array.from({ length: 30 }, (_, file) => Array.from({ length: 10 }, (_, i) => ({ id: file * 10 + i, v: 0 })));
  const { context, table } = await makeTable("id int, v int", files);
  const read = new Set<string>();
  const store = { ...context.store, get: (key: string, options?: object) => (read.add(key), context.store.get(key, options)) };
  // More keys than are listed one by one, at both ends of the table's range and none in between.
  const rows = [
    ...Array.from({ length: 100 }, (_, i) => ({ id: i % 50, v: i })).slice(0, 50),
    ...Array.from({ length: 50 }, (_, i) => ({ id: 250 + i, v: i })),
  ];
  const { metrics } = await mergeRows(
    { ...context, store },
    table,
    mergeOptions(batchesOf("id int, v int", rows), "target.id = source.id", upsert),
  );
  expect(metrics).toMatchObject({ rowsUpdated: 100, filesRemoved: 10 });
  // The first few files are judged by the least and greatest key alone.
  expect([...read].filter((key) => key.endsWith(".parquet")).length).toBeLessThanOrEqual(14);
});
