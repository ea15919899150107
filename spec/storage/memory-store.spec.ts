import { expect, test } from "vitest";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import { storeContract } from "../contracts/store-contract.js";

storeContract("the memory store", async () => ({ store: createMemoryStore() }));

test("its clock can be given", async () => {
  const store = createMemoryStore({ url: "memory://test", now: () => 1234.9 });
  await store.put("a", new Uint8Array(1));
  expect(await store.head("a")).toEqual({ key: "a", size: 1, modifiedMs: 1234 });
  expect(store.url).toBe("memory://test");
});

test("two stores without a name have two names", () => {
  expect(createMemoryStore().url).not.toBe(createMemoryStore().url);
});
