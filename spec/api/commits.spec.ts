import { describe, expect, test } from "vitest";
import { DeltaTable } from "../../src/index.js";
import { inThread, newLocation, people, usersTable } from "./tables.js";

const { ann } = people;
const metricNames = [
  "rowsInserted",
  "rowsUpdated",
  "rowsDeleted",
  "rowsCopied",
  "filesAdded",
  "filesRemoved",
  "bytesAdded",
  "bytesRemoved",
  "durationMs",
];

describe("what commits", () => {
  test("a write that changes nothing makes no commit and resolves with the current version", async () => {
    const users = await usersTable();
    for (const write of [
      () => users.append([]),
      () => users.delete("user_id = 77"),
      () => users.update({ set: { name: "'x'" }, where: "user_id = 77" }),
      () =>
        users
          .merge({ source: [{ ...ann, user_id: 77n }], on: ["user_id"] })
          .whenMatchedUpdateAll()
          .execute(),
      () =>
        users
          .merge({ source: [], on: ["user_id"] })
          .whenMatchedUpdateAll()
          .whenNotMatchedInsertAll()
          .execute(),
    ]) {
      const { version, timestamp, metrics } = await write();
      expect([version, timestamp]).toEqual([1, users.timestamp]);
      expect(Object.keys(metrics).sort()).toEqual([...metricNames].sort());
      expect(Object.entries(metrics).filter(([name, value]) => name !== "durationMs" && value !== 0)).toEqual([]);
    }
    expect((await users.refresh()).version).toBe(1);
  });

  test("an overwrite always commits", async () => {
    const users = await usersTable();
    expect((await users.overwrite([], { where: "user_id = 77" })).version).toBe(2);
  });

  test("metrics are one closed set of numbers, zeros included", async () => {
    const users = await DeltaTable.create(newLocation(), { schema: { id: "long" }, ...inThread });
    for (const result of [
      await users.append([{ id: 1 }, { id: 2 }]),
      await users.update({ set: { id: "id" }, where: "id = 1" }),
      await users
        .merge({ source: [{ id: 3 }], on: ["id"] })
        .whenNotMatchedInsertAll()
        .execute(),
      await users.delete("id = 1"),
      await users.overwrite([{ id: 9 }]),
      await users.alter.setProperties({ a: "b" }),
    ]) {
      expect(Object.keys(result).sort()).toEqual(["metrics", "timestamp", "version"]);
      expect(Object.keys(result.metrics).sort()).toEqual([...metricNames].sort());
      expect(Object.values(result.metrics).every((value) => Number.isSafeInteger(value) && value >= 0)).toBe(true);
    }
  });

  test("a matched row counts as updated, changed or not", async () => {
    const users = await usersTable();
    expect((await users.update({ set: { name: "name" } })).metrics).toMatchObject({ rowsUpdated: 3, rowsCopied: 0 });
    expect(
      (
        await users
          .merge({ source: [ann], on: ["user_id"] })
          .whenMatchedUpdateAll()
          .execute()
      ).metrics,
    ).toMatchObject({ rowsUpdated: 1 });
  });
});
