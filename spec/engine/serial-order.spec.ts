import fc from "fast-check";
import { expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { appendRows } from "../../src/engine/append.js";
import type { VerbResult } from "../../src/engine/context.js";
import { deleteRows } from "../../src/engine/delete.js";
import { mergeRows, type MergeClause } from "../../src/engine/merge.js";
import { overwriteRows } from "../../src/engine/overwrite.js";
import { readFileRows } from "../../src/engine/read-file-rows.js";
import { updateRows } from "../../src/engine/update.js";
import { createFileSet } from "../../src/engine/write-files.js";
import type { DataFile } from "../../src/table/data-file.js";
import { noMetrics } from "../../src/table/operation.js";
import type { IsolationLevel, Table } from "../../src/table/table-format.js";
import { bagOf, batch, createTable, openFixture, rowsOf, sql, type Fixture } from "./fixture.js";

// Writers that do not see each other, against a judge without files, bounds or predicates: what was committed beside rivals has
// to leave the rows that the same statements leave one after the other.

interface Row extends Record<string, unknown> {
  readonly p: string;
  readonly k: number;
  readonly v: number;
}
const columns = "p string, k int, v int";

/** A statement twice: as the engine runs it, and as what it makes of the rows. */
interface Statement {
  readonly name: string;
  readonly run: (fixture: Fixture, table: Table, isolation: IsolationLevel) => Promise<Pick<VerbResult, "table">>;
  readonly apply: (rows: readonly Row[]) => readonly Row[];
}

const within = (low: number, high: number) => (row: Row) => row.k >= low && row.k <= high;

const append = (rows: readonly Row[]): Statement => ({
  name: "append",
  run: ({ context }, table, isolation) => appendRows(context, table, { data: [batch(columns, rows)], isolation }),
  apply: (all) => [...all, ...rows],
});
const remove = (low: number, high: number): Statement => ({
  name: "delete",
  run: ({ context }, table, isolation) => deleteRows(context, table, { where: sql(`k between ${low} and ${high}`), isolation }),
  apply: (all) => all.filter((row) => !within(low, high)(row)),
});
const removePart = (p: string): Statement => ({
  name: "delete of a part",
  run: ({ context }, table, isolation) => deleteRows(context, table, { where: sql(`p = '${p}'`), isolation }),
  apply: (all) => all.filter((row) => row.p !== p),
});
const update = (low: number, high: number, limit: number): Statement => ({
  name: "update",
  run: ({ context }, table, isolation) =>
    updateRows(context, table, {
      set: { v: sql("v + 100") },
      where: sql(`k between ${low} and ${high} and v < ${limit}`),
      isolation,
    }),
  apply: (all) => all.map((row) => (within(low, high)(row) && row.v < limit ? { ...row, v: row.v + 100 } : row)),
});
const overwrite = (rows: readonly Row[]): Statement => ({
  name: "overwrite",
  run: ({ context }, table, isolation) => overwriteRows(context, table, { data: [batch(columns, rows)], isolation }),
  apply: () => rows,
});
const overwritePart = (p: string, given: readonly Row[]): Statement => {
  const rows = given.map((row) => ({ ...row, p }));
  return {
    name: "overwrite where",
    run: ({ context }, table, isolation) =>
      overwriteRows(context, table, { data: [batch(columns, rows)], where: sql(`p = '${p}'`), isolation }),
    apply: (all) => [...all.filter((row) => row.p !== p), ...rows],
  };
};

type MergeKind = "upsert" | "insert" | "update above 5" | "delete" | "sync a";

const merge = (kind: MergeKind, given: readonly Row[]): Statement => {
  const source = [...new Map(given.map((row) => [row.k, row])).values()];
  const clauses: Readonly<Record<MergeKind, readonly MergeClause[]>> = {
    upsert: [
      { on: "matched", action: "update-all", where: undefined },
      { on: "not-matched", action: "insert-all", where: undefined },
    ],
    insert: [{ on: "not-matched", action: "insert-all", where: undefined }],
    "update above 5": [{ on: "matched", action: "update-all", where: sql("target.v > 5") }],
    delete: [{ on: "matched", action: "delete", where: undefined }],
    "sync a": [
      { on: "not-matched", action: "insert-all", where: undefined },
      { on: "not-matched-by-source", action: "delete", where: sql("target.p = 'a'") },
    ],
  };
  const bySource = new Map(source.map((row) => [row.k, row]));
  const changed = (row: Row): Row | undefined => {
    const partner = bySource.get(row.k);
    if (partner === undefined) return kind === "sync a" && row.p === "a" ? undefined : row;
    if (kind === "delete") return undefined;
    return kind === "upsert" || (kind === "update above 5" && row.v > 5) ? partner : row;
  };
  return {
    name: `merge: ${kind}`,
    run: ({ context }, table, isolation) =>
      mergeRows(context, table, {
        source: (async function* () {
          yield batch(columns, source);
        })(),
        on: sql("target.k = source.k"),
        aliases: { target: "target", source: "source" },
        clauses: clauses[kind],
        isolation,
      }),
    apply: (all) => {
      const present = new Set(all.map(({ k }) => k));
      const inserts = kind === "update above 5" || kind === "delete" ? [] : source.filter(({ k }) => !present.has(k));
      return [...all.flatMap((row) => changed(row) ?? []), ...inserts];
    },
  };
};

/** Every second file, or all of them, written anew as one: no row changes. */
const compact = (every: 1 | 2): Statement => ({
  name: "compaction",
  async run({ context }, table, isolation) {
    const { snapshot } = table;
    const files: DataFile[] = [];
    for await (const group of snapshot.plan()) files.push(...group);
    const removed = files.filter((_, at) => at % every === 0);
    if (removed.length === 0) return { table };
    const set = createFileSet(context, snapshot.writePlan());
    for (const file of removed) {
      for await (const piece of readFileRows(context, snapshot, file, { columns: snapshot.schema.fields }))
        await set.write(piece.batch, "kept");
    }
    const pending = {
      operation: { kind: "overwrite", where: undefined, overwriteSchema: false },
      metrics: noMetrics,
      added: await set.finish(),
      removed,
      reads: { wholeTable: false, predicates: [], files: new Set(removed.map(({ path }) => path)) },
      dataChange: false,
    } as const;
    return table.commit(snapshot, pending, { isolation });
  },
  apply: (all) => all,
});

const addColumn = (serial: number): Statement => ({
  name: "add a column",
  run: ({ context }, table, isolation) =>
    appendRows(context, table, { data: [batch(`${columns}, x${serial} int`, [])], mergeSchema: true, isolation }),
  apply: (all) => all,
});

const k = fc.nat({ max: 12 });
const row: fc.Arbitrary<Row> = fc.tuple(fc.constantFrom("a", "b", "c"), k, fc.nat({ max: 9 })).map(([p, key, v]) => ({ p, k: key, v }));
const someRows = fc.array(row, { minLength: 1, maxLength: 4 });
const range = fc.tuple(k, fc.nat({ max: 3 })).map(([low, more]) => [low, low + more] as const);
const mergeKind = fc.constantFrom<MergeKind[]>("upsert", "insert", "update above 5", "delete", "sync a");
const statement: fc.Arbitrary<Statement> = fc.oneof(
  { weight: 3, arbitrary: someRows.map(append) },
  { weight: 2, arbitrary: range.map(([low, high]) => remove(low, high)) },
  { weight: 1, arbitrary: fc.constantFrom("a", "b").map(removePart) },
  { weight: 2, arbitrary: fc.tuple(range, fc.nat(9)).map(([[low, high], limit]) => update(low, high, limit)) },
  { weight: 1, arbitrary: someRows.map(overwrite) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom("a", "b"), someRows).map(([p, rows]) => overwritePart(p, rows)) },
  { weight: 5, arbitrary: fc.tuple(mergeKind, someRows).map(([kind, rows]) => merge(kind, rows)) },
  { weight: 2, arbitrary: fc.constantFrom(1 as const, 2 as const).map(compact) },
  { weight: 1, arbitrary: fc.nat(9).map(addColumn) },
);

interface Scene {
  readonly before: readonly (readonly Row[])[];
  readonly winners: readonly Statement[];
  readonly mine: Statement;
  readonly isPartitioned: boolean;
}
const scene: fc.Arbitrary<Scene> = fc.record({
  before: fc.array(someRows, { minLength: 1, maxLength: 4 }),
  winners: fc.array(statement, { minLength: 1, maxLength: 3 }),
  mine: statement,
  isPartitioned: fc.boolean(),
});

const plain = ({ p, k: key, v }: Row): Row => ({ p, k: key, v });
const bag = (rows: readonly Row[]): readonly string[] => bagOf(rows.map(plain));

/** The rows after the winners and, unless it met a conflict, mine; which statements were committed, in the order of the log. */
async function play({ before, winners, mine, isPartitioned }: Scene, isolation: IsolationLevel) {
  const fixture = openFixture();
  let table = await createTable(fixture, columns, isPartitioned ? { partitionBy: ["p"] } : {});
  for (const rows of before) ({ table } = await append(rows).run(fixture, table, isolation));
  const base = table;
  const committed: Statement[] = [];
  for (const winner of winners) {
    const after = await winner.run(fixture, table, isolation);
    if (after.table.snapshot.version > table.snapshot.version) committed.push(winner);
    table = after.table;
  }
  const isMine = await mine.run(fixture, base, isolation).then(
    // One that found nothing to do has made no commit: it is in no order with the others.
    (after) => after.table.snapshot.version > base.snapshot.version,
    (error: unknown) => {
      if (LakeError.is(error, "delta/conflict")) return false;
      throw error;
    },
  );
  const latest = (await fixture.format.open()).snapshot;
  return { isMine, committed, rows: bag((await rowsOf(fixture, latest)) as unknown as Row[]), passed: committed.length > 0 };
}

const serially = (before: Scene["before"], statements: readonly Statement[]): readonly string[] =>
  bag(statements.reduce((rows: readonly Row[], { apply }) => apply(rows), before.flat()));

function* orders<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield [];
  for (const [at, item] of items.entries()) for (const rest of orders(items.filter((_, other) => other !== at))) yield [item, ...rest];
}

const runs = { numRuns: 60 };

test("Serializable: a write that followed rivals leaves what it leaves after them; one in conflict leaves nothing", async () => {
  const seen = { followed: 0, conflict: 0 };
  await fc.assert(
    fc.asyncProperty(scene, async (each) => {
      const { isMine, committed, rows, passed } = await play(each, "Serializable");
      expect(rows).toEqual(serially(each.before, isMine ? [...committed, each.mine] : committed));
      if (passed) seen[isMine ? "followed" : "conflict"] += 1;
    }),
    runs,
  );
  expect(Math.min(seen.followed, seen.conflict)).toBeGreaterThan(10);
});

test("WriteSerializable: what is committed is what some order of the statements leaves", async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (each) => {
      const { isMine, committed, rows } = await play(each, "WriteSerializable");
      const all = isMine ? [...committed, each.mine] : committed;
      const text = JSON.stringify(rows);
      expect([...orders(all)].some((order) => JSON.stringify(serially(each.before, order)) === text)).toBe(true);
    }),
    runs,
  );
});

test("rows that counted are followed to where a compaction has put them", async () => {
  const kept: Row = { p: "a", k: 5, v: 1 };
  const next: Row = { ...kept, k: 6 };
  const scenes = { isPartitioned: false, before: [[kept], [{ ...kept, k: 9 }]], mine: merge("insert", [kept, next]) };
  // The row that kept mine from inserting is moved, and then deleted where it is now.
  const gone = await play({ ...scenes, winners: [compact(1), remove(5, 5)] }, "Serializable");
  expect(gone).toMatchObject({ isMine: false, rows: bag([{ ...kept, k: 9 }]) });
  const moved = await play({ ...scenes, winners: [compact(1)] }, "Serializable");
  expect(moved).toMatchObject({ isMine: true, rows: bag([kept, next, { ...kept, k: 9 }]) });
});

test.each<[string, Statement, readonly Statement[]]>([
  ["an upsert follows one of other keys", merge("upsert", [{ p: "a", k: 1, v: 7 }]), [merge("upsert", [{ p: "a", k: 11, v: 7 }])]],
  ["a merge follows rewrites of files without one of its keys", merge("insert", [{ p: "a", k: 3, v: 7 }]), [update(10, 12, 99)]],
  ["a delete follows the rewrite of a file in which it found nothing", remove(2, 3), [remove(4, 4), append([{ p: "b", k: 12, v: 1 }])]],
  [
    "a sync of one part follows changes of another",
    merge("sync a", [{ p: "a", k: 1, v: 1 }]),
    [overwritePart("b", [{ p: "b", k: 40, v: 1 }])],
  ],
])("%s", async (_, mine, winners) => {
  const before = [
    [
      { p: "a", k: 1, v: 1 },
      { p: "a", k: 4, v: 1 },
    ],
    [{ p: "b", k: 11, v: 1 }],
    [{ p: "a", k: 2, v: 1 }],
  ];
  const { isMine, committed, rows } = await play({ before, winners, mine, isPartitioned: true }, "Serializable");
  expect(isMine).toBe(true);
  expect(rows).toEqual(serially(before, [...committed, mine]));
});
