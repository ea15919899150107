import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Field, Schema } from "apache-arrow";
import { isNullAt, nullCountOf, nullMask } from "../../src/columnar/access.js";
import { batchBytes, batchOf, columnsOf } from "../../src/columnar/batch.js";
import { concatBatches, concatColumns } from "../../src/columnar/concat.js";
import { interleave } from "../../src/columnar/interleave.js";
import { sliceBatch, sliceColumn } from "../../src/columnar/slice.js";
import { createTaker, take, takeBatch } from "../../src/columnar/take.js";
import type { Column } from "../../src/columnar/column.js";
import { anySample, cellsOf, columnOf, flatTypes, nestedTypes, sampleOf, type Cell } from "./arbitrary-column.js";

const runs = { numRuns: 400 };

function expectCells(column: Column, cells: readonly Cell[]): void {
  expect(cellsOf(column)).toEqual(cells);
  expect(nullCountOf(column)).toBe(cells.filter((cell) => cell === null).length);
}

test("the arbitrary columns hold the cells they were made of", () => {
  fc.assert(
    fc.property(anySample, ({ column, cells }) => expectCells(column, cells)),
    runs,
  );
});

test("take gives the chosen rows, and null for -1", () => {
  const property = fc.property(
    anySample,
    fc.array(fc.nat(1000), { maxLength: 60 }),
    fc.boolean(),
    ({ column, cells }, picks, withMissing) => {
      const rows = Int32Array.from(picks, (pick) => (cells.length === 0 || (withMissing && pick % 7 === 0) ? -1 : pick % cells.length));
      expectCells(
        take(column, rows),
        [...rows].map((row) => (row < 0 ? null : (cells[row] ?? null))),
      );
    },
  );
  fc.assert(property, runs);
});

test("take of ascending rows with gaps keeps the runs between them", () => {
  const property = fc.property(anySample, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), ({ column, cells }, keep) => {
    const rows = cells.flatMap((_, row) => (keep[row] ? [row] : []));
    expectCells(
      take(column, Int32Array.from(rows)),
      rows.map((row) => cells[row] ?? null),
    );
    expectCells(
      createTaker(Int32Array.from(rows))(column),
      rows.map((row) => cells[row] ?? null),
    );
  });
  fc.assert(property, runs);
});

test("a taker copies long runs of rows", () => {
  const property = fc.property(
    fc.constantFrom(...flatTypes, ...nestedTypes).chain((type) => sampleOf(type, { maxLength: 200 })),
    fc.array(fc.nat(199), { maxLength: 4 }),
    ({ column, cells }, dropped) => {
      const rows = cells.flatMap((_, row) => (dropped.includes(row) ? [] : [row]));
      expectCells(createTaker(Int32Array.from([...rows, -1]))(column), [...rows.map((row) => cells[row] ?? null), null]);
    },
  );
  fc.assert(property, { numRuns: 200 });
});

test("take of rows that follow each other shares the memory of its column", () => {
  const column = columnOf({ kind: "int" }, [1, 2, 3, 4]);
  expect((take(column, Int32Array.of(1, 2)).values as Int32Array).buffer).toBe((column.values as Int32Array).buffer);
});

test("a slice has the rows of its range", () => {
  const property = fc.property(anySample, fc.nat(40), fc.nat(40), ({ column, cells }, a, b) => {
    const start = Math.min(a, cells.length);
    const end = Math.max(start, Math.min(b, cells.length));
    expectCells(sliceColumn(column, start, end), cells.slice(start, end));
  });
  fc.assert(property, runs);
});

test("concat has all rows in order", () => {
  const samples = fc
    .constantFrom(...flatTypes, ...nestedTypes)
    .chain((type) => fc.array(sampleOf(type, { maxLength: 20 }), { minLength: 1, maxLength: 4 }));
  const property = fc.property(samples, (parts) =>
    expectCells(
      concatColumns(parts.map((part) => part.column)),
      parts.flatMap((part) => part.cells),
    ),
  );
  fc.assert(property, runs);
});

test("interleave gives the chosen row of the chosen column", () => {
  const samples = fc
    .constantFrom(...flatTypes, ...nestedTypes)
    .chain((type) => fc.array(sampleOf(type, { maxLength: 20 }), { minLength: 2, maxLength: 3 }));
  const property = fc.property(
    samples,
    fc.array(fc.tuple(fc.nat(2), fc.nat(1000)), { maxLength: 50 }),
    fc.boolean(),
    (parts, picks, sorted) => {
      const chosen = picks.map(([pick, row]) => {
        const part = pick % parts.length;
        const { length } = parts[part]?.cells ?? [];
        return { part, row: length === 0 || row % 11 === 0 ? -1 : row % length };
      });
      if (sorted) chosen.sort((a, b) => a.part - b.part || a.row - b.row);
      const column = interleave(
        parts.map((part) => part.column),
        Uint8Array.from(chosen, ({ part }) => part),
        Int32Array.from(chosen, ({ row }) => row),
      );
      expectCells(
        column,
        chosen.map(({ part, row }) => (row < 0 ? null : (parts[part]?.cells[row] ?? null))),
      );
    },
  );
  fc.assert(property, runs);
});

test("interleave keeps long runs of one column around rows of another", () => {
  const samples = fc
    .constantFrom(...flatTypes, ...nestedTypes)
    .chain((type) => fc.tuple(sampleOf(type, { maxLength: 120 }), sampleOf(type, { maxLength: 10 })));
  const property = fc.property(samples, fc.array(fc.nat(119), { maxLength: 5 }), fc.nat(3), ([most, few], strangers, dropped) => {
    const picks = most.cells.flatMap((_, row) => {
      const stranger = few.cells.length > 0 && strangers.includes(row);
      return row === dropped ? [] : [stranger ? { part: 1, row: row % few.cells.length } : { part: 0, row }];
    });
    const column = interleave(
      [most.column, few.column],
      Uint16Array.from(picks, ({ part }) => part),
      Int32Array.from(picks, ({ row }) => row),
    );
    expectCells(
      column,
      picks.map(({ part, row }) => (part === 0 ? most : few).cells[row] ?? null),
    );
  });
  fc.assert(property, { numRuns: 200 });
});

test("the null mask says what isNullAt says", () => {
  const property = fc.property(anySample, ({ column, cells }) => {
    const mask = nullMask(column);
    cells.forEach((cell, row) => {
      expect(isNullAt(column, row)).toBe(cell === null);
      expect(mask?.[row] ?? 0).toBe(Number(cell === null));
    });
  });
  fc.assert(property, runs);
});

describe("batches", () => {
  const column = columnOf({ kind: "string" }, ["a", null, "bcd", "e"], [3, 2]);
  const numbers = columnOf({ kind: "long" }, [1n, 2n, null, 4n]);
  const schema = new Schema([new Field("s", column.type, true), new Field("n", numbers.type, true)]);
  const batch = batchOf(schema, [column, numbers], 4);

  test("are taken, sliced and concatenated column by column", () => {
    const taken = takeBatch(batch, Int32Array.of(3, 0));
    const joined = concatBatches(schema, [sliceBatch(batch, 1, 3), taken]);
    expect(columnsOf(joined).map(cellsOf)).toEqual([
      [null, "bcd", "e", "a"],
      [2n, null, 4n, 1n],
    ]);
  });

  test("of none, one without rows is made", () => {
    expect(concatBatches(schema, []).numRows).toBe(0);
    expect(String(concatBatches(schema, []).schema)).toBe(String(schema));
  });

  test("a slice counts its own bytes only", () => {
    // Bitmap, five offsets, six bytes of text, one of them behind a null; bitmap, four longs.
    expect(batchBytes(batch)).toBe(1 + 20 + 6 + 1 + 32);
    expect(batchBytes(sliceBatch(batch, 3, 4))).toBe(8 + 1 + 8);
  });

  test("a column of another length is refused", () => {
    expect(() => batchOf(schema, [column, sliceColumn(numbers, 0, 2)], 4)).toThrow(/every column/);
  });
});
