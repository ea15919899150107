import { Schema, Table, Utf8, vectorFromArray } from "apache-arrow";
import { describe, test } from "vitest";
import { DeltaTable, type BatchInput } from "../../src/index.js";
import { expectFailure, expectRefused, smallTable } from "./refused.js";

const append = async (row: object, expected: Parameters<typeof expectRefused>[2]): Promise<void> => {
  const table = await smallTable();
  const good = { id: 10, name: "Gil" };
  await expectRefused(table as never, () => table.append([good, row] as BatchInput<never>), expected);
  // The same row in a merge.
  await expectRefused(
    table as never,
    () =>
      table
        .merge({ source: [good, row] as never, on: ["id"] })
        .whenMatchedUpdateAll()
        .whenNotMatchedInsertAll()
        .execute(),
    {
      ...expected,
      facts: {},
    },
  );
};

describe("rows that a table does not take", () => {
  test("null into NOT NULL", () =>
    append({ id: null, name: "x" }, { code: "schema/not-null", says: ["id", /null/i], facts: { column: "id", row: 1 } }));

  test("null into a NOT NULL field of a struct", () =>
    append({ id: 11, spot: { y: 1 } }, { code: "schema/not-null", says: [/spot\.x/], facts: { column: "spot.x", row: 1 } }));

  test("a decimal that does not fit", () =>
    append(
      { id: 11, price: "1000.00" },
      { code: "schema/overflow", says: ["price", "1000.00", /decimal\(5, ?2\)/], facts: { column: "price", row: 1 } },
    ));

  test("a decimal with more digits than its scale", () =>
    append({ id: 11, price: "1.505" }, { code: "schema/overflow", says: ["price", "1.505"], facts: { column: "price", row: 1 } }));

  test("an int that overflows", () =>
    append({ id: 2_147_483_648 }, { code: "schema/overflow", says: ["id", "2147483648", "int"], facts: { column: "id", row: 1 } }));

  test("a byte that overflows", () =>
    append({ id: 11, small: 128 }, { code: "schema/overflow", says: ["small", "128", "byte"], facts: { column: "small", row: 1 } }));

  test("a fraction for an int", () =>
    append({ id: 1.5 }, { code: "schema/invalid-value", says: ["id", "1.5"], facts: { column: "id", row: 1 } }));

  test.each(["2026-02-30", "2026-13-01", "yesterday"])("the invalid date %s", (day) =>
    append({ id: 11, day }, { code: "schema/invalid-value", says: ["day", day], facts: { column: "day", row: 1 } }),
  );

  test("a value of another type", () =>
    append({ id: 11, name: 5 }, { code: "schema/type-mismatch", says: ["name", /string/], facts: { column: "name", row: 1 } }));

  test("a row that is no object", async () => {
    const table = await smallTable();
    await expectRefused(table as never, () => table.append(["x"] as never), {
      code: "schema/type-mismatch",
      says: [/object/],
      facts: { row: 0 },
    });
  });

  test("a row with an unknown field", async () => {
    const table = await smallTable();
    await expectRefused(table as never, () => table.append([{ id: 11, nmae: "x" }] as never), {
      code: "schema/unknown-field",
      says: ["nmae", "name", /mergeSchema/],
      facts: { column: "nmae", row: 0 },
    });
  });

  test("a row that names a column twice, in different case", async () => {
    const table = await smallTable();
    await expectRefused(table as never, () => table.append([{ id: 11, ID: 12 }] as never), {
      code: "schema/duplicate-column",
      says: ["ID"],
      facts: {},
    });
  });
});

describe("batches that a table does not take", () => {
  test("a column of a type that cannot be stored", async () => {
    const table = await smallTable();
    const data = new Table({ id: vectorFromArray(["1", "2"], new Utf8()) });
    await expectRefused(table as never, () => table.append(data), {
      code: "schema/incompatible",
      says: ["id", /string/, /int/],
      facts: { column: "id" },
    });
  });

  test("an unknown column", async () => {
    const table = await smallTable();
    const data = new Table({ id: vectorFromArray(Int32Array.of(9)), nmae: vectorFromArray(["x"], new Utf8()) });
    await expectRefused(table as never, () => table.append(data), {
      code: "schema/unknown-column",
      says: ["nmae", /mergeSchema/],
      facts: { column: "nmae" },
    });
  });

  test("a value that overflows the column", async () => {
    const table = await smallTable();
    const data = new Table({ id: vectorFromArray(BigInt64Array.of(1n, 2_147_483_648n)) });
    await expectRefused(table as never, () => table.append(data), {
      code: "schema/overflow",
      says: ["id", "2147483648"],
      facts: { column: "id" },
    });
  });

  test("a missing NOT NULL column", async () => {
    const table = await smallTable();
    const data = new Table({ name: vectorFromArray(["x"], new Utf8()) });
    await expectRefused(table as never, () => table.append(data), { code: "schema/not-null", says: ["id"], facts: { column: "id" } });
  });

  test("what is no data", async () => {
    const table = await smallTable();
    for (const data of [5, "rows", null, undefined, { id: 1 }, Promise.resolve([])]) {
      await expectRefused(table as never, () => table.append(data as never), {
        code: "schema/type-mismatch",
        says: [/[Pp]ass|array|await/],
        facts: {},
      });
    }
  });
});

describe("schemas that are none", () => {
  const create = (schema: unknown, more: object = {}): (() => Promise<unknown>) => {
    const url = `memory://bad-schema-${process.pid}`;
    return async () => DeltaTable.create(url, { schema, workers: 0, ...more } as never);
  };

  test("columns that differ only by case", async () => {
    for (const schema of [{ id: "long", ID: "long" }, { s: "struct<a:int,A:int>" }]) {
      await expectFailure(create(schema), { code: "schema/duplicate-column", says: [/case/], facts: {} });
    }
  });

  test("a type that there is not", async () => {
    await expectFailure(create({ id: "lnog" }), { code: "schema/invalid", says: ["id", "lnog"], facts: { column: "id" } });
  });

  test("no columns", async () => {
    for (const schema of [{}, new Schema([])])
      await expectFailure(create(schema), { code: "schema/invalid", says: [/no columns/], facts: {} });
  });

  test("a partition column that is not in the schema, or the only one", async () => {
    await expectFailure(create({ id: "long" }, { partitionBy: ["country"] }), {
      code: "schema/unknown-column",
      says: ["country", "id"],
      facts: { column: "country" },
    });
    await expectFailure(create({ id: "long" }, { partitionBy: ["id"] }), { code: "schema/invalid", says: [/partition/], facts: {} });
  });

  test("an appended column that differs from one of the table only by case is that column", async () => {
    const table = await smallTable();
    await table.append([{ ID: 7 }] as never, { mergeSchema: true });
    await expectRefused(table as never, () => table.append([{ ID: 7, Extra: 1, extra: 2 }] as never, { mergeSchema: true }), {
      code: "schema/duplicate-column",
      says: [/[Ee]xtra/],
      facts: {},
    });
  });
});
