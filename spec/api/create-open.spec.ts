import { Field, Int64, Schema, Utf8 } from "apache-arrow";
import { describe, expect, test } from "vitest";
import { DeltaTable, type StructType } from "../../src/index.js";
import { failureOf, inThread, newLocation, people, userSchema, usersTable } from "./tables.js";

const names = (table: DeltaTable<never, never>): readonly string[] => table.schema.fields.map(({ name }) => name);

describe("create", () => {
  test("a table has the schema, partitioning, properties, name and comment it was made with", async () => {
    const location = newLocation();
    await DeltaTable.create(location, {
      schema: userSchema,
      partitionBy: ["country"],
      properties: { "delta.checkpointInterval": "20", owner: "etl" },
      comment: "people",
      name: "users",
      userMetadata: "first",
      ...inThread,
    });
    const users = await DeltaTable.open(location, inThread);
    expect(users.version).toBe(0);
    expect(users.timestamp).toBeInstanceOf(Date);
    expect(users.url).toBe(location);
    expect(users.partitionBy).toEqual(["country"]);
    expect(users.properties).toEqual({ "delta.checkpointInterval": "20", owner: "etl" });
    expect(users.schema.fields.map(({ name, nullable }) => [name, nullable])).toEqual([
      ["user_id", false],
      ...["name", "country", "score", "tags", "updated_at"].map((name) => [name, true]),
    ]);
    expect(await users.detail()).toMatchObject({
      name: "users",
      description: "people",
      partitionColumns: ["country"],
      numFiles: 0,
      numRecords: 0,
    });
    expect((await users.history())[0]).toMatchObject({ version: 0, operation: "CREATE TABLE", userMetadata: "first" });
  });

  test("a schema is a literal, an Arrow Schema, a StructType or a list of columns", async () => {
    const arrow = new Schema([new Field("id", new Int64(), false), new Field("name", new Utf8(), true)]);
    const struct: StructType = {
      kind: "struct",
      fields: [
        { name: "id", type: { kind: "long" }, nullable: false, metadata: {} },
        { name: "name", type: { kind: "string" }, nullable: true, metadata: {} },
      ],
    };
    const list = [
      { name: "id", type: "long", nullable: false },
      { name: "name", type: "string", comment: "in full" },
    ] as const;
    const literal = { id: "long not null", name: "string" } as const;
    for (const schema of [arrow, struct, list, literal]) {
      const table = await DeltaTable.create(newLocation(), { schema, ...inThread });
      expect(table.schema.fields.map(({ name, type, nullable }) => ({ name, kind: type.kind, nullable }))).toEqual([
        { name: "id", kind: "long", nullable: false },
        { name: "name", kind: "string", nullable: true },
      ]);
    }
  });

  test("ifExists: an existing table is refused, opened as it is, or replaced by an empty one that keeps its history", async () => {
    const users = await usersTable();
    const schema = { id: "long" } as const;
    const error = await failureOf(DeltaTable.create(users.url, { schema }), "delta/table-exists");
    expect(error.message).toContain(users.url);
    const opened = await DeltaTable.create(users.url, { schema, ifExists: "open", ...inThread });
    expect([opened.version, names(opened as never)[0]]).toEqual([1, "user_id"]);
    const replaced = await DeltaTable.create(users.url, { schema, ifExists: "replace", ...inThread });
    expect([replaced.version, names(replaced as never), await replaced.count()]).toEqual([2, ["id"], 0]);
    expect(await (await replaced.at({ version: 1 })).count()).toBe(3);
  });

  test("a table is made where ifExists finds none", async () => {
    for (const ifExists of ["open", "replace"] as const) {
      expect((await DeltaTable.create(newLocation(), { schema: { id: "long" }, ifExists, ...inThread })).version).toBe(0);
    }
  });

  test("of two that create at once one is refused, and with ifExists: open both have the table", async () => {
    const location = newLocation();
    const create = (ifExists: "error" | "open"): Promise<unknown> =>
      DeltaTable.create(location, { schema: { id: "long" }, ifExists, ...inThread });
    const results = await Promise.allSettled([create("error"), create("error")]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(Promise.all([create("open"), create("open")])).resolves.toHaveLength(2);
  });
});

describe("open and exists", () => {
  test("exists tells a table from none", async () => {
    const users = await usersTable();
    expect(await DeltaTable.exists(users.url)).toBe(true);
    expect(await DeltaTable.exists(newLocation())).toBe(false);
  });

  test("open takes a version, ISO text, a Date or milliseconds", async () => {
    const users = await usersTable();
    const created = (await users.history()).at(-1)?.timestamp ?? expect.fail("version 0 has a timestamp");
    expect((await DeltaTable.open(users.url, { version: 0 })).version).toBe(0);
    expect((await DeltaTable.open(users.url, { timestamp: created.toISOString() })).version).toBeGreaterThanOrEqual(0);
    expect((await DeltaTable.open(users.url, { timestamp: created })).version).toBeGreaterThanOrEqual(0);
    expect((await DeltaTable.open(users.url, { timestamp: created.getTime() })).version).toBeGreaterThanOrEqual(0);
  });

  test("what is undefined is as if it were left out", async () => {
    const users = await usersTable();
    const opened = await DeltaTable.open(users.url, { version: undefined, timestamp: undefined, workers: undefined, logger: undefined });
    expect(opened.version).toBe(1);
    await opened.append([people.bob], { mergeSchema: undefined, userMetadata: undefined });
    expect(opened.version).toBe(2);
  });

  test("workers in threads do the same work", async () => {
    const users = await DeltaTable.create(newLocation(), { schema: userSchema, workers: 2 });
    await users.append([people.ann, people.eve]);
    expect(await users.toArray({ where: "user_id = 1" })).toEqual([people.ann]);
  });
});
