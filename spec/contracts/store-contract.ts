import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ListOptions, ObjectMeta, ObjectStore } from "../../src/storage/object-store.js";

/** An empty store, and what to do with it afterwards. */
export interface StoreUnderTest {
  readonly store: ObjectStore;
  readonly cleanup?: (() => Promise<void>) | undefined;
}

/** Everything that the prose of `ObjectStore` promises. Every store and every wrapper of one keeps it. */
export function storeContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps the store contract`, () => {
    let subject: StoreUnderTest;
    const store = (): ObjectStore => subject.store;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.cleanup?.());
    readContract(store);
    writeContract(store);
    putIfAbsentContract(store);
    writerContract(store);
    listContract(store, make);
    deleteContract(store);
    refusalContract(store);
  });
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const read = async (store: ObjectStore, key: string): Promise<string> => new TextDecoder().decode(await store.get(key));

async function listed(store: ObjectStore, options?: ListOptions): Promise<ObjectMeta[]> {
  const metas: ObjectMeta[] = [];
  for await (const meta of store.list(options)) metas.push(meta);
  return metas;
}

async function keysOf(store: ObjectStore, options?: ListOptions): Promise<string[]> {
  return (await listed(store, options)).map((meta) => meta.key);
}

const awkwardKeys = [
  "plain",
  "day=2026-01-01/part 0.parquet",
  "100%25 + #1?.json",
  "%2e%2e/%2F",
  "größe=klein/ключ/キー/😀.parquet",
  "a\\b:c*d\"e<f>g|h'i`j",
  "\ue000 private/\uffee",
  "line\nbreak\ttab",
  "...",
  ".hidden/_under/.crc",
  " leading and trailing ",
  "deep/er/and/deep/er/and/deep/er/x",
];

function readContract(store: () => ObjectStore): void {
  describe("reading", () => {
    test.each(awkwardKeys)("the key %j is read, looked at and listed as it was written", async (key) => {
      await store().put(key, text(key));
      expect(await read(store(), key)).toBe(key);
      const meta = await store().head(key);
      expect(meta).toEqual({ key, size: text(key).length, modifiedMs: expect.any(Number) });
      expect(Number.isSafeInteger(meta?.modifiedMs)).toBe(true);
      expect(await listed(store())).toEqual([meta]);
    });

    test("any range of an object gives exactly its bytes", async () => {
      const bytes = randomBytes(100_000);
      await store().put("object", bytes);
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes.length), fc.nat(bytes.length), async (a, b) => {
          const range = { start: Math.min(a, b), end: Math.max(a, b) };
          const part = await store().get("object", { range });
          expect(Buffer.compare(part, bytes.subarray(range.start, range.end))).toBe(0);
          expect(part.buffer.byteLength).toBe(part.byteLength);
        }),
        {
          numRuns: 60,
          examples: [
            [0, 0],
            [0, 100_000],
            [100_000, 100_000],
          ],
        },
      );
    });

    test.each([
      [0, 11],
      [10, 11],
      [11, 11],
      [5, 4],
      [-1, 3],
      [0.5, 2],
      [Number.NaN, 2],
    ])("the range [%s, %s) of ten bytes is an error that names the object", async (start, end) => {
      await store().put("ten", new Uint8Array(10));
      await expect(store().get("ten", { range: { start, end } })).rejects.toMatchObject({
        code: "storage/io",
        message: expect.stringContaining('"ten"'),
        context: { url: store().url, key: "ten", operation: "get" },
      });
    });

    test("bytes that were read are the reader's own, whole or in part", async () => {
      await store().put("object", text("original"));
      const whole = await store().get("object");
      const part = await store().get("object", { range: { start: 2, end: 6 } });
      for (const bytes of [whole, part]) {
        expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
        expect(bytes.byteOffset).toBe(0);
        structuredClone(bytes, { transfer: [bytes.buffer as ArrayBuffer] });
      }
      expect(await read(store(), "object")).toBe("original");
    });

    test("what is not there is storage/not-found to get and undefined to head", async () => {
      await store().put("folder/object", text("x"));
      for (const key of ["nothing", "folder", "folder/obj", "folder/object.crc", "no/folder/here"]) {
        expect(await store().head(key)).toBeUndefined();
        for (const range of [undefined, { start: 0, end: 0 }]) {
          await expect(store().get(key, { range })).rejects.toMatchObject({
            code: "storage/not-found",
            message: expect.stringContaining(JSON.stringify(key)),
            context: { url: store().url, key, operation: "get" },
          });
        }
      }
    });
  });
}

function writeContract(store: () => ObjectStore): void {
  describe("writing", () => {
    test("put replaces the whole object", async () => {
      await store().put("object", text("long content"));
      await store().put("object", text("short"));
      expect(await read(store(), "object")).toBe("short");
      expect(await store().head("object")).toMatchObject({ size: 5 });
    });

    test("an object of no bytes is an object", async () => {
      await store().put("put", new Uint8Array());
      expect(await store().putIfAbsent("putIfAbsent", new Uint8Array())).toBe("created");
      await (await store().openWriter("writer")).close();
      expect((await listed(store())).map(({ key, size }) => [key, size])).toEqual([
        ["put", 0],
        ["putIfAbsent", 0],
        ["writer", 0],
      ]);
      expect((await store().get("put")).length).toBe(0);
      expect(await store().putIfAbsent("put", text("x"))).toBe("exists");
    });

    test("objects of some megabytes come back as they were", async () => {
      const bytes = randomBytes(5 << 20);
      await store().put("put", bytes);
      await store().putIfAbsent("putIfAbsent", bytes);
      const writer = await store().openWriter("writer");
      for (let start = 0; start < bytes.length; start += 1_000_003) await writer.write(bytes.subarray(start, start + 1_000_003));
      await writer.close();
      for (const key of ["put", "putIfAbsent", "writer"]) expect(Buffer.compare(await store().get(key), bytes)).toBe(0);
    });

    test("the caller may change the bytes once the write has resolved", async () => {
      const bytes = text("before");
      await store().put("put", bytes);
      await store().putIfAbsent("putIfAbsent", bytes);
      bytes.fill(0);
      expect(await read(store(), "put")).toBe("before");
      expect(await read(store(), "putIfAbsent")).toBe("before");
    });

    test("part of a larger buffer is written as that part", async () => {
      await store().put("part", text("0123456789").subarray(3, 6));
      expect(await read(store(), "part")).toBe("345");
    });

    test("a reader of an object that is replaced sees one of its contents, whole", async () => {
      const content = (version: number): Uint8Array => new Uint8Array(10_000 + version).fill(version);
      await store().put("object", content(1));
      let writing = true;
      const write = async (): Promise<void> => {
        for (let version = 2; version <= 30; version += 1) await store().put("object", content(version));
        writing = false;
      };
      const readers = async (): Promise<void> => {
        let newest = 1;
        while (writing) {
          const bytes = await store().get("object");
          const version = bytes[0] ?? 0;
          expect(Buffer.compare(bytes, content(version))).toBe(0);
          expect(version).toBeGreaterThanOrEqual(newest);
          newest = version;
        }
      };
      await Promise.all([write(), readers(), readers()]);
    });
  });
}

function putIfAbsentContract(store: () => ObjectStore): void {
  describe("putIfAbsent", () => {
    test("of many rivals exactly one creates the object, and it is that one's", async () => {
      for (let version = 0; version < 5; version += 1) {
        const key = `_delta_log/${String(version).padStart(20, "0")}.json`;
        const rivals = Array.from({ length: 20 }, (_, rival) => `${rival} wrote ${"x".repeat(rival * 100)}`);
        const outcomes = await Promise.all(rivals.map((content) => store().putIfAbsent(key, text(content))));
        expect(outcomes.filter((outcome) => outcome === "created")).toHaveLength(1);
        expect(await read(store(), key)).toBe(rivals[outcomes.indexOf("created")]);
      }
      expect(await keysOf(store())).toHaveLength(5);
    });

    test("leaves what is there", async () => {
      await store().put("object", text("first"));
      expect(await store().putIfAbsent("object", text("second"))).toBe("exists");
      expect(await read(store(), "object")).toBe("first");
    });

    test("creates again what was deleted", async () => {
      await store().putIfAbsent("object", text("first"));
      await store().delete(["object"]);
      expect(await store().putIfAbsent("object", text("second"))).toBe("created");
      expect(await read(store(), "object")).toBe("second");
    });
  });
}

function writerContract(store: () => ObjectStore): void {
  describe("openWriter", () => {
    test("shows nothing before close, and then everything", async () => {
      const writer = await store().openWriter("folder/object");
      for (const part of ["one ", "", "two ", "three"]) {
        await writer.write(text(part));
        expect(await store().head("folder/object")).toBeUndefined();
        expect(await listed(store())).toEqual([]);
        await expect(store().get("folder/object")).rejects.toMatchObject({ code: "storage/not-found" });
      }
      const meta = await writer.close();
      expect(await read(store(), "folder/object")).toBe("one two three");
      expect(meta).toEqual({ key: "folder/object", size: 13, modifiedMs: expect.any(Number) });
      expect(await store().head("folder/object")).toEqual(meta);
      expect(await listed(store())).toEqual([meta]);
    });

    test("abort leaves nothing, and what was there before stays", async () => {
      await store().put("kept", text("kept"));
      for (const key of ["kept", "fresh"]) {
        const writer = await store().openWriter(key);
        await writer.write(text("dropped"));
        await writer.abort();
        await writer.abort();
      }
      expect(await keysOf(store())).toEqual(["kept"]);
      expect(await read(store(), "kept")).toBe("kept");
    });

    test("abort after close changes nothing", async () => {
      const writer = await store().openWriter("object");
      await writer.write(text("stays"));
      await writer.close();
      await writer.abort();
      expect(await read(store(), "object")).toBe("stays");
    });

    test("overwrites what close finds, whole", async () => {
      const [first, second] = await Promise.all([store().openWriter("object"), store().openWriter("object")]);
      await first.write(text("first"));
      await second.write(text("second, longer"));
      await second.close();
      expect(await read(store(), "object")).toBe("second, longer");
      await first.close();
      expect(await read(store(), "object")).toBe("first");
    });

    test("a writer that has ended takes nothing more", async () => {
      const closed = await store().openWriter("closed");
      await closed.close();
      const aborted = await store().openWriter("aborted");
      await aborted.abort();
      for (const writer of [closed, aborted]) {
        await expect(writer.write(text("late"))).rejects.toMatchObject({ code: "internal/assertion" });
        await expect(writer.close()).rejects.toMatchObject({ code: "internal/assertion" });
      }
      expect(await listed(store())).toMatchObject([{ key: "closed", size: 0 }]);
    });
  });
}

/** Characters around the slash ("!" "-" "." < "/" < "0"), around the surrogates, and those that URLs treat specially. */
const segment = fc
  .string({
    unit: fc.constantFrom("a", "B", ".", "-", "!", "0", " ", "%", "#", "+", "_", "é", "\ue000", "\uffee", "😀"),
    minLength: 1,
    maxLength: 3,
  })
  .filter((name) => name !== "." && name !== "..");
const someKey = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
/** No key is another's folder. */
const keySet = fc
  .uniqueArray(someKey, { maxLength: 25 })
  .map((keys) => keys.filter((key) => !keys.some((other) => other.startsWith(`${key}/`))));

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function naiveList(keys: readonly string[], { prefix = "", after, recursive = true }: ListOptions): string[] {
  return keys
    .filter((key) => key.startsWith(prefix) && (after === undefined || byBytes(key, after) > 0))
    .filter((key) => recursive || !key.slice(prefix.length).includes("/"))
    .sort(byBytes);
}

function listContract(store: () => ObjectStore, make: () => Promise<StoreUnderTest>): void {
  describe("listing", () => {
    test("gives the keys with the prefix, after a key, in the order of their UTF-8 bytes", async () => {
      const question = fc.record({
        pick: fc.nat(),
        cut: fc.nat(12),
        after: fc.option(fc.oneof(someKey, fc.nat()), { nil: undefined }),
        recursive: fc.constantFrom(undefined, true, false),
      });
      await fc.assert(
        fc.asyncProperty(keySet, fc.array(question, { minLength: 1, maxLength: 12 }), async (keys, questions) => {
          const { store: fresh, cleanup } = await make();
          for (const key of keys) await fresh.put(key, text(key));
          for (const { pick, cut, after, recursive } of questions) {
            const prefix = [...(keys[pick % Math.max(keys.length, 1)] ?? "")].slice(0, cut).join("");
            const start =
              typeof after === "number" ? [...(keys[after % Math.max(keys.length, 1)] ?? "")].slice(0, cut + 2).join("") : after;
            const options = { prefix, after: start, recursive };
            expect(await keysOf(fresh, options)).toEqual(naiveList(keys, options));
          }
          await cleanup?.();
        }),
        { numRuns: 40 },
      );
    });

    test("a folder's objects come where its slash sorts", async () => {
      const keys = ["a!", "a-b", "a.b", "a/b", "a/c/d", "a0", "a\ue000", "a😀"];
      for (const key of [...keys].reverse()) await store().put(key, text(key));
      expect(await keysOf(store())).toEqual(keys);
      expect(await keysOf(store(), { after: "a/" })).toEqual(keys.slice(3));
      expect(await keysOf(store(), { after: "a/b" })).toEqual(keys.slice(4));
      expect(await keysOf(store(), { after: "a/c/d" })).toEqual(keys.slice(5));
      expect(await keysOf(store(), { prefix: "a/" })).toEqual(["a/b", "a/c/d"]);
      expect(await keysOf(store(), { prefix: "a/", recursive: false })).toEqual(["a/b"]);
      expect(await keysOf(store(), { prefix: "a/c" })).toEqual(["a/c/d"]);
      expect(await keysOf(store(), { recursive: false })).toEqual(["a!", "a-b", "a.b", "a0", "a\ue000", "a😀"]);
    });

    test("where nothing is, nothing is listed", async () => {
      expect(await listed(store())).toEqual([]);
      await store().put("folder/object", text("x"));
      for (const prefix of ["folder/object/", "folder/x", "no/such/folder/", "folderobject"])
        expect(await listed(store(), { prefix })).toEqual([]);
      expect(await listed(store(), { after: "zzz" })).toEqual([]);
    });

    test("shows every object that stands throughout, though others come and go", async () => {
      const standing = Array.from({ length: 200 }, (_, index) => `f${index % 7}/${String(index).padStart(3, "0")}`);
      for (const key of standing) await store().put(key, text(key));
      let busy = true;
      const churn = async (): Promise<void> => {
        for (let index = 0; busy; index = (index + 1) % 100) {
          await store().put(`f${index % 7}/x${index}`, text("x"));
          await store().delete([`f${index % 7}/x${index}`]);
        }
      };
      const list = async (): Promise<void> => {
        for (let round = 0; round < 5; round += 1) {
          const keys = await keysOf(store());
          expect([...keys].sort(byBytes)).toEqual(keys);
          expect(keys.filter((key) => !key.includes("x"))).toEqual([...standing].sort(byBytes));
        }
        busy = false;
      };
      await Promise.all([churn(), list()]);
    });

    test("can be left early", async () => {
      for (const key of ["a", "b", "c"]) await store().put(key, text(key));
      const seen: string[] = [];
      for await (const { key } of store().list()) {
        seen.push(key);
        if (key === "b") break;
      }
      expect(seen).toEqual(["a", "b"]);
    });
  });
}

function deleteContract(store: () => ObjectStore): void {
  describe("deleting", () => {
    test("removes exactly the objects named, and those already gone are no error", async () => {
      const keys = Array.from({ length: 60 }, (_, index) => `f${index % 4}/${index}`);
      for (const key of keys) await store().put(key, text(key));
      await store().delete([...keys.slice(0, 50), "never/was", "f0"]);
      await store().delete(keys.slice(0, 50));
      await store().delete([]);
      expect(await keysOf(store())).toEqual(keys.slice(50).sort(byBytes));
      expect(await store().head("f0/0")).toBeUndefined();
    });

    test("a folder is no object: naming it deletes nothing below it", async () => {
      await store().put("folder/object", text("x"));
      await store().delete(["folder", "folder/object/below"]);
      expect(await keysOf(store())).toEqual(["folder/object"]);
    });

    test("one bad key and nothing is deleted", async () => {
      await store().put("object", text("x"));
      await expect(store().delete(["object", "../object"])).rejects.toMatchObject({ code: "storage/invalid-path" });
      expect(await keysOf(store())).toEqual(["object"]);
    });
  });
}

function refusalContract(store: () => ObjectStore): void {
  describe("refusing", () => {
    const bytes = text("x");
    const calls: Record<string, (key: string, signal?: AbortSignal) => Promise<unknown>> = {
      get: (key, signal) => store().get(key, { signal }),
      head: (key, signal) => store().head(key, { signal }),
      put: (key, signal) => store().put(key, bytes, { signal }),
      putIfAbsent: (key, signal) => store().putIfAbsent(key, bytes, { signal }),
      openWriter: (key, signal) => store().openWriter(key, { signal }),
      delete: (key, signal) => store().delete([key], { signal }),
      list: (key, signal) => listed(store(), { prefix: key, signal }),
    };

    test.each(["", "/a", "a/", "a//b", ".", "..", "./a", "a/./b", "a/../b", "../a", "a/..", "nul\0", "half \ud83d pair"])(
      "%j is no key",
      async (key) => {
        for (const [operation, run] of Object.entries(calls)) {
          if (operation === "list") continue;
          await expect(run(key), operation).rejects.toMatchObject({
            code: "storage/invalid-path",
            context: { url: store().url, key, operation },
          });
        }
        expect(await listed(store())).toEqual([]);
      },
    );

    test.each(["/", "//", "../", "a/../b", "a//", "./a", "nul\0", "half \ud83d"])("%j is no prefix", async (prefix) => {
      await expect(listed(store(), { prefix })).rejects.toMatchObject({
        code: "storage/invalid-path",
        context: { url: store().url, key: prefix, operation: "list" },
      });
    });

    test("a signal that has aborted stops every call, and nothing is written or deleted", async () => {
      await store().put("object", text("before"));
      const signal = AbortSignal.abort("enough");
      for (const [operation, run] of Object.entries(calls)) {
        for (const key of ["object", "fresh"]) await expect(run(key, signal), operation).rejects.toMatchObject({ code: "usage/aborted" });
      }
      expect(await keysOf(store())).toEqual(["object"]);
      expect(await read(store(), "object")).toBe("before");
    });

    test("a signal that aborts while a listing runs ends it", async () => {
      for (const key of ["a", "b", "c"]) await store().put(key, bytes);
      const controller = new AbortController();
      const run = async (): Promise<void> => {
        for await (const _ of store().list({ signal: controller.signal })) controller.abort();
      };
      await expect(run()).rejects.toMatchObject({ code: "usage/aborted" });
    });

    test.each(["write", "close"] as const)("a signal that aborts before %s publishes nothing", async (step) => {
      const controller = new AbortController();
      const writer = await store().openWriter("object", { signal: controller.signal });
      await writer.write(bytes);
      controller.abort();
      await expect(step === "write" ? writer.write(bytes) : writer.close()).rejects.toMatchObject({ code: "usage/aborted" });
      await writer.abort();
      expect(await listed(store())).toEqual([]);
    });
  });
}
