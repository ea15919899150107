import { describe, expect, test } from "vitest";
import type { DeltaTable } from "../../src/api/delta-table.js";
import { LakeError } from "../../src/base/errors.js";
import { createFaultyStore, type FaultEffect } from "../doubles/faulty-store.js";
import { open, orphans, rowsOf, smallTable } from "./small-table.js";

/** More calls than any verb makes here. */
const callsMax = 200;
const versionBefore = 2;
const source = [
  { k: 2, part: "a", v: 20 },
  { k: 9, part: "b", v: 90 },
];

type Verb = (table: DeltaTable) => Promise<unknown>;
const verbs: Readonly<Record<string, Verb>> = {
  append: (table) => table.append(source),
  overwrite: (table) => table.overwrite(source),
  "overwrite where": (table) => table.overwrite([{ k: 2, part: "a", v: 5 }], { where: "k <= 2" }),
  delete: (table) => table.delete("k = 1 or part = 'b'"),
  update: (table) => table.update({ set: { v: "v + 1000" }, where: "k > 1" }),
  merge: (table) =>
    table
      .merge({ source, on: ["k"] })
      .whenMatchedUpdateAll()
      .whenNotMatchedInsertAll()
      .execute(),
};
const effects: readonly FaultEffect[] = [{ kind: "fail-before" }, { kind: "no-space" }, { kind: "lose-reply" }, { kind: "echo" }];
const cases = Object.keys(verbs).flatMap((name) => effects.map((effect) => [name, effect.kind, effect] as const));

describe("a store that goes wrong at any one call leaves the table as it was, or changed once", () => {
  test.each(cases)("%s, %s", async (name, _, effect) => {
    const verb = verbs[name] as Verb;
    const before = await rowsOf(await smallTable());
    const changed = await smallTable();
    await verb(await open(changed));
    const after = await rowsOf(changed);
    let commits = 0;
    let calls = 0;
    for (let struck = true; struck; calls++) {
      expect(calls).toBeLessThan(callsMax);
      const inner = await smallTable();
      const faulty = createFaultyStore(inner);
      const table = await open(faulty);
      const fault = faulty.inject({ effect, skip: calls });
      const failure = await verb(table).then(
        () => undefined,
        (error: unknown) => error,
      );
      struck = fault.hits > 0;
      faulty.heal();
      const told = `call ${calls}: ${failure instanceof Error ? failure.message : "no failure"}`;
      expect(failure === undefined || failure instanceof LakeError, told).toBe(true);
      const { version } = await open(inner);
      const isCommitted = version > versionBefore;
      expect(version, told).toBeLessThanOrEqual(versionBefore + 1);
      expect(await rowsOf(inner), told).toEqual(isCommitted ? after : before);
      if (isCommitted) commits += 1;
      else expect(failure, told).toBeDefined();
      if (failure !== undefined && isCommitted) expect(LakeError.is(failure, "delta/commit-unknown"), told).toBe(true);
      if (!LakeError.is(failure, "delta/commit-unknown")) expect(await orphans(inner), told).toEqual([]);
      await table.refresh();
      await table.append([{ k: 77, part: "c", v: 7 }]);
      expect((await rowsOf(inner)).length, told).toBe((isCommitted ? after : before).length + 1);
    }
    expect(commits).toBeGreaterThan(0);
  });
});

test("a store that stays dead from any call on loses no row, and a later process goes on", async () => {
  for (const [name, verb] of Object.entries(verbs)) {
    const before = await rowsOf(await smallTable());
    const changed = await smallTable();
    await verb(await open(changed));
    const after = await rowsOf(changed);
    for (let calls = 0, alive = true; alive; calls++) {
      const inner = await smallTable();
      const faulty = createFaultyStore(inner);
      const table = await open(faulty);
      const fault = faulty.inject({ effect: { kind: "delay", until: async () => faulty.kill() }, skip: calls });
      const failure = await verb(table).then(
        () => undefined,
        (error: unknown) => error,
      );
      alive = fault.hits > 0;
      const isCommitted = (await open(inner)).version > versionBefore;
      expect(failure === undefined || failure instanceof LakeError, `${name}, call ${calls}: ${String(failure)}`).toBe(true);
      if (failure === undefined) expect(isCommitted, `${name}, call ${calls}`).toBe(true);
      expect(await rowsOf(inner), `${name}, call ${calls}`).toEqual(isCommitted ? after : before);
    }
  }
});
