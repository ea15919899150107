import { describe, expect, expectTypeOf, test } from "vitest";
import { DeltaTable } from "../../src/index.js";
import { failureOf, inThread, newLocation, people, usersTable } from "./tables.js";

const schema = { id: "long", name: "string" } as const;
const create = (options: object): Promise<unknown> => DeltaTable.create(newLocation(), { schema, ...inThread, ...options } as never);

describe("what belongs to a later release is refused by name, never ignored", () => {
  test.each<[string, object]>([
    ["clusterBy", { clusterBy: ["id"] }],
    [
      "generatedAs",
      {
        schema: [
          { name: "id", type: "long" },
          { name: "twice", type: "long", generatedAs: "id * 2" },
        ],
      },
    ],
    ["default", { schema: [{ name: "id", type: "long", default: "0" }] }],
    ["identity", { schema: [{ name: "id", type: "long", identity: { always: true, start: 1, step: 1 } }] }],
    ["spillDir", { spillDir: "/nowhere" }],
  ])("create with %s", async (feature, options) => {
    const error = await failureOf(create(options), "delta/unsupported-feature");
    expect(JSON.stringify([error.message, error.context])).toContain(feature);
  });

  test.each([
    ["delta.enableChangeDataFeed", "true"],
    ["delta.enableDeletionVectors", "true"],
    ["delta.columnMapping.mode", "name"],
    ["delta.enableRowTracking", "true"],
    ["delta.enableInCommitTimestamps", "true"],
    ["delta.enableTypeWidening", "true"],
    ["delta.checkpointPolicy", "v2"],
    ["delta.constraints.positive", "id > 0"],
    ["delta.feature.deletionVectors", "supported"],
    ["delta.feature.variantType", "supported"],
  ])("the property %s", async (name, value) => {
    const location = newLocation();
    const made = DeltaTable.create(location, { schema, properties: { [name]: value }, ...inThread });
    const error = await failureOf(made, "delta/unsupported-feature");
    expect(JSON.stringify([error.message, error.context])).toContain(name.replace(/^delta\.(feature\.)?/, ""));
    expect(await DeltaTable.exists(location)).toBe(false);
    const users = await usersTable();
    await failureOf(users.alter.setProperties({ [name]: value }), "delta/unsupported-feature");
    expect((await users.refresh()).version).toBe(1);
  });

  test.each(["delta.minReaderVersion", "delta.minWriterVersion"])("the property %s, which the features decide", async (name) => {
    await failureOf(create({ properties: { [name]: "7" } }), "delta/invalid-property");
  });

  test("the options of writes and reads", async () => {
    const users = await usersTable();
    const rows = [people.ann];
    for (const call of [
      () => users.overwrite(rows, { partitions: "dynamic" } as object),
      () => users.overwrite(rows, { mergeSchema: true } as object),
      () => users.toArray({ variant: "json" } as object),
      () => users.toArrow({ variant: "json" } as object),
    ]) {
      await failureOf(call, "delta/unsupported-feature");
    }
    expect([users.version, await users.count()]).toEqual([1, 3]);
  });

  test.each([
    ["restore", [{ version: 0 }]],
    ["optimize", []],
    ["vacuum", [{ dryRun: true }]],
    ["repair", []],
    ["clone", ["memory://copy"]],
    ["alter.addColumn", [{ name: "age", type: "int" }]],
    ["alter.renameColumn", ["name", "called"]],
    ["alter.dropColumn", ["name"]],
    ["alter.setType", ["id", "double"]],
    ["alter.setNullable", ["id", true]],
    ["alter.setComment", ["id", "key"]],
    ["alter.reorder", [["name", "id"]]],
    ["alter.setDefault", ["id", "0"]],
    ["alter.clusterBy", [["id"]]],
    ["alter.addConstraint", ["positive", "id > 0"]],
    ["alter.dropConstraint", ["positive"]],
    ["alter.dropFeature", ["deletionVectors"]],
  ])("the method %s, which the types do not have", async (name, args) => {
    const users = await usersTable();
    const [owner, method] = name.startsWith("alter.") ? [users.alter, name.slice("alter.".length)] : [users, name];
    const methods = owner as unknown as Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>;
    const called = methods[method]?.(...args) ?? expect.fail("there is no such method");
    expect(called).toBeInstanceOf(Promise);
    const error = await failureOf(called, "delta/unsupported-feature");
    expect(error).toMatchObject({ message: expect.stringContaining(`${name} is not there yet`), context: { call: name } });
    expect((await users.refresh()).version).toBe(1);
    expectTypeOf<keyof typeof users.alter>().toEqualTypeOf<"setProperties">();
    expectTypeOf<keyof typeof users & ("restore" | "optimize" | "vacuum" | "repair" | "clone")>().toBeNever();
  });

  test("DeltaTable.convert", async () => {
    const later = DeltaTable as unknown as { convert(path: string): Promise<unknown> };
    await failureOf(later.convert("data/parquet"), "delta/unsupported-feature");
  });

  test("a slip of the pen lists what there is", async () => {
    const users = await usersTable();
    const error = await failureOf(users.append([], { mergeschema: true } as object), "usage/invalid-option");
    expect(error.message).toContain("mergeSchema");
    for (const call of [
      () => DeltaTable.open(users.url, { versoin: 1 } as object),
      () => users.toArray({ filter: "x" } as object),
      () => users.delete({ filter: "x" } as object),
      () => users.update({ where: "true" } as never),
      () => users.update(undefined as never),
      () => users.merge(undefined as never),
      () => DeltaTable.create(newLocation(), undefined as never),
      () => DeltaTable.create(newLocation(), {} as never),
      () => DeltaTable.create(newLocation(), { schema, partitionBy: "id" } as never),
      () => DeltaTable.create(newLocation(), { schema, ifExists: "ignore" } as never),
      () => DeltaTable.open(""),
      () => DeltaTable.open(undefined as never),
      () => DeltaTable.open(users.url, { workers: -1 }),
      () => DeltaTable.open(users.url, { memoryLimit: 0 }),
      () => DeltaTable.open(users.url, { maxAttempts: 1.5 }),
      () => users.toArray({ long: "int" } as object),
      () => users.toArray({ where: 1 } as object),
    ]) {
      await failureOf(call, "usage/invalid-option");
    }
  });
});
