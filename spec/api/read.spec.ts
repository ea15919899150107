import { Schema } from "apache-arrow";
import { describe, expect, test } from "vitest";
import { col, DeltaTable, lit, readParquet, sql } from "../../src/index.js";
import { failureOf, idsOf, inThread, newLocation, people, userSchema, usersTable } from "./tables.js";

const { ann, bob, eve } = people;

describe("scan", () => {
  test("batches carry the chosen columns in their order, and the rows that match", async () => {
    const users = await usersTable();
    let rows = 0;
    for await (const batch of users.scan({ columns: ["score", "user_id"], where: "country = 'KR' and score > 10", limit: 1000 })) {
      expect(batch.schema.fields.map(({ name }) => name)).toEqual(["score", "user_id"]);
      rows += batch.numRows;
    }
    expect(rows).toBe(1);
  });

  test("no rows: one empty batch, which carries the schema", async () => {
    const users = await usersTable();
    const batches = [];
    for await (const batch of users.scan({ where: "user_id < 0", columns: ["NAME"] })) batches.push(batch);
    expect(batches.map(({ numRows }) => numRows)).toEqual([0]);
    expect(batches[0]?.schema).toBeInstanceOf(Schema);
    expect(batches[0]?.schema.fields.map(({ name }) => name)).toEqual(["name"]);
  });

  test("a limit is kept, 0 too", async () => {
    const users = await usersTable();
    expect(await users.toArray({ limit: 2 })).toHaveLength(2);
    expect(await users.toArray({ limit: 0 })).toEqual([]);
    await failureOf(users.toArray({ limit: -1 }), "usage/invalid-option");
  });
});

describe("rows", () => {
  test("rows come back as they were written", async () => {
    const users = await usersTable();
    expect((await users.toArray()).sort((a, b) => Number(a.user_id - b.user_id))).toEqual([ann, bob, eve]);
  });

  test("a predicate is SQL text, or built with col, lit and sql", async () => {
    const users = await usersTable();
    const wanted = "Ann";
    for (const where of [
      "name = 'Ann'",
      col("name").eq("Ann"),
      col("NAME").eq(lit("Ann")),
      sql`name = ${wanted}`,
      col("score").gt(lit("10", "decimal(12,2)")),
      col("score")
        .between(10, 11)
        .and(col("country").in(["KR", "JP"])),
      sql`${col("name")} like ${"A%"} and not ${col("name").isNull()}`,
      col("name").eqNullSafe("Ann").or(lit(false)),
    ]) {
      expect(await idsOf(users, where as string), String(where)).toEqual([1n]);
    }
  });

  test("the sql template binds values as literals, never as text", async () => {
    const users = await usersTable();
    expect(await idsOf(users, sql`name = ${"Ann' or '1' = '1"}` as never)).toEqual([]);
    expect(await idsOf(users, sql`user_id = ${9_007_199_254_740_993n}` as never)).toEqual([9_007_199_254_740_993n]);
  });

  test("row options choose the spelling of values", async () => {
    const table = await DeltaTable.create(newLocation(), {
      schema: { l: "long", d: "decimal(9,3)", t: "timestamp", m: "map<string,long>" },
      ...inThread,
    });
    await table.append([{ l: 7n, d: "1.250", t: "2026-01-31T12:00:00.123456Z", m: new Map([["a", 1n]]) }]);
    expect(await table.toArray()).toEqual([{ l: 7n, d: "1.250", t: "2026-01-31T12:00:00.123456Z", m: new Map([["a", 1n]]) }]);
    expect(await table.toArray({ long: "number", decimal: "number", timestamp: "date", map: "object" })).toEqual([
      { l: 7, d: 1.25, t: new Date("2026-01-31T12:00:00.123Z"), m: { a: 1 } },
    ]);
    expect(await table.toArray({ long: "string", timestamp: "micros", columns: ["l", "t"] })).toEqual([
      { l: "7", t: 1_769_860_800_123_456n },
    ]);
  });

  test("a long that is no safe number is refused as a number, and not rounded", async () => {
    const users = await usersTable();
    await failureOf(users.toArray({ long: "number" }), "schema/overflow");
  });

  test("leaving the loop early stops the reads under it", async () => {
    const users = await usersTable();
    for await (const row of users.rows()) {
      expect(row.user_id).toBeDefined();
      break;
    }
    const rows = users.rows();
    await rows.return();
    expect(await rows.next()).toEqual({ done: true, value: undefined });
    expect(await users.count()).toBe(3);
  });

  test("an aborted signal ends a read", async () => {
    const users = await usersTable();
    await failureOf(users.toArray({ signal: AbortSignal.abort() }), "usage/aborted");
  });
});

describe("toArrow, count, files, explain", () => {
  test("toArrow is one table of all batches", async () => {
    const users = await usersTable();
    await users.append([{ ...ann, user_id: 3n }]);
    const table = await users.toArrow({ columns: ["user_id"], where: col("country").eq("KR") });
    expect([table.numRows, table.schema.fields.map(({ name }) => name)]).toEqual([3, ["user_id"]]);
  });

  test("count counts all rows, or those that match", async () => {
    const users = await usersTable();
    expect([
      await users.count(),
      await users.count({ where: "country = 'KR'" }),
      await users.count({ where: col("score").lt(0) }),
    ]).toEqual([3, 2, 1]);
  });

  test("files gives path, size, rows, partition and bounds, after skipping", async () => {
    const users = await DeltaTable.create(newLocation(), { schema: userSchema, partitionBy: ["country"], ...inThread });
    await users.append([ann, bob, eve]);
    const files = [];
    for await (const file of users.files({ where: "country = 'KR'" })) files.push(file);
    expect(files).toMatchObject([
      {
        rows: 2,
        partition: { country: "KR" },
        stats: { min: { user_id: 1n }, max: { user_id: 9_007_199_254_740_993n }, nullCount: { name: 1 } },
      },
    ]);
    expect(files[0]?.path).toMatch(/^country=KR\/part-.*\.parquet$/);
    expect(files[0]?.size).toBeGreaterThan(0);
    const all = [];
    for await (const file of users.files()) all.push(file.path);
    expect(all).toHaveLength(2);
  });

  test("explain tells what skipping saves, and why", async () => {
    const users = await DeltaTable.create(newLocation(), { schema: userSchema, partitionBy: ["country"], ...inThread });
    await users.append([ann, bob, eve]);
    const explanation = await users.explain({ where: "country = 'KR' and user_id = 1", columns: ["user_id"] });
    expect(explanation).toMatchObject({
      version: 1,
      columns: ["user_id"],
      files: { total: 2, kept: 1, prunedByPartition: 1 },
      rowGroups: { total: 1, kept: 1 },
    });
    expect(explanation.bytes.kept).toBeLessThan(explanation.bytes.total);
    expect(explanation.why.length).toBeGreaterThan(0);
  });

  test("readParquet reads a data file as any other Parquet file", async () => {
    const users = await usersTable();
    const { value: file } = await users.files().next();
    const rows = [];
    for await (const batch of readParquet(`${users.url}/${file === undefined ? "" : file.path}`, {
      columns: ["name"],
      where: "user_id = 1",
      ...inThread,
    }))
      rows.push(batch.numRows);
    expect(rows).toEqual([1]);
  });
});
