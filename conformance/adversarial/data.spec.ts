import { Dictionary, Int32, Table, Utf8, tableFromArrays, vectorFromArray, type RecordBatch } from "apache-arrow";
import { expect, test } from "vitest";
import { DeltaTable } from "laketable";

const options = { workers: 0 };
let tables = 0;

async function create(schema: Record<string, string>, partitionBy: readonly string[] = []): Promise<DeltaTable> {
  return DeltaTable.create(`memory://data-${tables++}`, { schema, partitionBy, ...options }) as Promise<DeltaTable>;
}

test("dictionaries may differ from batch to batch and be slices", async () => {
  const table = await create({ k: "int", s: "string" });
  const texts = [
    ["a", "b", "a", null],
    ["z", "b", "y", "z"],
    [null, null],
    ["q".repeat(50), "a"],
  ];
  await table.append(texts.flatMap((values, at) => dictionaryTable(values, at * 10).batches));
  expect((await table.toArray()).map(({ s }) => s)).toEqual(texts.flat());
  await table.append(dictionaryTable(["m", "n", null, "o", "p"], 100).slice(1, 4));
  expect((await table.toArray({ where: "k >= 100" })).map(({ s }) => s)).toEqual(["n", null, "o"]);
});

const stretches = [
  [1, 60],
  [3, 4],
  [7, 9],
  [8, 17],
  [5, 5],
  [13, 61],
] as const;

test.each(stretches)("rows %i to %i of a longer batch are written as they are", async (start, end) => {
  const schema = { k: "int", b: "boolean", s: "string", a: "array<int>", n: "struct<x:boolean,y:string>" };
  const rows = Array.from({ length: 61 }, (_, k) => ({
    k,
    b: k % 3 === 0 ? null : k % 2 === 0,
    s: k % 5 === 0 ? null : `s${k}`,
    a: k % 4 === 0 ? null : Array.from({ length: k % 4 }, (_, at) => (at % 2 === 1 ? null : k * at)),
    n: k % 7 === 0 ? null : { x: k % 3 === 1, y: k % 2 === 1 ? null : `y${k}` },
  }));
  const whole = await create(schema);
  await whole.append(rows);
  const slice = (await whole.toArrow()).slice(start, end);
  const table = await create(schema);
  await table.append(slice);
  expect(await table.toArray()).toEqual(rows.slice(start, end));
  await table.append(slice.slice(1));
  expect((await table.toArray()).slice(end - start)).toEqual(rows.slice(start + 1, end));
});

test("thousands of batches of one row, empty ones between them, make one file in their order", async () => {
  const table = await create({ k: "int", s: "string" });
  const count = 2000;
  function* batches(): Generator<RecordBatch> {
    for (let k = 0; k < count; k++) {
      const { batches } = tableFromArrays({ k: Int32Array.of(k), s: [`v${k}`] });
      for (const batch of batches) yield* k % 100 === 0 ? [batch.slice(0, 0), batch] : [batch];
    }
  }
  await table.append(batches());
  expect((await table.toArray()).map(({ k }) => k)).toEqual(Array.from({ length: count }, (_, k) => k));
  expect((await table.detail()).numFiles).toBe(1);
});

test("structs and arrays fifty levels deep keep their values and nulls", async () => {
  let type = "int";
  let full: unknown = 7;
  let part: unknown = null;
  for (let level = 0; level < 50; level++) {
    const name = `f${level}`;
    type = level % 2 === 1 ? `struct<${name}:${type}>` : `array<${type}>`;
    full = level % 2 === 1 ? { [name]: full } : level < 6 ? [full, full] : [full];
    part = level < 25 ? null : level % 2 === 1 ? { [name]: part } : [part];
  }
  const table = await create({ d: type });
  await table.append([{ d: full }, { d: part }, { d: null }]);
  expect(await table.toArray()).toEqual([{ d: full }, { d: part }, { d: null }]);
  await table.delete("d is null");
  expect(await table.toArray()).toEqual([{ d: full }, { d: part }]);
});

test("one row may hold an array of 200,000 values or a text of millions of bytes", async () => {
  const table = await create({ k: "int", a: "array<long>", s: "string" });
  const rows = [
    { k: 1, a: Array.from({ length: 200_000 }, (_, at) => BigInt(at)), s: "é" },
    { k: 2, a: [], s: "é".repeat(2_000_000) },
    { k: 3, a: null, s: null },
  ];
  await table.append(rows);
  await table.update({ set: { k: "k + 0" }, where: "k > 1" });
  const found = (await table.toArray()).sort((a, b) => Number(a["k"]) - Number(b["k"]));
  for (const [at, row] of rows.entries()) {
    expect(found[at]?.["s"] === row.s).toBe(true);
    expect(String(found[at]?.["a"]) === String(row.a)).toBe(true);
  }
});

const extremes: Readonly<Record<string, readonly unknown[]>> = {
  byte: [-128, 127, 0],
  int: [-(2 ** 31), 7],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
  float: [1.5, NaN, Infinity, -Infinity, Math.fround(3.4e38)],
  double: [0.1, NaN, -Infinity, 5e-324, 1e300, 1e21, 123456789.125],
  "decimal(38,10)": ["-9999999999999999999999999999.9999999999", "0.0000000001", "0.0000000000"],
  string: ["a b", "a/b", "%", "__HIVE_DEFAULT_PARTITION__", " ", "=", ":", "\u007f", "\n", "'\"", "null", "x".repeat(200)],
  boolean: [true, false],
  date: ["0001-01-01", "9999-12-31", "1969-12-31"],
  timestamp: ["0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"],
  timestamp_ntz: ["0001-01-01T00:00:00.000000", "2021-03-04T05:06:07.000008"],
};

test.each(Object.entries(extremes))("partitions of type %s keep every value, and finding one finds its row", async (type, values) => {
  const table = await create({ k: "int", p: type }, ["p"]);
  const rows = [...values, null].map((p, k) => ({ k, p }));
  await table.append(rows);
  await table.checkpoint();
  const again = await DeltaTable.open(table.url, options);
  expect((await again.toArray()).sort((a, b) => Number(a["k"]) - Number(b["k"]))).toEqual(rows);
  for (const [k, p] of values.entries()) {
    const text = String(p).replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n");
    const found = await again.toArray({ where: `p = cast('${text}' as ${type})` });
    expect(found.map((row) => row["k"])).toEqual([k]);
  }
  expect(await again.count({ where: "p is null" })).toBe(1);
});

test("one append may fill more partitions than files can be open", async () => {
  const table = await create({ k: "int", p: "int" }, ["p"]);
  const count = 600;
  const k = Int32Array.from({ length: 2 * count }, (_, at) => at);
  await table.append(tableFromArrays({ k, p: k.map((key) => key % count) }));
  expect(await table.count({ where: "p = 599 and k >= 0" })).toBe(2);
  expect([await table.count(), (await table.detail()).numFiles]).toEqual([2 * count, count]);
});

function dictionaryTable(values: readonly (string | null)[], first: number): Table {
  const k = vectorFromArray(Int32Array.from(values, (_, at) => first + at));
  return new Table({ k, s: vectorFromArray(values, new Dictionary(new Utf8(), new Int32())) });
}
