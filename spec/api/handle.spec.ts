import { describe, expect, test } from "vitest";
import { DeltaTable } from "../../src/index.js";
import { failureOf, idsOf, inThread, people, usersTable } from "./tables.js";

const { ann, bob } = people;
const dan = { ...ann, user_id: 4n };

describe("a handle is pinned to a snapshot", () => {
  test("it does not see what others commit, until refresh", async () => {
    const users = await usersTable();
    const other = await DeltaTable.open(users.url, inThread);
    await users.append([dan]);
    expect([other.version, await other.count()]).toEqual([1, 3]);
    expect(await other.refresh()).toBe(other);
    expect([other.version, await other.count()]).toEqual([2, 4]);
  });

  test("a read keeps the version it was called at, to the end of the iteration", async () => {
    const users = await usersTable();
    await users.append([dan]);
    const begun = users.rows();
    await begun.next();
    const notBegun = users.rows();
    await users.delete();
    expect([users.version, await users.count()]).toEqual([3, 0]);
    let rows = 1;
    for await (const _ of begun) rows += 1;
    expect(rows).toBe(4);
    rows = 0;
    for await (const _ of notBegun) rows += 1;
    expect(rows).toBe(4);
  });

  test("a write rebases over a rival's append and moves the handle to the version it committed", async () => {
    const users = await usersTable();
    const rival = await DeltaTable.open(users.url, inThread);
    await rival.append([dan]);
    const result = await users.append([{ ...bob, user_id: 5n }]);
    expect([result.version, users.version, await users.count()]).toEqual([3, 3, 5]);
  });

  test("a write whose rows a rival changed is a conflict that names rule and version, and changes nothing", async () => {
    const users = await usersTable();
    const rival = await DeltaTable.open(users.url, inThread);
    await rival.delete("user_id = 1");
    const error = await failureOf(users.update({ set: { name: "'x'" } }), "delta/conflict");
    expect(error.context).toMatchObject({ rule: expect.any(String), version: 2, readVersion: 1 });
    expect(users.version).toBe(1);
    expect(await idsOf(await users.refresh())).toHaveLength(2);
  });

  test("writes on one handle queue up", async () => {
    const users = await usersTable();
    const results = await Promise.all([users.append([dan]), users.delete("user_id = 1"), users.update({ set: { score: "0" } })]);
    expect(results.map(({ version }) => version)).toEqual([2, 3, 4]);
    expect(await idsOf(users)).toHaveLength(3);
  });

  test("a write that fails is its own caller's, and does not stop the next", async () => {
    const users = await usersTable();
    const [failed, appended] = await Promise.allSettled([users.delete("nme = 1"), users.append([dan])]);
    expect([failed.status, appended.status, users.version]).toEqual(["rejected", "fulfilled", 2]);
  });

  test("await using waits for the writes that are under way", async () => {
    const users = await usersTable();
    const writing = users.append([dan]);
    await users[Symbol.asyncDispose]();
    expect(users.version).toBe(2);
    await writing;
  });
});

describe("a handle at a version", () => {
  test("reads that version and refuses writes", async () => {
    const users = await usersTable();
    await users.delete("user_id = 1");
    for (const old of [await users.at({ version: 1 }), await DeltaTable.open<typeof ann>(users.url, { version: 1, ...inThread })]) {
      expect([old.version, await old.count()]).toEqual([1, 3]);
      for (const write of [
        () => old.append([dan]),
        () => old.overwrite([dan]),
        () => old.delete("true"),
        () => old.update({ set: { name: "'x'" } }),
        () =>
          old
            .merge({ source: [dan], on: ["user_id"] })
            .whenMatchedDelete()
            .execute(),
        () => old.alter.setProperties({ a: "b" }),
        () => old.checkpoint(),
        () => old.refresh(),
      ]) {
        const error = await failureOf(write, "table/read-only");
        expect(error.context).toMatchObject({ version: 1, url: users.url });
      }
    }
    expect((await users.refresh()).version).toBe(2);
  });

  test("a handle at the newest version by number refuses writes too", async () => {
    const users = await usersTable();
    await failureOf((await DeltaTable.open(users.url, { version: 1, ...inThread })).delete(), "table/read-only");
  });
});
