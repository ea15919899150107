import type { RecordBatch } from "apache-arrow";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { readFileRows, rowNumbers, type ReadFileRowsOptions } from "../../src/engine/read-file-rows.js";
import { createFileSet } from "../../src/engine/write-files.js";
import { enforceRules } from "../../src/engine/write-rules.js";
import { bindPredicate } from "../../src/expression/bind.js";
import { parseExpression } from "../../src/expression/parse.js";
import { tableScope } from "../../src/expression/scope.js";
import { fromArrowSchema } from "../../src/schema/arrow-mapping.js";
import { rowReader, type Row } from "../../src/schema/row-reader.js";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import type { DataFile } from "../../src/table/data-file.js";
import type { Snapshot } from "../../src/table/snapshot.js";
import { createFaultyStore } from "../doubles/faulty-store.js";
import { append, bagOf, batch, createTable, dataKeys, openFixture, schemaOf, type Fixture } from "./fixture.js";

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof LakeError ? error.code : String(error);
  }
  return "no error";
};

async function onlyFile(snapshot: Snapshot): Promise<DataFile> {
  for await (const group of snapshot.plan()) for (const file of group) return file;
  throw new Error("the table has a file");
}

async function read(
  { context }: Fixture,
  snapshot: Snapshot,
  file: DataFile,
  options: Partial<ReadFileRowsOptions>,
): Promise<readonly { readonly number: number; readonly row: Row }[]> {
  const found: { number: number; row: Row }[] = [];
  for await (const piece of readFileRows(context, snapshot, file, { columns: snapshot.schema.fields, ...options })) {
    const rows = [...rowReader(fromArrowSchema(piece.batch.schema))(piece.batch)];
    const numbers = rowNumbers(piece);
    rows.forEach((row, at) => found.push({ number: numbers[at] ?? -1, row }));
  }
  return found;
}

describe("readFileRows", () => {
  const schema = schemaOf("p string, v int, w string");
  const value = fc.record({ v: fc.option(fc.nat(6), { nil: null }), w: fc.constantFrom("x", "y", null) });
  const wheres = [undefined, "v > 2", "p = 'a'", "p = 'b' or w = 'x'", "w is null and v is not null", "p is null"];

  test("gives the rows that are asked for and match, with their numbers in the file and the wanted columns", async () => {
    const input = fc.record({
      values: fc.array(value, { minLength: 1, maxLength: 12 }),
      where: fc.constantFrom(...wheres),
      output: fc.subarray([0, 1, 2]),
      only: fc.option(fc.subarray(Array.from({ length: 12 }, (_, at) => at)), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(input, async ({ values, where, output, only }) => {
        const fixture = openFixture();
        const rows = values.map((each) => ({ p: "a", ...each }));
        const table = await append(fixture, await createTable(fixture, schema, { partitionBy: ["p"] }), rows);
        const { snapshot } = table;
        const numbers = only?.filter((row) => row < rows.length);
        const found = await read(fixture, snapshot, await onlyFile(snapshot), {
          where: where === undefined ? undefined : bindPredicate(parseExpression(where), tableScope(snapshot.schema)),
          output,
          rows: numbers === undefined ? undefined : Int32Array.from(numbers),
        });
        const isTrue = ({ v, w }: (typeof rows)[number]): boolean => {
          if (where === "v > 2") return v !== null && v > 2;
          if (where === "p = 'b' or w = 'x'") return w === "x";
          if (where === "w is null and v is not null") return w === null && v !== null;
          return where !== "p is null";
        };
        const expected = rows
          .map((row, number) => ({ number, row }))
          .filter(({ number, row }) => (numbers === undefined || numbers.includes(number)) && isTrue(row))
          .map(({ number, row }) => ({
            number,
            row: Object.fromEntries(Object.entries(row).filter((_, slot) => output.includes(slot))),
          }));
        expect(found).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test("a file outside the table is refused by name", async () => {
    const fixture = openFixture();
    const { snapshot } = await append(fixture, await createTable(fixture, "id int"), [{ id: 1 }]);
    const file = {
      ...(await onlyFile(snapshot)),
      path: "s3://elsewhere/x.parquet",
      size: 10,
      bounds: { rowCount: 1, column: () => undefined },
    };
    const reading = readFileRows(fixture.context, snapshot, file as DataFile, { columns: snapshot.schema.fields }).next();
    await expect(reading).rejects.toMatchObject({ code: "storage/location-not-allowed" });
  });
});

describe("createFileSet", () => {
  const rows = (count: number, partitions: number): Row[] => Array.from({ length: count }, (_, id) => ({ id, p: id % partitions }));

  async function write(fixture: Fixture, batches: readonly RecordBatch[], targetFileBytes?: number) {
    const table = await createTable(fixture, "id int, p int", { partitionBy: ["p"] });
    const set = createFileSet(fixture.context, table.snapshot.writePlan({ targetFileBytes }));
    for (const each of batches) await set.write(each);
    return { set, table };
  }

  test("more partitions than files may be open: every row is in a file of its partition all the same", async () => {
    const fixture = openFixture();
    const data = rows(2000, 150);
    const { set } = await write(fixture, [batch("id int, p int", data.slice(0, 1000)), batch("id int, p int", data.slice(1000))]);
    const files = await set.finish();
    expect(set.rowCount).toBe(2000);
    expect(files.reduce((sum, { rowCount }) => sum + rowCount, 0)).toBe(2000);
    for (const { path, partition, bounds, rowCount } of files) {
      const p = partition.get("p");
      expect(path.startsWith(`p=${String(p)}/`)).toBe(true);
      expect(bounds.column(["p"])).toEqual({ min: p, max: p, nullCount: 0, exact: true });
      const { min, max } = bounds.column(["id"]) ?? {};
      expect(Number(min) % 150).toBe(p);
      expect(Number(max) - Number(min)).toBeGreaterThanOrEqual(150 * (rowCount - 1));
    }
  });

  test("a budget that holds next to nothing makes smaller files, never an error or a lost row", async () => {
    const fixture = openFixture(createMemoryStore(), 4096);
    const table = await append(
      fixture,
      await createTable(fixture, "id int, p int", { partitionBy: ["p"] }),
      rows(3000, 20),
      rows(500, 3),
    );
    const found: Row[] = [];
    for await (const group of table.snapshot.plan()) {
      for (const file of group) found.push(...(await read(fixture, table.snapshot, file, {})).map(({ row }) => row));
    }
    expect(bagOf(found)).toEqual(bagOf([...rows(3000, 20), ...rows(500, 3)]));
  });

  test("files end at the target size", async () => {
    const fixture = openFixture();
    const wide = batch(
      "id int, p int",
      Array.from({ length: 3 }, (_, id) => ({ id, p: 1 })),
    );
    const { set } = await write(fixture, [wide, wide, wide], 1);
    expect((await set.finish()).map(({ rowCount }) => rowCount)).toEqual([3, 3, 3]);
  });

  test("abort leaves no file, whether it was open or ended", async () => {
    const fixture = openFixture();
    const { set } = await write(fixture, [batch("id int, p int", rows(300, 100))]);
    await set.abort();
    expect(await dataKeys(fixture)).toEqual([]);
    const other = openFixture();
    const { set: ended } = await write(other, [batch("id int, p int", rows(30, 3))]);
    await ended.finish();
    expect((await dataKeys(other)).length).toBe(3);
    await ended.abort();
    expect(await dataKeys(other)).toEqual([]);
  });

  test("a store that fails while a file is ended fails the set, and abort never throws", async () => {
    const store = createFaultyStore(createMemoryStore());
    const fixture = openFixture(store);
    const { set } = await write(fixture, [batch("id int, p int", rows(30, 3))]);
    store.inject({ operation: "close", effect: { kind: "fail-before" }, skip: 1 });
    await expect(set.finish()).rejects.toMatchObject({ code: "storage/unavailable" });
    store.inject({ operation: "delete", effect: { kind: "fail-before" }, times: 10 });
    await expect(set.abort()).resolves.toBeUndefined();
  });
});

describe("enforceRules", () => {
  const check = (columns: string, notNull: readonly string[], row: Row): string => {
    const schema = schemaOf(columns);
    return codeOf(() => enforceRules({ notNull: [notNull], checks: [] }, schema, batch(schema, [row])));
  };

  test.each<[string, string, readonly string[], Row, string]>([
    ["a null column", "a int", ["a"], { a: null }, "schema/not-null"],
    ["a null field of a struct", "s struct<x: int>", ["s", "x"], { s: { x: null } }, "schema/not-null"],
    ["a null field of a null struct is no field", "s struct<x: int>", ["s", "x"], { s: null }, "no error"],
    ["a null element", "a array<int>", ["a", "element"], { a: [1, null] }, "schema/not-null"],
    ["no element at all", "a array<int>", ["a", "element"], { a: [] }, "no error"],
    ["a null field in an element", "a array<struct<x: int>>", ["a", "element", "x"], { a: [{ x: null }] }, "schema/not-null"],
    ["a null element has no field", "a array<struct<x: int>>", ["a", "element", "x"], { a: [null] }, "no error"],
    ["a null value of a map", "m map<string, int>", ["m", "value"], { m: new Map([["k", null]]) }, "schema/not-null"],
    ["a map without nulls", "m map<string, int>", ["m", "value"], { m: new Map([["k", 1]]) }, "no error"],
  ])("%s", (_, columns, path, row, expected) => {
    expect(check(columns, path, row)).toBe(expected);
  });

  test("a check that names no column stops the write before it begins", async () => {
    const fixture = openFixture();
    const table = await createTable(fixture, "id int");
    const rules = { notNull: [], checks: [{ name: "odd", sql: "nope > 1", predicate: parseExpression("nope > 1") }] };
    expect(codeOf(() => createFileSet(fixture.context, { ...table.snapshot.writePlan(), rules }))).toBe("delta/unsupported-feature");
  });
});
