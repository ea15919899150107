import fc from "fast-check";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { DeltaTable } from "../../src/index.js";

const folder = mkdtempSync(join(tmpdir(), "laketable-widening-"));
afterAll(() => rmSync(folder, { recursive: true }));
let tables = 0;

interface Widening {
  readonly from: string;
  readonly to: string;
  readonly values: fc.Arbitrary<unknown>;
  /** What a value is read as afterwards. */
  readonly read: (value: never) => unknown;
  /** A literal of the new type for a value. */
  readonly literal: (value: never) => string;
}

const whole = (bits: number): fc.Arbitrary<number> => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const cents = fc
  .integer({ min: -99999, max: 99999 })
  .map((n) => `${n < 0 ? "-" : ""}${Math.trunc(Math.abs(n) / 100)}.${String(Math.abs(n) % 100).padStart(2, "0")}`);
const days = fc
  .date({ min: new Date("1582-10-20"), max: new Date("9999-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

/** PROTOCOL.md "Type Widening", each pair of its list. */
const widenings: readonly Widening[] = [
  { from: "byte", to: "short", values: whole(8), read: Number, literal: String },
  { from: "byte", to: "long", values: whole(8), read: BigInt, literal: String },
  { from: "short", to: "integer", values: whole(16), read: Number, literal: String },
  { from: "integer", to: "long", values: whole(32), read: BigInt, literal: String },
  { from: "integer", to: "double", values: whole(32), read: Number, literal: (value: number) => `${value}D` },
  {
    from: "short",
    to: "decimal(12,2)",
    values: whole(16),
    read: (value: number) => `${value}.00`,
    literal: (value: number) => `${value}.00`,
  },
  {
    from: "long",
    to: "decimal(24,3)",
    values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    read: (value: bigint) => `${value}.000`,
    literal: String,
  },
  { from: "decimal(7,2)", to: "decimal(12,4)", values: cents, read: (value: string) => `${value}00`, literal: String },
  {
    from: "float",
    to: "double",
    values: fc
      .float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30) })
      .map((n) => (n === 0 ? 0 : n)),
    read: Number,
    literal: (value: number) => `${value}D`,
  },
  {
    from: "date",
    to: "timestamp_ntz",
    values: days,
    read: (value: string) => `${value}T00:00:00.000000`,
    literal: (value: string) => `TIMESTAMP_NTZ'${value} 00:00:00'`,
  },
];

interface Layout {
  readonly checkpoint: boolean;
  readonly statsAsStruct: boolean;
  readonly indexedColumns: number;
  readonly isPartition: boolean;
}

const layouts: fc.Arbitrary<Layout> = fc.record({
  checkpoint: fc.boolean(),
  statsAsStruct: fc.boolean(),
  indexedColumns: fc.constantFrom(32, 0),
  isPartition: fc.boolean(),
});

/** A table with one file for each value, whose column `v` then gets a wider type by a commit as Spark's ALTER COLUMN … TYPE makes it. */
async function widened({ from, to }: Widening, values: readonly unknown[], layout: Layout): Promise<DeltaTable> {
  const path = join(folder, `t${tables++}`);
  const type = from === "integer" ? "int" : from;
  const table = await DeltaTable.create(path, {
    schema: { n: "int", v: type as "int", s: `struct<x: array<${type}>, y: ${type}>` as "struct<y: int>" },
    partitionBy: layout.isPartition ? ["v"] : [],
    properties: {
      "delta.checkpoint.writeStatsAsStruct": String(layout.statsAsStruct),
      "delta.checkpoint.writeStatsAsJson": String(!layout.statsAsStruct),
      "delta.dataSkippingNumIndexedCols": String(layout.indexedColumns),
    },
  });
  for (const [n, v] of values.entries()) await table.append([{ n, v, s: { x: [v, null], y: v } }] as never);
  if (layout.checkpoint) await table.checkpoint();
  const log = (version: number): string => join(path, "_delta_log", `${String(version).padStart(20, "0")}.json`);
  const metaData = readFileSync(log(0), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { metaData?: { schemaString: string } })
    .find((action) => action.metaData !== undefined)?.metaData;
  if (metaData === undefined) throw new Error("the first commit has the metadata");
  const change = { fromType: from, toType: to };
  const typed = (field: Record<string, unknown>): Record<string, unknown> => {
    if (field["name"] === "n") return field;
    if (field["type"] === from) return { ...field, type: to, metadata: { "delta.typeChanges": [change] } };
    const inner = field["type"] as { type?: string; elementType?: unknown; fields?: Record<string, unknown>[] };
    if (inner.type === "array") {
      return { ...field, type: { ...inner, elementType: to }, metadata: { "delta.typeChanges": [{ ...change, fieldPath: "element" }] } };
    }
    return inner.fields === undefined ? field : { ...field, type: { ...inner, fields: inner.fields.map(typed) } };
  };
  const schema = JSON.parse(metaData.schemaString) as { fields: Record<string, unknown>[] };
  const features = ["typeWidening", ...(to === "timestamp_ntz" ? ["timestampNtz"] : [])];
  const commit = [
    { commitInfo: { operation: "CHANGE COLUMN", timestamp: 1 } },
    { protocol: { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: features, writerFeatures: features } },
    { metaData: { ...metaData, schemaString: JSON.stringify({ ...schema, fields: schema.fields.map(typed) }) } },
  ];
  writeFileSync(log(values.length + 1), commit.map((action) => `${JSON.stringify(action)}\n`).join(""));
  return DeltaTable.open(path);
}

test.each(widenings)("$from → $to: old files are read as the new type, and none is skipped that has the row", async (widening) => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(widening.values, { minLength: 1, maxLength: 3 }),
      layouts,
      async (values, { isPartition, ...layout }) => {
        // A partition value is a text, and its digits are read as the new type, by Spark too: of a float they are another double.
        const table = await widened(widening, values, { ...layout, isPartition: isPartition && widening.from !== "float" });
        const read = values.map((value) => widening.read(value as never));
        const rows = read.map((v, n) => ({ n, v, s: { x: [v, null], y: v } }));
        const found = await table.toArray();
        expect(found.toSorted((a, b) => Number(a["n"]) - Number(b["n"]))).toEqual(rows);
        for (const [n, value] of values.entries()) {
          // The digits of a float mean another double than the float itself: compared is with what is read.
          const literal = widening.literal((widening.from === "float" ? read[n] : value) as never);
          const row = rows[n];
          for (const condition of [
            `v = ${literal}`,
            `v >= ${literal} AND v <= ${literal}`,
            `s.y = ${literal}`,
            `NOT (s.y <> ${literal})`,
          ]) {
            expect(await table.toArray({ where: condition }), condition).toEqual([row]);
          }
        }
      },
    ),
    { numRuns: 4 },
  );
});

test("a column that was a float is found by what its file has, not by the digits of its statistics", async () => {
  const float = widenings.find(({ from }) => from === "float") as Widening;
  const layout = { checkpoint: false, statsAsStruct: false, indexedColumns: 32, isPartition: false };
  const table = await widened(float, [Math.fround(0.1), Math.fround(1e10 / 3)], layout);
  // The file says max 0.1, and has 0.10000000149011612.
  expect(await table.count({ where: "v > 0.1D AND v < 1D" })).toBe(1);
  expect((await table.explain({ where: "v > 0.2D AND v < 1D" })).files.kept).toBe(0);
});

test("a table with widened columns is not written to yet", async () => {
  const table = await widened(widenings[0] as Widening, [1], {
    checkpoint: false,
    statsAsStruct: false,
    indexedColumns: 32,
    isPartition: false,
  });
  await expect(table.append([{ n: 1, v: 1 }] as never)).rejects.toMatchObject({ code: "delta/unsupported-feature" });
});
