import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFileSet } from "../../../src/engine/write-files.js";
import { bindAssignments } from "../../../src/engine/rewrite/assignment.js";
import { rewriteFiles, type Rewrite } from "../../../src/engine/rewrite/rewrite-files.js";
import type { RewriteRules, RowAction, RowChanges } from "../../../src/engine/rewrite/row-changes.js";
import type { EngineContext } from "../../../src/engine/context.js";
import { batchBytes } from "../../../src/columnar/batch.js";
import { bind } from "../../../src/expression/bind.js";
import { tableScope } from "../../../src/expression/scope.js";
import type { ParquetCodec } from "../../../src/parquet/codec/codec.js";
import { batchFromRows } from "../../../src/schema/row-writer.js";
import type { Row } from "../../../src/schema/row-reader.js";
import type { WrittenFile } from "../../../src/table/data-file.js";
import { noMetrics } from "../../../src/table/operation.js";
import { readNothing } from "../../../src/table/pending-commit.js";
import type { Table } from "../../../src/table/table-format.js";
import type { WritePlan } from "../../../src/table/write-plan.js";
import { append, bagOf, createTable, openFixture, rowsOf, sql, type Fixture } from "../fixture.js";
import { filesOf } from "../merge/table-fixture.js";

const GROUP_ROWS = 400;

interface Counts {
  encoded: number;
  decoded: number;
  patched: number;
}

/** The codec with its jobs counted. */
function counted(codec: ParquetCodec): { readonly codec: ParquetCodec; readonly counts: Counts } {
  const counts = { encoded: 0, decoded: 0, patched: 0 };
  return {
    counts,
    codec: {
      ...codec,
      encode: (batches, options) => {
        if (batches.length > 0) counts.encoded++;
        return codec.encode(batches, options);
      },
      decode: (file, options) => {
        counts.decoded++;
        return codec.decode(file, options);
      },
      patch: (request, options) => {
        counts.patched++;
        return codec.patch(request, options);
      },
    },
  };
}

function rowAt(i: number): Row {
  return {
    id: BigInt(i),
    word: i % 9 === 0 ? null : `word ${i % 20}`,
    x: i % 100 === 0 ? Number.NaN : i / 4,
    tags: i % 3 === 0 ? null : [`t${i}`, null],
    part: `p${i % 2}`,
  };
}

/** Chunks of nested columns are copied, but cannot lose rows. */
const SCHEMAS = {
  flat: "id long, word string, x double, part string",
  nested: "id long, word string, x double, tags array<string>, part string",
};
type Shape = keyof typeof SCHEMAS;

function rowsFor(shape: Shape, first: number, count: number): Row[] {
  const rows = Array.from({ length: count }, (_, i) => rowAt(first + i));
  return shape === "nested" ? rows : rows.map(({ tags: _, ...flat }) => flat);
}

interface Made {
  readonly fixture: Fixture;
  readonly table: Table;
  readonly plan: WritePlan;
}

/** A file for each partition, with `groups` row groups of `GROUP_ROWS` rows where there is one partition. */
async function makeTable(options: {
  readonly groups: number;
  readonly compression: string;
  readonly shape: Shape;
  readonly partitionBy?: readonly string[];
}): Promise<Made> {
  const { groups, compression, shape, partitionBy = [] } = options;
  const fixture = openFixture();
  const { context } = fixture;
  const table = await createTable(fixture, SCHEMAS[shape], {
    partitionBy,
    properties: { "delta.parquet.compression.codec": compression },
  });
  const { snapshot } = table;
  const batches = Array.from({ length: groups }, (_, group) =>
    batchFromRows(rowsFor(shape, group * GROUP_ROWS, GROUP_ROWS), snapshot.schema),
  );
  // Row groups as small as these are worth taking over only where the plan wants small ones.
  const plan = { ...snapshot.writePlan(), targetRowGroupBytes: Math.min(...batches.map(batchBytes)) };
  const set = createFileSet(context, plan);
  for (const batch of batches) await set.write(batch);
  const added = await set.finish();
  const pending = {
    operation: { kind: "append" },
    metrics: noMetrics,
    added,
    removed: [],
    reads: readNothing,
    dataChange: true,
  } as const;
  return { fixture, table: (await table.commit(snapshot, pending)).table, plan };
}

function actionsOf(table: Table, ...sets: readonly Readonly<Record<string, string>>[]): readonly RowAction[] {
  const { schema } = table.snapshot;
  const bindValue = (node: ReturnType<typeof sql>): ReturnType<typeof bind> => bind(node, tableScope(schema));
  return [
    { kind: "delete" },
    ...sets.map((set): RowAction => {
      const nodes = Object.fromEntries(Object.entries(set).map(([name, text]) => [name, sql(text)]));
      return { kind: "update", assignments: bindAssignments(nodes, { schema, bindValue, conflictCode: "usage/invalid-option" }) };
    }),
  ];
}

async function rewrite(
  { fixture, table, plan }: Made,
  changes: readonly RowChanges[],
  actions: readonly RowAction[],
  context: EngineContext = fixture.context,
): Promise<Rewrite & { readonly table: Table }> {
  const { snapshot } = table;
  const rules: RewriteRules = { actions, inputOf: ({ length, target }) => ({ length, column: target }) };
  const done = await rewriteFiles(context, { snapshot, plan, rules, changes });
  const pending = {
    operation: { kind: "delete", where: undefined },
    metrics: noMetrics,
    added: done.files,
    removed: changes.map(({ file }) => file),
    reads: readNothing,
    dataChange: true,
  } as const;
  return { ...done, table: (await table.commit(snapshot, pending)).table };
}

/** Row numbers, and what becomes of them: in some lists rows are only updated, in others only deleted. */
const changeLists = fc.subarray([0, 1, 2, 3], { minLength: 1 }).chain((actions) =>
  fc.uniqueArray(
    fc.record({ row: fc.oneof(fc.nat({ max: GROUP_ROWS - 1 }), fc.constant(GROUP_ROWS - 1)), action: fc.constantFrom(...actions) }),
    {
      maxLength: 60,
      selector: ({ row }) => row,
    },
  ),
);

const tables = fc.record({
  compression: fc.constantFrom("snappy", "zstd", "uncompressed"),
  shape: fc.constantFrom("flat" as const, "nested" as const),
  partitionBy: fc.constantFrom([], ["part"]),
});

describe("files that are rewritten", () => {
  test("have the rows that their changes leave, however their row groups are taken over", async () => {
    let patched = 0;
    await fc.assert(
      fc.asyncProperty(changeLists, tables, async (list, spec) => {
        const made = await makeTable({ groups: 1, ...spec });
        const actions = actionsOf(
          made.table,
          { word: "concat(word, '!')", x: "x + id" },
          { x: "cast('nan' as double)" },
          { word: "'w'" },
        );
        const files = await filesOf(made.table);
        const expected: Row[] = [];
        const changes: RowChanges[] = [];
        for (const file of files) {
          const rows = rowsFor(spec.shape, 0, GROUP_ROWS).filter(
            ({ part }) => spec.partitionBy.length === 0 || part === file.partition.get("part"),
          );
          const own = list.filter(({ row }) => row < rows.length).toSorted((a, b) => a.row - b.row);
          const byRow = new Map(own.map(({ row, action }) => [row, action]));
          expected.push(...rows.flatMap((row, i) => changedRow(row, byRow.get(i))));
          changes.push({
            file,
            rows: Int32Array.from(own, ({ row }) => row),
            actions: Uint16Array.from(own, ({ action }) => action),
            sourceRows: undefined,
          });
        }
        const { codec, counts } = counted(made.fixture.context.codec);
        const done = await rewrite(made, changes, actions, { ...made.fixture.context, codec });
        patched += counts.patched;
        expect(bagOf(await rowsOf(made.fixture, done.table.snapshot))).toEqual(bagOf(expected));
        for (const file of done.files)
          expectBounds(
            file,
            expected.filter(({ part }) => spec.partitionBy.length === 0 || part === file.partition.get("part")),
          );
      }),
      { numRuns: 40 },
    );
    expect(patched).toBeGreaterThan(0);
  });

  test("decode nothing and encode the new values alone, when pages can be patched", async () => {
    const made = await makeTable({ groups: 3, compression: "snappy", shape: "nested" });
    const [file] = await filesOf(made.table);
    if (file === undefined) throw new Error("the table has a file");
    const { codec, counts } = counted(made.fixture.context.codec);
    const context = { ...made.fixture.context, codec };
    const row = GROUP_ROWS + 7;
    const changes = { file, rows: Int32Array.of(row), actions: Uint16Array.of(1), sourceRows: undefined };
    const done = await rewrite(made, [changes], actionsOf(made.table, { word: "'new'" }), context);
    // Of three row groups two are copied, and of the third the chunks of the other columns.
    expect(counts).toEqual({ encoded: 1, decoded: 0, patched: 1 });
    const expected = Array.from({ length: 3 * GROUP_ROWS }, (_, i) => ({ ...rowAt(i), ...(i === row ? { word: "new" } : {}) }));
    expect(await rowsOf(made.fixture, done.table.snapshot)).toEqual(expected);
    expect(done.files.map(({ rowCount }) => rowCount)).toEqual([3 * GROUP_ROWS]);
  });

  test("decode only the row groups whose chunks cannot be patched", async () => {
    const made = await makeTable({ groups: 3, compression: "zstd", shape: "nested" });
    const [file] = await filesOf(made.table);
    if (file === undefined) throw new Error("the table has a file");
    const { codec, counts } = counted(made.fixture.context.codec);
    const context = { ...made.fixture.context, codec };
    const changes = { file, rows: Int32Array.of(3), actions: Uint16Array.of(0), sourceRows: undefined };
    const done = await rewrite(made, [changes], actionsOf(made.table), context);
    expect(counts).toEqual({ encoded: 1, decoded: 1, patched: 0 });
    const expected = Array.from({ length: 3 * GROUP_ROWS }, (_, i) => rowAt(i)).filter((_, i) => i !== 3);
    expect(bagOf(await rowsOf(made.fixture, done.table.snapshot))).toEqual(bagOf(expected));
  });

  test("gather small row groups to larger ones", async () => {
    const fixture = openFixture();
    const empty = await createTable(fixture, "id long, word string");
    const table = await append(fixture, empty, [{ id: 1n, word: "a" }], [{ id: 2n, word: "b" }], [{ id: 3n, word: "c" }]);
    const changes = (await filesOf(table)).map((file) => ({
      file,
      rows: Int32Array.of(0),
      actions: Uint16Array.of(1),
      sourceRows: undefined,
    }));
    const { codec, counts } = counted(fixture.context.codec);
    const made = { fixture, table, plan: table.snapshot.writePlan() };
    const done = await rewrite(made, changes, actionsOf(table, { word: "'z'" }), { ...fixture.context, codec });
    expect(counts.patched).toBe(0);
    expect(done.files.map(({ rowCount }) => rowCount)).toEqual([3]);
  });
});

/** Copied, patched or encoded: bounds are those of the rows, and a NaN is not left out of them. */
function expectBounds({ bounds, rowCount }: WrittenFile, rows: readonly Row[]): void {
  expect(rowCount).toBe(rows.length);
  expect(bounds.rowCount).toBe(rows.length);
  const ids = rows.map(({ id }) => id as bigint).sort((a, b) => (a < b ? -1 : 1));
  expect(bounds.column(["id"])).toMatchObject({ min: ids.at(0), max: ids.at(-1), nullCount: 0 });
  const words = rows.flatMap(({ word }) => (word === null ? [] : [word as string])).sort();
  expect(bounds.column(["word"])).toMatchObject({ min: words.at(0), max: words.at(-1), nullCount: rows.length - words.length });
  const numbers = rows.map(({ x }) => x as number).filter((x) => !Number.isNaN(x));
  const { max } = bounds.column(["x"]) ?? {};
  if (max !== undefined) expect(max).toBe(numbers.length === rows.length ? Math.max(...numbers) : Number.NaN);
}

function changedRow(row: Row, action: number | undefined): Row[] {
  switch (action) {
    case 0:
      return [];
    case 1: {
      const { word, x, id } = row as { word: string | null; x: number; id: bigint };
      return [{ ...row, word: word === null ? null : `${word}!`, x: x + Number(id) }];
    }
    case 2:
      return [{ ...row, x: Number.NaN }];
    case 3:
      return [{ ...row, word: "w" }];
    default:
      return [row];
  }
}
