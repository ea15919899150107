import { expect, test } from "vitest";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import { storeContract } from "../contracts/store-contract.js";
import { createCountingStore } from "./counting-store.js";

storeContract("the counting store", async () => ({ store: createCountingStore(createMemoryStore()) }));

test("records every call with its bytes, and can start over", async () => {
  const store = createCountingStore(createMemoryStore());
  await store.put("a", new Uint8Array(10));
  await store.putIfAbsent("b", new Uint8Array(5));
  const writer = await store.openWriter("c");
  await writer.write(new Uint8Array(7));
  await writer.write(new Uint8Array(1));
  await writer.close();
  await store.get("a", { range: { start: 2, end: 6 } });
  await store.head("a");
  for await (const _ of store.list());
  await store.delete(["a", "b"]);
  expect(store.requests).toEqual([
    { operation: "put", key: "a", bytes: 10, objects: 0 },
    { operation: "putIfAbsent", key: "b", bytes: 5, objects: 0 },
    { operation: "openWriter", key: "c", bytes: 8, objects: 0 },
    { operation: "get", key: "a", range: { start: 2, end: 6 }, bytes: 4, objects: 0 },
    { operation: "head", key: "a", bytes: 0, objects: 0 },
    { operation: "list", key: "", bytes: 0, objects: 3 },
    { operation: "delete", key: "a", bytes: 0, objects: 2 },
  ]);
  expect(store.totals()).toEqual({ requests: 7, bytesRead: 4, bytesWritten: 23 });
  expect([store.count(), store.count("get"), store.count("list")]).toEqual([7, 1, 1]);
  store.reset();
  expect(store.totals()).toEqual({ requests: 0, bytesRead: 0, bytesWritten: 0 });
});

test("a call that fails was made", async () => {
  const store = createCountingStore(createMemoryStore());
  await expect(store.get("a")).rejects.toThrow();
  expect(store.requests).toMatchObject([{ operation: "get", key: "a", bytes: 0 }]);
});
