import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readRoaring } from "../../src/columnar/roaring.js";
import { hasRow, rowSetOfWords, rowsInside, withoutRows, type RowSet } from "../../src/columnar/row-set.js";
import { writeRoaring, type ContainerForm } from "./write-roaring.js";

const forms: readonly ContainerForm[] = ["array", "bitmap", "run"];

/** Scattered members, runs, and whole containers, so that every kind of container is met. */
const members = fc
  .array(
    fc.oneof(
      fc.tuple(fc.nat(300_000), fc.constant(1)),
      fc.tuple(fc.nat(300_000), fc.integer({ min: 2, max: 200 })),
      fc.tuple(fc.nat(300_000), fc.integer({ min: 4000, max: 9000 })),
    ),
    { maxLength: 4 },
  )
  .map((runs) => {
    const all = new Set<number>();
    for (const [start, length] of runs) for (let i = 0; i < length; i++) all.add(start + i);
    return [...all].sort((a, b) => a - b);
  });

function setOf(rows: readonly number[]): RowSet {
  const words = new Uint32Array(Math.ceil(((rows.at(-1) ?? -1) + 1) / 32));
  for (const row of rows) words[row >>> 5] = (words[row >>> 5] ?? 0) | (1 << (row & 31));
  return rowSetOfWords(words);
}

describe("row sets", () => {
  test("are what a set of numbers is", () => {
    fc.assert(
      fc.property(members, fc.nat(300_000), fc.nat(5000), (rows, start, length) => {
        const set = setOf(rows);
        const naive = new Set(rows);
        const range = Array.from({ length }, (_, i) => start + i);
        expect(set.cardinality).toBe(rows.length);
        expect(range.filter((row) => hasRow(set, row))).toEqual(range.filter((row) => naive.has(row)));
        expect([...rowsInside(set, start, start + length)]).toEqual(range.filter((row) => naive.has(row)));
        const some = Int32Array.from(range.filter((row) => row % 3 === 0));
        expect([...withoutRows(some, set)]).toEqual([...some].filter((row) => !naive.has(row)));
      }),
      { numRuns: 40 },
    );
  });

  test("reach to the last row that a file can have", () => {
    const set = setOf([5]);
    expect(hasRow(set, 2 ** 31 - 1)).toBe(false);
    expect([...rowsInside(set, 2 ** 31 - 40, 2 ** 31 - 1)]).toEqual([]);
  });
});

describe("Roaring bitmaps", () => {
  test("are read from any mix of containers", () => {
    fc.assert(
      fc.property(members, fc.array(fc.constantFrom(...forms), { minLength: 8, maxLength: 8 }), (rows, wishes) => {
        const bytes = writeRoaring(rows, (i) => wishes[i % 8] ?? "array");
        const read = readRoaring(Uint8Array.from([...bytes, 1, 2, 3]), 2 ** 31);
        if ("problem" in read) throw new Error(read.problem);
        expect(read.size).toBe(bytes.length);
        expect([...rowsInside(rowSetOfWords(read.words), 0, read.words.length * 32)]).toEqual(rows);
      }),
      { numRuns: 20 },
    );
  });

  test("that are cut off or changed are told or read, and never end in another error", () => {
    const rows = Array.from({ length: 9000 }, (_, i) => i * 17);
    const written = new Map(forms.map((form) => [form, writeRoaring(rows, () => form)]));
    fc.assert(
      fc.property(fc.constantFrom(...forms), fc.nat(), fc.nat(255), fc.boolean(), (form, at, byte, cut) => {
        const bytes = written.get(form) ?? new Uint8Array(0);
        const damaged = cut ? bytes.subarray(0, at % bytes.length) : bytes.with(at % bytes.length, byte);
        const read = readRoaring(damaged, 2 ** 31);
        if (cut) expect(read).toHaveProperty("problem");
        else if (!("problem" in read)) expect(read.size).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 300 },
    );
  });

  test("that reach the limit are refused before anything is allocated for them", () => {
    expect(
      readRoaring(
        writeRoaring([2 ** 31], () => "array"),
        2 ** 31,
      ),
    ).toHaveProperty("problem");
  });
});
