import { Table, Utf8, vectorFromArray } from "apache-arrow";
import { describe, expect, test } from "vitest";
import { expectRefused, smallTable, type SmallTable } from "./refused.js";

const changes = [{ id: 1, name: "A." }] as const;

describe("expressions", () => {
  const everywhere: readonly (readonly [string, (table: SmallTable, where: string) => Promise<unknown>])[] = [
    ["toArray", (table, where) => table.toArray({ where })],
    ["count", (table, where) => table.count({ where })],
    ["explain", (table, where) => table.explain({ where })],
    ["delete", (table, where) => table.delete(where)],
    ["update", (table, where) => table.update({ set: { name: "'x'" }, where })],
    ["overwrite", (table, where) => table.overwrite([], { where })],
    [
      "merge",
      async (table, where) =>
        table
          .merge({ source: changes, on: ["id"] })
          .whenMatchedDelete({ where: where.replace(/^(?=id|name|nme)/, "target.") })
          .execute(),
    ],
  ];

  test.each(everywhere)("%s: an unknown column names those there are", async (_, call) => {
    const table = await smallTable();
    await expectRefused(table as never, () => call(table, "nme = 'Ann'"), {
      code: "expression/unknown-column",
      says: ["nme", "name"],
      facts: { column: expect.stringMatching(/^(target\.)?nme$/) as string },
    });
  });

  test.each(everywhere)("%s: text that is no SQL is shown with the place", async (_, call) => {
    const table = await smallTable();
    await expectRefused(table as never, () => call(table, "name = = 'Ann'"), {
      code: "expression/syntax",
      says: [/\n +(target\.)?name = = 'Ann'\n +\^/],
      facts: {},
    });
  });

  test.each(everywhere)("%s: a predicate that is no condition", async (_, call) => {
    const table = await smallTable();
    await expectRefused(table as never, () => call(table, "id + 1"), {
      code: "expression/type-mismatch",
      says: [/true or false/, /int/],
      facts: {},
    });
  });

  test("an unknown column of a read", async () => {
    const table = await smallTable();
    await expectRefused(table as never, () => table.toArray({ columns: ["id", "nme"] }), {
      code: "schema/unknown-column",
      says: ["nme", /id, name/],
      facts: { column: "nme" },
    });
  });

  test("an unknown function", async () => {
    const table = await smallTable();
    await expectRefused(table as never, () => table.toArray({ where: "lenght(name) > 1" }), {
      code: "expression/unknown-function",
      says: ["lenght"],
      facts: {},
    });
  });

  test("an unquoted string in set", async () => {
    const table = await smallTable();
    await expectRefused(table as never, () => table.update({ set: { name: "Bob" } }), {
      code: "expression/unknown-column",
      says: ['did you mean lit("Bob")?'],
      facts: { column: "Bob" },
    });
    const merge = table.merge({ source: changes, on: ["id"] });
    await expectRefused(table as never, () => merge.whenMatchedUpdate({ set: { name: "Bob" } }).execute(), {
      code: "expression/unknown-column",
      says: ['did you mean lit("Bob")?'],
      facts: { column: "Bob" },
    });
    await expectRefused(table as never, () => table.update({ set: { name: "Bob Smith" } }), {
      code: "expression/syntax",
      says: ["Bob Smith"],
      facts: {},
    });
  });

  test("an assignment to a column that there is not", async () => {
    const table = await smallTable();
    await expectRefused(table as never, () => table.update({ set: { nme: "'x'" } }), {
      code: "schema/unknown-column",
      says: ["nme", "name"],
      facts: { column: expect.stringMatching(/^(target\.)?nme$/) as string },
    });
  });

  test("a value that the column cannot hold", async () => {
    const table = await smallTable();
    await expectRefused(table as never, () => table.update({ set: { small: "id + 200" } }), {
      code: "schema/overflow",
      says: ["small", "201", "byte"],
      facts: { column: "small" },
    });
    await expectRefused(table as never, () => table.update({ set: { id: "null" } }), {
      code: "schema/not-null",
      says: ["id"],
      facts: { column: "id" },
    });
    await expectRefused(table as never, () => table.update({ set: { id: "name" } }), {
      code: "schema/type-mismatch",
      says: ["id"],
      facts: {},
    });
  });

  test("a division by zero", async () => {
    const table = await smallTable();
    await expectRefused(table as never, () => table.update({ set: { price: "price / (id - 1)" } }), {
      code: "expression/evaluation",
      says: [/zero/],
      facts: {},
    });
  });
});

describe("merges", () => {
  test("two source rows for one target row", async () => {
    const table = await smallTable();
    const source = [...changes, { id: 1, name: "B." }];
    await expectRefused(
      table as never,
      () =>
        table
          .merge({ source, on: ["id"] })
          .whenMatchedUpdateAll()
          .execute(),
      {
        code: "merge/multiple-matches",
        says: [/source/],
        facts: {},
      },
    );
    // One delete without a condition has one outcome, however often a row is matched.
    expect(
      (
        await table
          .merge({ source, on: ["id"] })
          .whenMatchedDelete()
          .execute()
      ).metrics,
    ).toMatchObject({ rowsDeleted: 1 });
  });

  test("a condition that names nothing", async () => {
    const table = await smallTable();
    const merge = (on: string | string[]) => () => table.merge({ source: changes, on }).whenMatchedUpdateAll().execute();
    await expectRefused(table as never, merge([]), { code: "merge/invalid-condition", says: [/target\.id = source\.id/], facts: {} });
    await expectRefused(table as never, merge(""), { code: "expression/syntax", says: [/.+/], facts: {} });
    await expectRefused(table as never, merge("target.key = source.id"), {
      code: "expression/unknown-column",
      says: ["key", "id"],
      facts: {},
    });
    await expectRefused(table as never, merge(["key"]), { code: "expression/unknown-column", says: ["key"], facts: {} });
    await expectRefused(table as never, merge("t.id = s.id"), {
      code: "expression/unknown-column",
      says: [/target/, /source/],
      facts: {},
    });
    for (const [on, missing] of [
      ["true", ["target", "source"]],
      ["target.id = 1", ["source"]],
      ["source.id = 1", ["target"]],
    ] as const) {
      await expectRefused(table as never, merge(on), {
        code: "merge/invalid-condition",
        says: [/target\.id = source\.id/],
        facts: { missing },
      });
    }
    await expectRefused(table as never, merge("id = 1"), { code: "expression/ambiguous-column", says: ["id", /target\.id/], facts: {} });
  });

  test("an empty source changes nothing, and a source without the columns of the condition is refused", async () => {
    const table = await smallTable();
    const merge =
      (source: never, on: string | readonly string[] = ["id"]) =>
      () =>
        table.merge({ source, on }).whenMatchedUpdateAll().whenNotMatchedInsertAll().execute();
    expect((await merge([] as never)()).version).toBe(1);
    expect((await merge(new Table({ id: vectorFromArray(Int32Array.of()) }) as never)()).version).toBe(1);
    await expectRefused(table as never, merge(new Table({ name: vectorFromArray(["x"], new Utf8()) }) as never), {
      code: "expression/unknown-column",
      says: ["source.id"],
      facts: { column: "source.id" },
    });
    await expectRefused(table as never, merge([{ key: "x" }] as never, "target.name = source.key"), {
      code: "merge/invalid-clause",
      says: ["key", "id", /in common/],
      facts: {},
    });
  });

  test("a source column that the table lacks, without withSchemaEvolution, is left out", async () => {
    const table = await smallTable();
    await table
      .merge({ source: [{ id: 1, extra: 5 }], on: ["id"] })
      .whenMatchedUpdateAll()
      .execute();
    expect(table.schema.fields.map(({ name }) => name)).not.toContain("extra");
  });

  test("a clause after one without a condition is never reached", async () => {
    const table = await smallTable();
    const merge = table
      .merge({ source: changes, on: ["id"] })
      .whenMatchedDelete()
      .whenMatchedUpdateAll();
    await expectRefused(table as never, () => merge.execute(), { code: "merge/invalid-clause", says: [/condition|where/], facts: {} });
  });
});

test("an append-only table refuses what removes rows", async () => {
  const table = await smallTable({ "delta.appendOnly": "true" });
  for (const call of [
    () => table.delete("id = 1"),
    () => table.update({ set: { name: "'x'" } }),
    () => table.overwrite([]),
    () =>
      table
        .merge({ source: changes, on: ["id"] })
        .whenMatchedDelete()
        .execute(),
  ]) {
    await expectRefused(table as never, call, { code: "delta/append-only", says: [/append-only/, /set the property/], facts: {} });
  }
});
