import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import { storeContract } from "../contracts/store-contract.js";
import { createFaultyStore, type FaultyStore } from "./faulty-store.js";

storeContract("the faulty store without faults", async () => ({ store: createFaultyStore(createMemoryStore()) }));

describe("the faulty store", () => {
  const bytes = new Uint8Array([1, 2, 3, 4]);
  const create = (): FaultyStore => createFaultyStore(createMemoryStore());

  test("fails before: nothing is done", async () => {
    const store = create();
    const fault = store.inject({ effect: { kind: "fail-before" }, operation: "put" });
    await expect(store.put("a", bytes)).rejects.toMatchObject({ code: "storage/unavailable", context: { key: "a", operation: "put" } });
    expect(await store.head("a")).toBeUndefined();
    expect(fault.hits).toBe(1);
    await store.put("a", bytes);
  });

  test("a full disk is storage/no-space at any step of a write", async () => {
    for (const operation of ["openWriter", "write", "close"] as const) {
      const store = create();
      store.inject({ effect: { kind: "no-space" }, operation });
      const write = async (): Promise<void> => {
        const writer = await store.openWriter("a");
        await writer.write(bytes);
        await writer.close();
      };
      await expect(write()).rejects.toMatchObject({ code: "storage/no-space", context: { operation: "openWriter" } });
      expect(await store.head("a")).toBeUndefined();
    }
  });

  test("loses the reply: it is done, and the caller cannot know", async () => {
    const store = create();
    store.inject({ effect: { kind: "lose-reply" }, operation: "putIfAbsent" });
    await expect(store.putIfAbsent("a", bytes)).rejects.toMatchObject({ code: "storage/unavailable" });
    expect(await store.putIfAbsent("a", bytes)).toBe("exists");
  });

  test("echoes: the call meets its own object", async () => {
    const store = create();
    store.inject({ effect: { kind: "echo" }, operation: "putIfAbsent" });
    expect(await store.putIfAbsent("a", bytes)).toBe("exists");
    expect(await store.get("a")).toEqual(bytes);
  });

  test("delays until it is told", async () => {
    const store = create();
    let release = (): void => {};
    store.inject({ effect: { kind: "delay", until: () => new Promise<void>((resolve) => (release = resolve)) }, operation: "put" });
    const put = store.put("a", bytes);
    expect(await store.head("a")).toBeUndefined();
    release();
    await put;
    expect(await store.head("a")).toBeDefined();
  });

  test("truncates: the rest of the object is gone for whole and ranged reads", async () => {
    const store = create();
    await store.put("a", bytes);
    store.inject({ effect: { kind: "truncate", keepBytes: 2 }, operation: "get", times: 3 });
    expect(await store.get("a")).toEqual(bytes.slice(0, 2));
    expect(await store.get("a", { range: { start: 1, end: 2 } })).toEqual(bytes.slice(1, 2));
    await expect(store.get("a", { range: { start: 1, end: 3 } })).rejects.toMatchObject({ code: "storage/io", context: { size: 2 } });
    expect(await store.get("a")).toEqual(bytes);
  });

  test("strikes the calls that were named: operation, key, after so many, so often", async () => {
    const store = create();
    const fault = store.inject({ effect: { kind: "fail-before" }, operation: ["head", "list"], key: /^a/, skip: 1, times: 2 });
    const outcomes: string[] = [];
    for (const key of ["a", "b", "a1", "a2", "a3"]) {
      outcomes.push(
        await store.head(key).then(
          () => "done",
          () => "failed",
        ),
      );
    }
    expect(outcomes).toEqual(["done", "done", "failed", "failed", "done"]);
    expect(fault.hits).toBe(2);
    await store.get("a").catch(() => undefined);
    store.inject({ effect: { kind: "fail-before" }, operation: "delete", key: "b" });
    await expect(store.delete(["a", "b"])).rejects.toMatchObject({ code: "storage/unavailable" });
    store.inject({ effect: { kind: "fail-before" } });
    store.heal();
    await store.delete(["a", "b"]);
  });

  test("a dead process does nothing more", async () => {
    const store = create();
    const writer = await store.openWriter("a");
    store.kill();
    await expect(writer.close()).rejects.toMatchObject({ code: "storage/unavailable" });
    await writer.abort();
    await expect(store.put("a", bytes)).rejects.toThrow("dead");
    await expect(store.list()[Symbol.asyncIterator]().next()).rejects.toThrow("dead");
  });
});
