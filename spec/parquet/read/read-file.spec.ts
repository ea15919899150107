import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMemoryBudget } from "../../../src/base/memory.js";
import { bindPredicate } from "../../../src/expression/bind.js";
import { selectRows } from "../../../src/expression/evaluate.js";
import { parseExpression } from "../../../src/expression/parse.js";
import { tableScope } from "../../../src/expression/scope.js";
import type { ParquetCodec } from "../../../src/parquet/codec/codec.js";
import { footerOfBytes, readFooter } from "../../../src/parquet/metadata/footer.js";
import { bytesRangeReader } from "../../../src/parquet/range-reader.js";
import { readParquet } from "../../../src/parquet/read/read-file.js";
import { defaultPlanLimits } from "../../../src/parquet/read/plan-row-group.js";
import type { ReadPlan } from "../../../src/parquet/read/read-plan.js";
import { array, field, struct, types } from "../../../src/schema/data-types.js";
import { batchFromRows } from "../../../src/schema/row-writer.js";
import { columnsOf as batchColumns } from "../../../src/columnar/batch.js";
import { buildPlainFile, type Element } from "../plain-file.js";
import { codec, columnsOf, countingReader, readRows } from "../read-rows.js";

const elements: readonly Element[] = [
  { name: "schema", childCount: 4 },
  { name: "id", repetition: "required", type: "INT64" },
  { name: "s", repetition: "optional", type: "BYTE_ARRAY", logicalType: { kind: "string" } },
  { name: "l", repetition: "optional", childCount: 1, logicalType: { kind: "list" } },
  { name: "list", repetition: "repeated", childCount: 1 },
  { name: "element", repetition: "optional", type: "INT32" },
  { name: "p", repetition: "optional", childCount: 2 },
  { name: "x", repetition: "optional", type: "DOUBLE" },
  { name: "y", repetition: "optional", type: "INT32" },
];
const schema = struct([
  field("id", types.long),
  field("s", types.string),
  field("l", array(types.int)),
  field("p", struct([field("x", types.double), field("y", types.int)])),
]);

interface TestRow {
  readonly id: bigint;
  readonly s: string | null;
  readonly l: readonly (number | null)[] | null;
  readonly p: { readonly x: number | null; readonly y: number | null } | null;
}

const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null, freq: 4 });
/** Small ranges, so that predicates hit some pages and miss others; ids ascend nearly. */
const testRow = (index: number): fc.Arbitrary<TestRow> =>
  fc.record({
    id: fc.integer({ min: 0, max: 5 }).map((jitter) => BigInt(index + jitter)),
    s: nullable(fc.constantFrom("", "a", "ab", "b", "ü", "z".repeat(20))),
    l: nullable(fc.array(nullable(fc.integer({ min: 0, max: 9 })), { maxLength: 3 })),
    p: nullable(
      fc.record({
        x: nullable(fc.constantFrom(-1.5, 0, -0, 2, NaN)),
        y: nullable(fc.integer({ min: index >> 2, max: (index >> 2) + 3 })),
      }),
    ),
  });
const testRows = fc
  .integer({ min: 1, max: 60 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => testRow(index))));

interface TestFile {
  readonly rows: readonly TestRow[];
  readonly bytes: Uint8Array;
}

/** Row groups and pages of any length; every leaf has its own. */
const testFile: fc.Arbitrary<TestFile> = fc
  .record({
    rows: testRows,
    groupRows: fc.integer({ min: 1, max: 40 }),
    pageRows: fc.array(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }), { minLength: 5, maxLength: 5 }),
    withPageIndex: fc.constantFrom(true, true, false),
  })
  .map(({ rows, groupRows, pageRows, withPageIndex }) => {
    const groups = Array.from({ length: Math.ceil(rows.length / groupRows) }, (_, i) => rows.slice(i * groupRows, (i + 1) * groupRows));
    const rowGroups = groups.map((group) => group.map(parquetRow));
    const pageRowsOf = ({ leafIndex }: { readonly leafIndex: number }) => pageRows[leafIndex] ?? [1];
    return { rows, bytes: buildPlainFile({ elements, rowGroups, withPageIndex, withStatistics: true, pageRows: pageRowsOf }) };
  });

function parquetRow({ id, s, l, p }: TestRow): Record<string, unknown> {
  return { id, s: s === null ? null : Buffer.from(s), l: l === null ? null : { list: l.map((element) => ({ element })) }, p };
}

/** Page selection is for big chunks; the plan is told to select pages whenever it can. */
const eager = { ...defaultPlanLimits, wholeGroupBytes: 0, scatteredShareMax: 1, stretchesShareMax: 1 };
const smallIsBig = { limits: eager } as const;

describe("any rows of any file", () => {
  test("all of them come back, in order, by their numbers", async () => {
    await fc.assert(
      fc.asyncProperty(testFile, fc.integer({ min: 1, max: 20 }), async ({ rows, bytes }, batchRows) => {
        const read = await readRows(bytes, { schema, batchRows });
        expect(read.rows).toEqual(rows);
        expect(read.numbers).toEqual(rows.map((_, i) => i));
      }),
      { numRuns: 60 },
    );
  });

  test("those asked for by number come back, of the columns asked for", async () => {
    let byPages = 0;
    await fc.assert(
      fc.asyncProperty(testFile, fc.infiniteStream(fc.nat(99)), fc.constantFrom(3, 10, 40), async ({ rows, bytes }, dice, percent) => {
        const happens = (chance: number): boolean => Number(dice.next().value) < chance;
        const wanted = rows.flatMap((_, i) => (happens(percent) ? [i] : []));
        const fields = schema.fields.filter(() => happens(70));
        const onPlan = (plan: ReadPlan): void => {
          byPages += plan.rowGroups.filter((group) => group.parts.some((part) => part.rowCount < group.rowCount)).length;
        };
        const read = await readRows(bytes, { schema: struct(fields), rows: Int32Array.from(wanted), onPlan, ...smallIsBig });
        expect(read.numbers).toEqual(wanted);
        const expected = wanted.map((i) => Object.fromEntries(fields.map(({ name }) => [name, rows[i]?.[name as keyof TestRow]])));
        expect(read.rows).toEqual(expected);
      }),
      { numRuns: 150 },
    );
    expect(byPages).toBeGreaterThan(50);
  });

  test("the row groups asked for come back", async () => {
    await fc.assert(
      fc.asyncProperty(testFile, async ({ rows, bytes }) => {
        const { rowGroups } = footerOfBytes(bytes, "f").metadata;
        const odd = [...rowGroups.keys()].filter((index) => index % 2 === 1);
        let first = 0;
        const expected = rowGroups.flatMap(({ rowCount }, index) => {
          const own = rows.slice(first, first + rowCount);
          first += rowCount;
          return odd.includes(index) ? own : [];
        });
        expect((await readRows(bytes, { schema, rowGroups: odd })).rows).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});

describe("a predicate", () => {
  const conditions = [
    "id = 7L",
    "id < 10L and id >= 4L",
    "s = 'ab'",
    "s >= 'b'",
    "s is null",
    "p.y = 3",
    "p.y > 8 or id < 3L",
    "p.x > 1.0",
    "p.x = 0.0",
    "not (p.y < 6)",
    "p.y in (2, 9)",
    "p.y is not null and s < 'b'",
    "p is null",
    "p.x is null and p.y = 1",
    "id between 20L and 24L",
  ];

  test("never costs a row that matches, and saves reading others", async () => {
    let groupsSkipped = 0;
    let rowsSkipped = 0;
    await fc.assert(
      fc.asyncProperty(testFile, fc.constantFrom(...conditions), async ({ rows, bytes }, condition) => {
        const where = bindPredicate(parseExpression(condition), tableScope(schema));
        const all = batchFromRows(rows, schema);
        const selected = selectRows(where, { length: rows.length, column: (slot) => batchColumns(all)[slot] ?? missing() });
        const expected = selected === "all" ? rows.map((_, i) => i) : [...selected];
        const onPlan = (plan: ReadPlan): void => {
          groupsSkipped += plan.rowGroupsTotal - plan.rowGroups.length;
        };
        const read = await readRows(bytes, { schema, where, onPlan, ...smallIsBig });
        rowsSkipped += rows.length - read.rows.length;
        expect(read.numbers.filter((number) => expected.includes(number))).toEqual(expected);
        expect(read.rows).toEqual(read.numbers.map((number) => rows[number]));
      }),
      { numRuns: 200 },
    );
    expect(groupsSkipped).toBeGreaterThan(60);
    expect(rowsSkipped).toBeGreaterThan(1000);
  });

  test("is found in the file by slot: a logical name may be another column's physical one", async () => {
    const rows = Array.from({ length: 4 }, (_, i) => ({ a: i, b: i + 100 }));
    const bytes = buildPlainFile({
      elements: [
        { name: "schema", childCount: 2 },
        { name: "a", repetition: "required", type: "INT32" },
        { name: "b", repetition: "required", type: "INT32" },
      ],
      rowGroups: [rows],
      withStatistics: true,
    });
    // The table's column a lies in the file's b, and the other way round.
    const logical = struct([field("a", types.int), field("b", types.int)]);
    const where = bindPredicate(parseExpression("a = 102"), tableScope(logical));
    const columns = columnsOf(struct([field("b", types.int), field("a", types.int)]));
    let count = 0;
    for await (const { batch } of readParquet(bytesRangeReader("f", bytes), { codec, columns, where })) count += batch.numRows;
    expect(count).toBe(4);
  });
});

describe("what a read costs", () => {
  const rows = Array.from({ length: 100 }, (_, i): TestRow => ({ id: BigInt(i), s: `row ${i}`, l: [i], p: { x: i, y: i } }));
  const bytes = buildPlainFile({
    elements,
    rowGroups: [0, 25, 50, 75].map((start) => rows.slice(start, start + 25).map(parquetRow)),
    withStatistics: true,
    withPageIndex: true,
    pageRows: () => [5],
  });
  const chunk = (group: number, column: number): { start: number; end: number } => {
    const metadata = footerOfBytes(bytes, "f").metadata.rowGroups[group]?.columns[column]?.metadata;
    return { start: metadata?.dataPageOffset ?? 0, end: (metadata?.dataPageOffset ?? 0) + (metadata?.compressedSize ?? 0) };
  };

  test("one request for the footer, then one per row group with just the wanted chunks", async () => {
    const file = countingReader(bytes);
    await readRows(file, { schema: struct([field("s", types.string)]), codec: asThreads(codec, 1) });
    expect(file.calls).toEqual([[{ start: 0, end: bytes.length }], ...[0, 1, 2, 3].map((group) => [chunk(group, 1)])]);
  });

  test("nothing beyond the footer when statistics rule out every row group, or no wanted column is in the file", async () => {
    const one = countingReader(bytes);
    const where = bindPredicate(parseExpression("id > 1000L"), tableScope(schema));
    expect((await readRows(one, { schema, where })).rows).toEqual([]);
    expect(one.calls.length).toBe(1);
    const other = countingReader(bytes);
    const read = await readRows(other, { schema: struct([field("new", types.string)]) });
    expect(read.rows).toEqual(rows.map(() => ({ new: null })));
    expect(other.calls.length).toBe(1);
  });

  test("only the pages of the wanted rows, page indexes out of the footer's own request", async () => {
    const file = countingReader(bytes);
    let plan: ReadPlan | undefined;
    const onPlan = (told: ReadPlan): void => {
      plan = told;
    };
    const read = await readRows(file, { schema: struct([field("id", types.long)]), rows: Int32Array.of(3, 30), onPlan, ...smallIsBig });
    expect(read.rows).toEqual([{ id: 3n }, { id: 30n }]);
    const page = 8 * 5 + headerBytes();
    expect(plan?.bytes).toBe(2 * page);
    expect(file.calls.length).toBe(3);
    expect(file.calls[1]).toEqual([{ start: chunk(0, 0).start, end: chunk(0, 0).start + page }]);
    expect(file.calls[2]).toEqual([{ start: chunk(1, 0).start + page, end: chunk(1, 0).start + 2 * page }]);
  });

  function headerBytes(): number {
    const { start, end } = chunk(0, 0);
    return (end - start) / 5 - 40;
  }

  test("no more row groups are fetched than the read-ahead allows, and none after the consumer has left", async () => {
    const file = countingReader(bytes);
    const footer = await readFooter(file);
    const pieces = readParquet(file, { codec, footer, columns: columnsOf(schema), readAhead: 2 });
    await pieces.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(file.calls.length).toBeLessThanOrEqual(1 + 3);
    await pieces.return();
    const after = file.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(file.calls.length).toBe(after);
  });

  test("memory is reserved for what is under way and given back in every case", async () => {
    const memory = createMemoryBudget(1000);
    for await (const { batch } of readParquet(bytesRangeReader("f", bytes), { codec, columns: columnsOf(schema), memory })) {
      expect(batch.numRows).toBe(25);
      expect(memory.usedBytes).toBeGreaterThan(0);
    }
    expect(memory.usedBytes).toBe(0);
    const early = readParquet(bytesRangeReader("f", bytes), { codec, columns: columnsOf(schema), memory });
    await early.next();
    await early.return();
    expect(memory.usedBytes).toBe(0);
    const failing: ParquetCodec = { ...codec, decode: () => Promise.reject(new Error("no")) };
    await expect(readRows(bytes, { schema, codec: failing, memory })).rejects.toThrow("no");
    expect(memory.usedBytes).toBe(0);
  });

  test("an aborted read rejects with usage/aborted", async () => {
    const stop = new AbortController();
    const pieces = readParquet(bytesRangeReader("f", bytes), { codec, columns: columnsOf(schema), signal: stop.signal });
    await pieces.next();
    stop.abort();
    await expect(pieces.next()).rejects.toMatchObject({ code: "usage/aborted" });
  });
});

describe("a row group too big for memory", () => {
  test("comes in windows of whole rows, in order", async () => {
    await fc.assert(
      fc.asyncProperty(testFile, async ({ rows, bytes }) => {
        const plans: ReadPlan[] = [];
        const read = await readRows(bytes, { schema, onPlan: (plan) => plans.push(plan), limits: { ...eager, windowBytes: 2000 } });
        expect(read.rows).toEqual(rows);
        expect(read.numbers).toEqual(rows.map((_, i) => i));
      }),
      { numRuns: 40 },
    );
  });
});

function asThreads(inner: ParquetCodec, parallelism: number): ParquetCodec {
  return { ...inner, parallelism };
}

function missing(): never {
  throw new Error("the predicate refers to a column of the batch");
}
