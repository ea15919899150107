import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { countRows } from "../../src/engine/count.js";
import { deleteRows } from "../../src/engine/delete.js";
import { overwriteRows, type OverwriteRowsOptions } from "../../src/engine/overwrite.js";
import type { Table } from "../../src/table/table-format.js";
import { append, bagOf, batch, createTable, dataKeys, filesOf, openFixture, rowsOf, sql, type Fixture } from "./fixture.js";

const codeOf = async (run: Promise<unknown>): Promise<string> => {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof LakeError ? error.code : String(error);
};

interface Row {
  readonly [name: string]: unknown;
  readonly p: string | null;
  readonly v: number | null;
}
const columns = "p string, v int";

async function overwrite(
  fixture: Fixture,
  table: Table,
  rows: readonly Row[],
  options: Omit<OverwriteRowsOptions, "data" | "where"> & { where?: string } = {},
) {
  const { where, ...rest } = options;
  return overwriteRows(fixture.context, table, {
    ...rest,
    data: [batch(columns, rows)],
    where: where === undefined ? undefined : sql(where),
  });
}

describe("overwrite", () => {
  const value = fc.option(fc.integer({ min: 0, max: 5 }), { nil: null, freq: 4 });
  const rows = fc.array(fc.record({ p: fc.constantFrom("a", "b", null), v: value }), { maxLength: 6 });
  const predicates: readonly (readonly [string, (row: Row) => boolean])[] = [
    ["p = 'a'", ({ p }) => p === "a"],
    ["v >= 2", ({ v }) => v !== null && v >= 2],
    ["p = 'a' and v < 3", ({ p, v }) => p === "a" && v !== null && v < 3],
    ["p is null", ({ p }) => p === null],
    ["true", () => true],
  ];

  test("rows that match are replaced by the new ones, the others stay, at every version", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rows, { maxLength: 3 }),
        rows,
        fc.option(fc.constantFrom(...predicates), { nil: undefined }),
        fc.boolean(),
        async (commits, data, predicate, isPartitioned) => {
          const fixture = openFixture();
          const before = await append(
            fixture,
            await createTable(fixture, columns, { partitionBy: isPartitioned ? ["p"] : [] }),
            ...commits,
          );
          const [where, isTrue] = predicate ?? [undefined, () => true];
          const fitting = data.filter(isTrue);
          const result = await overwrite(fixture, before, fitting, where === undefined ? {} : { where });
          const old = commits.flat();
          expect(bagOf(await rowsOf(fixture, result.table.snapshot))).toEqual(bagOf([...old.filter((row) => !isTrue(row)), ...fitting]));
          expect(bagOf(await rowsOf(fixture, before.snapshot))).toEqual(bagOf(old));
          expect(result).toMatchObject({ committed: true, version: before.snapshot.version + 1 });
          expect(result.metrics).toMatchObject({ rowsInserted: fitting.length, rowsDeleted: old.filter(isTrue).length });
        },
      ),
      { numRuns: 50 },
    );
  });

  test("an overwrite without rows commits and empties the table", async () => {
    const fixture = openFixture();
    const table = await append(fixture, await createTable(fixture, columns), [{ p: "a", v: 1 }]);
    const { table: after, committed } = await overwrite(fixture, table, []);
    expect(committed).toBe(true);
    expect(await filesOf(after.snapshot)).toEqual([]);
    expect((await overwrite(fixture, after, [])).version).toBe(3);
  });

  test("files that the predicate covers by their partition are removed unread, others rewritten without the rows", async () => {
    const fixture = openFixture();
    const table = await append(fixture, await createTable(fixture, columns, { partitionBy: ["p"] }), [
      { p: "a", v: 1 },
      { p: "b", v: 1 },
      { p: "b", v: 2 },
    ]);
    const byPartition = await overwrite(fixture, table, [{ p: "a", v: 9 }], { where: "p = 'a'" });
    expect(byPartition.metrics).toMatchObject({ filesRemoved: 1, filesAdded: 1, rowsCopied: 0, rowsDeleted: 1 });
    const byValue = await overwrite(fixture, byPartition.table, [], { where: "v = 2" });
    expect(byValue.metrics).toMatchObject({ filesRemoved: 1, filesAdded: 1, rowsCopied: 1, rowsDeleted: 1 });
  });

  test("a new row that does not match the predicate is refused, and nothing is left behind", async () => {
    const fixture = openFixture();
    const table = await append(fixture, await createTable(fixture, columns), [{ p: "a", v: 1 }]);
    const keys = await dataKeys(fixture);
    for (const row of [
      { p: "b", v: 1 },
      { p: null, v: 1 },
    ]) {
      expect(await codeOf(overwrite(fixture, table, [{ p: "a", v: 2 }, row], { where: "p = 'a'" }))).toBe("delta/constraint-violated");
    }
    expect(await dataKeys(fixture)).toEqual(keys);
  });

  test("schema: overwrite takes the data's columns; without it other columns are refused", async () => {
    const fixture = openFixture();
    const table = await append(fixture, await createTable(fixture, "id int not null, old string", { partitionBy: ["old"] }), [
      { id: 1, old: "x" },
    ]);
    const data = [batch("name string, id long", [{ name: "n", id: 2n ** 40n }])];
    expect(await codeOf(overwriteRows(fixture.context, table, { data }))).toBe("schema/unknown-column");
    const { table: after } = await overwriteRows(fixture.context, table, { data, schema: "overwrite" });
    expect(after.snapshot.schema.fields.map(({ name, type }) => [name, type.kind])).toEqual([
      ["name", "string"],
      ["id", "long"],
    ]);
    expect(after.snapshot.partitionBy).toEqual([]);
    expect(after.snapshot.tableId).toBe(table.snapshot.tableId);
    expect(await rowsOf(fixture, after.snapshot)).toEqual([{ name: "n", id: 2n ** 40n }]);
    expect(await rowsOf(fixture, table.snapshot)).toEqual([{ id: 1, old: "x" }]);
  });

  test("an append-only table refuses it, as it refuses being replaced", async () => {
    const fixture = openFixture();
    const table = await append(fixture, await createTable(fixture, columns, { properties: { "delta.appendOnly": "true" } }), [
      { p: "a", v: 1 },
    ]);
    expect(await codeOf(overwrite(fixture, table, []))).toBe("delta/append-only");
    expect(await codeOf(deleteRows(fixture.context, table, {}))).toBe("delta/append-only");
    expect(
      await codeOf(fixture.format.create({ schema: table.snapshot.schema, partitionBy: [], properties: new Map() }, { replace: true })),
    ).toBe("delta/append-only");
    expect((await append(fixture, table, [{ p: "b", v: 2 }])).snapshot.version).toBe(2);
  });

  test("what is not built, or contradicts itself, is refused by name", async () => {
    const fixture = openFixture();
    const table = await createTable(fixture, columns);
    expect(await codeOf(overwrite(fixture, table, [], { partitions: "dynamic" }))).toBe("delta/unsupported-feature");
    expect(await codeOf(overwrite(fixture, table, [], { where: "p = 'a'", schema: "overwrite" }))).toBe("usage/invalid-option");
    expect(await codeOf(overwriteRows(fixture.context, table, { data: [], schema: "overwrite" }))).toBe("schema/invalid");
  });

  test("an overwrite of everything conflicts with rows that came meanwhile; one by predicate only with rows that may match", async () => {
    const fixture = openFixture();
    const table = await append(fixture, await createTable(fixture, columns), [
      { p: "a", v: 1 },
      { p: "b", v: 2 },
    ]);
    await append(fixture, table, [{ p: "c", v: 7 }]);
    const keys = await dataKeys(fixture);
    expect(await codeOf(overwrite(fixture, table, [{ p: "z", v: 0 }]))).toBe("delta/conflict");
    expect(await codeOf(overwrite(fixture, table, [{ p: "c", v: 0 }], { where: "p = 'c'" }))).toBe("delta/conflict");
    expect(await dataKeys(fixture)).toEqual(keys);
    const { table: after } = await overwrite(fixture, table, [{ p: "a", v: 0 }], { where: "p = 'a'" });
    expect(bagOf(await rowsOf(fixture, after.snapshot))).toEqual(
      bagOf([
        { p: "a", v: 0 },
        { p: "b", v: 2 },
        { p: "c", v: 7 },
      ]),
    );
    expect(await countRows(fixture.context, after.snapshot)).toBe(3);
  });
});
