import { afterAll, beforeAll, expect, test } from "vitest";
import type { DeltaTable } from "../../src/api/delta-table.js";
import { LakeError } from "../../src/base/errors.js";
import { createFaultyStore } from "../doubles/faulty-store.js";
import { open, orphans, rowsOf, smallTable } from "./small-table.js";

type Verb = (table: DeltaTable, signal: AbortSignal) => Promise<unknown>;
const source = [
  { k: 2, part: "a", v: 20 },
  { k: 9, part: "b", v: 90 },
];
const verbs: Readonly<Record<string, Verb>> = {
  append: (table, signal) => table.append(source, { signal }),
  overwrite: (table, signal) => table.overwrite(source, { signal, where: "k in (2, 9)" }),
  delete: (table, signal) => table.delete({ where: "k = 1", signal }),
  update: (table, signal) => table.update({ set: { v: "v + 1" }, signal }),
  merge: (table, signal) =>
    table
      .merge({ source, on: ["k"], signal })
      .whenMatchedUpdateAll()
      .whenNotMatchedInsertAll()
      .execute(),
  toArray: (table, signal) => table.toArray({ where: "v > 1", signal }),
  count: (table, signal) => table.count({ where: "v > 1", signal }),
};

const unhandled: unknown[] = [];
const note = (error: unknown): number => unhandled.push(error);
beforeAll(() => void process.on("unhandledRejection", note));
afterAll(() => {
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

test.each(Object.entries(verbs))("%s, aborted at any call of the store, has happened or not, and its handle goes on", async (_, verb) => {
  let aborted = 0;
  for (let calls = 0, struck = true; struck; calls++) {
    const inner = await smallTable();
    const before = await rowsOf(inner);
    const faulty = createFaultyStore(inner);
    const table = await open(faulty);
    const stop = new AbortController();
    // Before the call is carried out or a little after it began: the work under way differs.
    const until = async (): Promise<void> => {
      stop.abort();
      if (calls % 2 === 1) await new Promise((resolve) => setTimeout(resolve, 2));
    };
    const fault = faulty.inject({ effect: { kind: "delay", until }, skip: calls });
    const failure = await verb(table, stop.signal).then(
      () => undefined,
      (error: unknown) => error,
    );
    struck = fault.hits > 0;
    const told = `call ${calls}: ${String(failure)}`;
    if (failure !== undefined) {
      aborted += 1;
      expect(LakeError.is(failure, "usage/aborted"), told).toBe(true);
      expect(table.version, told).toBe(2);
      expect(await rowsOf(inner), told).toEqual(before);
      expect(await orphans(inner), told).toEqual([]);
    }
    const { length } = await rowsOf(inner);
    await table.append([{ k: 77, part: "c", v: 7 }]);
    expect((await rowsOf(inner)).length, told).toBe(length + 1);
  }
  expect(aborted).toBeGreaterThan(2);
});
