import { expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { open, smallTable } from "../adversarial/small-table.js";
import { createFaultyStore } from "../doubles/faulty-store.js";

// What the simulation found, each without it.

test("a store that fails while a checkpoint is read back has not damaged it", async () => {
  const store = createFaultyStore(await smallTable());
  const fault = store.inject({ operation: "get", key: /checkpoint\.parquet$/, effect: { kind: "fail-before" } });
  const error: unknown = await (await open(store)).checkpoint().catch((reason: unknown) => reason);
  expect(fault.hits).toBe(1);
  expect(LakeError.is(error, "storage/unavailable")).toBe(true);
});
