import { describe, expect, test } from "vitest";
import { DeltaTable, type TimeTravel } from "../../src/index.js";
import { failureOf, idsOf, inThread, people, usersTable } from "./tables.js";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Versions 0, 1 and 2, some time apart. */
async function threeVersions() {
  const users = await usersTable();
  await pause(15);
  await users.delete("user_id = 1");
  return users;
}

describe("time travel", () => {
  test("a version shows the rows as they were", async () => {
    const users = await threeVersions();
    expect(await idsOf(await users.at({ version: 1 }))).toHaveLength(3);
    expect(await idsOf(await users.at({ version: 0 }))).toHaveLength(0);
    expect(await idsOf(await DeltaTable.open<{ user_id: bigint }>(users.url, { version: 1, ...inThread }))).toHaveLength(3);
  });

  test("a timestamp means the newest version not later than it, in every spelling", async () => {
    const users = await threeVersions();
    const { timestamp } = await users.at({ version: 1 });
    const spellings: readonly TimeTravel["timestamp"][] = [
      timestamp,
      timestamp.getTime(),
      timestamp.toISOString(),
      timestamp.toISOString().replace("T", " ").replace("Z", "+00:00"),
      new Date(timestamp.getTime() + 3_600_000).toISOString().replace("Z", "+0100"),
    ];
    for (const spelling of spellings) {
      expect((await users.at({ timestamp: spelling ?? expect.fail("a spelling") })).version, String(spelling)).toBe(1);
      expect((await DeltaTable.open(users.url, { timestamp: spelling, ...inThread })).version, String(spelling)).toBe(1);
    }
    expect((await users.at({ timestamp: users.timestamp })).version).toBe(2);
  });

  test("before the first and after the last commit the error names the range", async () => {
    const users = await threeVersions();
    const [newest, , oldest] = await users.history();
    for (const timestamp of ["1999-01-01T00:00:00Z", "2999-01-01T00:00:00Z"]) {
      const error = await failureOf(users.at({ timestamp }), "delta/timestamp-out-of-range");
      expect(error.message).toContain(oldest?.timestamp.toISOString());
      expect(error.message).toContain(newest?.timestamp.toISOString());
    }
  });

  test("a version that is not there: the error names those that are", async () => {
    const users = await threeVersions();
    const error = await failureOf(users.at({ version: 3 }), "delta/no-such-version");
    expect(error.message).toMatch(/0 to 2/);
    await failureOf(DeltaTable.open(users.url, { version: 99 }), "delta/no-such-version");
  });

  test.each<[string, unknown]>([
    ["text without a zone", { timestamp: "2026-01-01T00:00:00" }],
    ["a day without a zone", { timestamp: "2026-01-01" }],
    ["other text", { timestamp: "yesterday" }],
    ["a day that is none", { timestamp: "2026-02-31T00:00:00Z" }],
    ["an invalid Date", { timestamp: new Date(Number.NaN) }],
  ])("%s is refused as a timestamp", async (_, when) => {
    const users = await usersTable();
    await failureOf(users.at(when as TimeTravel), "usage/invalid-timestamp");
  });

  test("other forms are refused", async () => {
    const users = await usersTable();
    for (const when of [{}, { version: 1, timestamp: 0 }, { version: -1 }, { version: 1.5 }, { version: "1" }, 1, undefined]) {
      await failureOf(() => users.at(when as unknown as TimeTravel), "usage/invalid-option");
    }
    expect(people.ann.user_id).toBe(1n);
  });
});
