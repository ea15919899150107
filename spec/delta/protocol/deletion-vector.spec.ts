import { expect, test } from "vitest";
import { crc32 } from "node:zlib";
import { rowsInside } from "../../../src/columnar/row-set.js";
import type { DeletionVectorDescriptor } from "../../../src/delta/protocol/actions.js";
import { decodeVector, locateVector, unwrapVector } from "../../../src/delta/protocol/deletion-vector.js";
import { decodeZ85 } from "../../../src/delta/protocol/z85.js";
import { LakeError } from "../../../src/base/errors.js";
import { writeRoaring } from "../../columnar/write-roaring.js";

const example: DeletionVectorDescriptor = {
  storageType: "i",
  pathOrInlineDv: "wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L",
  sizeInBytes: 40,
  cardinality: 6,
};

function rowsOf(bitmap: Uint8Array, vector: DeletionVectorDescriptor): number[] {
  const set = decodeVector(bitmap, vector, "a.parquet");
  return [...rowsInside(set, 0, set.words.length * 32)];
}

function problemOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (LakeError.is(error, "delta/corrupt-log")) return error.message;
    throw error;
  }
  return "none";
}

/** `key` null: Spark's earlier format, whose bitmaps stand after their size. */
function array(magic: number, buckets: readonly { readonly key: number; readonly rows: readonly number[] }[]): Uint8Array {
  const isNative = magic === 1681511376;
  const u32 = (n: number): number[] => [n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24];
  const parts = buckets.map(({ key, rows }) => {
    const bytes = writeRoaring(rows, () => "array");
    return [...u32(isNative ? bytes.length : key), ...bytes];
  });
  return Uint8Array.from([...u32(magic), ...u32(buckets.length), ...(isNative ? [] : u32(0)), ...parts.flat()]);
}

test("PROTOCOL.md's inline example names the rows that it says", () => {
  const location = locateVector(example, "a.parquet");
  if (location.kind !== "inline") throw new Error("the example is inline");
  expect(rowsOf(location.bitmap, example)).toEqual([3, 4, 7, 11, 18, 29]);
});

test("PROTOCOL.md's relative example lies where it says, its bytes between size and checksum", () => {
  const vector: DeletionVectorDescriptor = {
    storageType: "u",
    pathOrInlineDv: "ab^-aqEH.-t@S}K{vb[*k^",
    offset: 4,
    sizeInBytes: 40,
    cardinality: 6,
  };
  const path = "ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin";
  expect(locateVector(vector, "a.parquet")).toEqual({ kind: "file", path, range: { start: 4, end: 52 } });
  const { offset: _, ...first } = vector;
  expect(locateVector(first, "a.parquet")).toMatchObject({ range: { start: 0 } });
  expect(locateVector({ ...vector, storageType: "p", pathOrInlineDv: "s3://t/x.bin" }, "a.parquet")).toMatchObject({
    path: "s3://t/x.bin",
  });
});

test("both formats of bitmap arrays are read, empty buckets included", () => {
  const rows = [0, 65_535, 65_536, 200_000];
  const vector = { ...example, cardinality: 4 };
  expect(rowsOf(array(1681511377, [{ key: 0, rows }]), vector)).toEqual(rows);
  expect(rowsOf(array(1681511376, [{ key: 0, rows }]), vector)).toEqual(rows);
  expect(rowsOf(array(1681511377, []), { ...example, cardinality: 0 })).toEqual([]);
  expect(
    rowsOf(
      array(1681511376, [
        { key: 0, rows },
        { key: 1, rows: [] },
      ]),
      vector,
    ),
  ).toEqual(rows);
});

test("what does not add up is told: magic, cardinality, rows beyond any file, cut off", () => {
  const bitmap = array(1681511377, [{ key: 0, rows: [1, 2] }]);
  const two = { ...example, cardinality: 2 };
  expect(problemOf(() => rowsOf(bitmap, two))).toBe("none");
  expect(problemOf(() => rowsOf(bitmap, { ...two, cardinality: 3 }))).toContain("it has 2 rows where the log says 3");
  expect(problemOf(() => rowsOf(bitmap.with(0, 7), two))).toContain("magic number");
  expect(problemOf(() => rowsOf(array(1681511377, [{ key: 1, rows: [1, 2] }]), two))).toContain("which no file has");
  for (let size = 0; size < bitmap.length; size++) expect(problemOf(() => rowsOf(bitmap.subarray(0, size), two))).not.toBe("none");
});

test("the bytes of a file are checked against size and checksum, each bit of them", () => {
  const bitmap = array(1681511377, [{ key: 0, rows: [1, 2] }]);
  const stored = new Uint8Array(bitmap.length + 8);
  const view = new DataView(stored.buffer);
  view.setInt32(0, bitmap.length);
  stored.set(bitmap, 4);
  view.setUint32(4 + bitmap.length, crc32(bitmap));
  const vector: DeletionVectorDescriptor = { ...example, storageType: "u", sizeInBytes: bitmap.length, cardinality: 2 };
  expect(unwrapVector(stored, vector, "a.parquet")).toEqual(bitmap);
  for (let at = 0; at < stored.length; at++) {
    const damaged = stored.with(at, (stored[at] ?? 0) ^ (1 << (at & 7)));
    expect(problemOf(() => unwrapVector(damaged, vector, "a.parquet"))).not.toBe("none");
  }
});

test("a descriptor that names nothing is damage of the log", () => {
  expect(problemOf(() => locateVector({ ...example, pathOrInlineDv: '"~' }, "a"))).toContain("base85");
  expect(problemOf(() => locateVector({ ...example, storageType: "u", pathOrInlineDv: "short" }, "a"))).toContain("uuid");
});

test("Z85 is that of its specification", () => {
  expect(decodeZ85("HelloWorld")).toEqual(Uint8Array.of(0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b));
  expect(decodeZ85("")).toEqual(new Uint8Array(0));
  expect(decodeZ85("Hell")).toBeUndefined();
  expect(decodeZ85("Hello Worl")).toBeUndefined();
  expect(decodeZ85("#####")).toBeUndefined();
  expect(decodeZ85("Helloé1234")).toBeUndefined();
});
