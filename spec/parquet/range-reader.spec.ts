import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MERGE_GAP_BYTES, bytesRangeReader, mergeRanges, storeRangeReader } from "../../src/parquet/range-reader.js";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import { createCountingStore } from "../doubles/counting-store.js";

const content = Uint8Array.from({ length: 3000 }, (_, i) => (i * 7919) & 255);
const range = fc.tuple(fc.nat(3000), fc.nat(3000)).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));
const ranges = fc.array(range, { maxLength: 8 });

async function storeWith(bytes: Uint8Array) {
  const store = createCountingStore(createMemoryStore());
  await store.put("dir/file", bytes);
  store.reset();
  return store;
}

describe("a range reader", () => {
  test("gives the bytes of every range, in the order asked for, whatever it merges", async () => {
    const store = await storeWith(content);
    await fc.assert(
      fc.asyncProperty(ranges, async (wanted) => {
        const hex = (pieces: readonly Uint8Array[]) => pieces.map((bytes) => Buffer.from(bytes).toString("hex"));
        const expected = hex(wanted.map(({ start, end }) => content.slice(start, end)));
        const fromStore = await storeRangeReader(store, { key: "dir/file", size: content.length }).read(wanted);
        const fromMemory = await bytesRangeReader("f", content).read(wanted);
        expect(hex(fromStore)).toEqual(expected);
        expect(hex(fromMemory)).toEqual(expected);
      }),
    );
  });

  test("fetches near ranges with one request and far ones with several", async () => {
    const store = await storeWith(new Uint8Array(4 * MERGE_GAP_BYTES));
    const file = storeRangeReader(store, { key: "dir/file", size: 4 * MERGE_GAP_BYTES });
    await file.read([
      { start: 100, end: 200 },
      { start: 10, end: 20 },
    ]);
    expect(store.requests.map(({ range }) => range)).toEqual([{ start: 10, end: 200 }]);
    store.reset();
    await file.read([
      { start: 0, end: 1 },
      { start: MERGE_GAP_BYTES + 2, end: MERGE_GAP_BYTES + 3 },
    ]);
    expect(store.count("get")).toBe(2);
  });

  test("asks for nothing when every range is empty", async () => {
    const store = await storeWith(content);
    expect(await storeRangeReader(store, { key: "dir/file", size: 3000 }).read([{ start: 5, end: 5 }])).toEqual([new Uint8Array(0)]);
    expect(store.count()).toBe(0);
  });

  test("merged requests are ascending, apart from each other, and hold every range", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2 ** 26), fc.nat(2 ** 22)), { maxLength: 20 }), (pairs) => {
        const wanted = pairs.map(([start, length]) => ({ start, end: start + length }));
        const merged = mergeRanges(wanted);
        for (const [i, { start, end }] of merged.entries()) {
          expect(end).toBeGreaterThan(start);
          if (i > 0) expect(start).toBeGreaterThanOrEqual(merged[i - 1]?.end ?? 0);
        }
        for (const { start, end } of wanted) {
          if (end > start) expect(merged.some((request) => request.start <= start && request.end >= end)).toBe(true);
        }
      }),
    );
  });

  test("a file shorter than it should be is damaged, and both sizes are told", async () => {
    const store = await storeWith(content);
    await expect(storeRangeReader(store, { key: "dir/file", size: 9999 }).read([{ start: 2990, end: 9999 }])).rejects.toMatchObject({
      name: "LakeError",
      code: "parquet/corrupt",
      message: expect.stringMatching(/dir\/file is damaged: it was cut off, it has 3000 bytes and should have 9999/),
      context: { bytes: 3000, expectedBytes: 9999 },
    });
  });

  test("a file that is not there is said to be missing, and what that means", async () => {
    const store = await storeWith(content);
    await expect(storeRangeReader(store, { key: "dir/gone", size: 10 }).read([{ start: 0, end: 10 }])).rejects.toMatchObject({
      name: "LakeError",
      code: "storage/not-found",
      message: expect.stringMatching(/dir\/gone is named by its table and is not there\. A vacuum/),
      context: { key: "dir/gone", path: expect.stringMatching(/dir\/gone$/) },
    });
  });

  test("passes other refusals of the store on: a range that is none", async () => {
    const store = await storeWith(content);
    await expect(storeRangeReader(store, { key: "dir/file", size: 3000 }).read([{ start: -5, end: 10 }])).rejects.toMatchObject({
      name: "LakeError",
      code: "storage/io",
    });
  });
});
