import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareColumns } from "../../src/columnar/compare.js";
import { extremeRows } from "../../src/columnar/extremes.js";
import { groupRows, rowsOfGroups } from "../../src/columnar/group.js";
import { hashRows } from "../../src/columnar/hash.js";
import { DISTINCT_VALUES_MAX } from "../../src/columnar/key-bounds.js";
import { buildKeyTable, createKeyTable } from "../../src/columnar/key-table.js";
import { sortRows } from "../../src/columnar/sort.js";
import { sortKeys } from "../../src/columnar/sorted-keys.js";
import type { DataType } from "../../src/schema/types.js";
import type { Value } from "../../src/schema/value.js";
import { cellArbitrary, cellsOf, columnOf, flatTypes, type Cell, type Sample } from "./arbitrary-column.js";

/** Spark's equality and order of flat cells, the slow way. */
function compareCells(a: Cell, b: Cell): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  if (typeof a === "number" && typeof b === "number" && (a !== a || b !== b)) return Number(a !== a) - Number(b !== b);
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

const equal = (a: Cell, b: Cell): boolean => compareCells(a, b) === 0;

/** Some key columns of one length. */
function keyRows(
  types: readonly DataType[],
  maxLength = 30,
): fc.Arbitrary<{ readonly columns: readonly Sample["column"][]; readonly rows: readonly (readonly Cell[])[] }> {
  return fc
    .tuple(fc.array(fc.tuple(...types.map((type) => cellArbitrary(type))), { maxLength }), fc.nat(5), fc.nat(5))
    .map(([rows, before, after]) => ({
      rows,
      columns: types.map((type, index) =>
        columnOf(
          type,
          rows.map((row) => row[index] ?? null),
          [before, after],
        ),
      ),
    }));
}

const keyTypes = fc.array(fc.constantFrom(...flatTypes), { minLength: 1, maxLength: 3 });

describe("a key table", () => {
  test("pairs each probe row with every build row of the same key, nulls by the rule of each key", () => {
    const inputs = keyTypes.chain((types) =>
      fc.tuple(
        fc.constant(types),
        fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
        fc.array(keyRows(types), { minLength: 1, maxLength: 3 }),
        keyRows(types),
      ),
    );
    let pairCount = 0;
    const property = fc.property(inputs, ([types, nullSafe, builds, probe]) => {
      const table = createKeyTable(types.map((type, index) => ({ type, nullSafe: nullSafe[index] ?? false })));
      for (const build of builds) table.add(build.columns, build.rows.length);
      const buildRows = builds.flatMap((build) => build.rows);
      const matches = (a: readonly Cell[], b: readonly Cell[]): boolean =>
        a.every((cell, index) => equal(cell, b[index] ?? null) && (cell !== null || nullSafe[index] === true));
      const expected = probe.rows.flatMap((row, p) => buildRows.flatMap((other, b) => (matches(row, other) ? [[p, b]] : [])));
      const { probeRows, buildRows: found } = table.probe(probe.columns, probe.rows.length);
      expect([...probeRows].map((row, i) => [row, found[i]])).toEqual(expected);
      const hits = new Set(expected.map(([row]) => row));
      expect([...table.matchesAny(probe.columns, probe.rows.length)]).toEqual(probe.rows.map((_, row) => Number(hits.has(row))));
      expect(table.rowCount).toBe(buildRows.length);
      pairCount += expected.length;
    });
    fc.assert(property, { numRuns: 500 });
    expect(pairCount).toBeGreaterThan(500);
  });

  test("knows the least and greatest value and the distinct values of each key", () => {
    const inputs = fc
      .constantFrom(...flatTypes)
      .chain((type) => fc.tuple(fc.constant(type), fc.array(keyRows([type]), { maxLength: 3 })));
    const property = fc.property(inputs, ([type, builds]) => {
      const table = createKeyTable([{ type, nullSafe: false }]);
      for (const build of builds) table.add(build.columns, build.rows.length);
      const cells = builds.flatMap((build) => build.rows.map((row) => row[0] ?? null));
      const values = cells.filter((cell) => cell !== null).toSorted(compareCells);
      const asCell = (value: unknown): Cell => (value instanceof Uint8Array ? `x${Buffer.from(value).toString("hex")}` : (value as Cell));
      const bounds = table.keyBounds(0);
      expect(bounds.hasNull).toBe(cells.includes(null));
      expect(bounds.min === undefined).toBe(values.length === 0);
      if (values.length > 0)
        expect(equal(asCell(bounds.min), values[0] ?? null) && equal(asCell(bounds.max), values.at(-1) ?? null)).toBe(true);
      const distinct = values.filter((value, index) => index === 0 || !equal(value, values[index - 1] ?? null));
      expect(bounds.distinct?.length).toBe(distinct.length);
      expect(bounds.distinct?.every((value, index) => equal(asCell(value), distinct[index] ?? null))).toBe(true);
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("gives up counting distinct values when there are many", () => {
    const count = DISTINCT_VALUES_MAX + 1;
    const column = columnOf(
      { kind: "long" },
      Array.from({ length: count * 20 }, (_, row) => BigInt(row % count)),
    );
    const table = buildKeyTable([{ type: { kind: "long" }, nullSafe: false }], [column], column.length);
    expect(table.keyBounds(0)).toMatchObject({ min: 0n, max: BigInt(count - 1), distinct: undefined });
  });

  test("of many rows with one key finds them all, in order", () => {
    const column = columnOf({ kind: "string" }, Array(5000).fill("same"));
    const table = buildKeyTable([{ type: { kind: "string" }, nullSafe: false }], [column], 5000);
    const { buildRows } = table.probe([columnOf({ kind: "string" }, ["other", "same"])], 2);
    expect(table.distinctKeys).toBe(1);
    expect(buildRows).toEqual(Int32Array.from({ length: 5000 }, (_, row) => row));
  });
});

test("rows of a group are equal in all columns, nulls too, and groups come in the order of their first rows", () => {
  const property = fc.property(
    keyTypes.chain((types) => keyRows(types, 40)),
    ({ columns, rows }) => {
      const groups = groupRows(columns, rows.length);
      const firsts: (readonly Cell[])[] = [];
      const expected = rows.map((row) => {
        const known = firsts.findIndex((first) => first.every((cell, index) => equal(cell, row[index] ?? null)));
        return known >= 0 ? known : firsts.push(row) - 1;
      });
      expect([...groups.groupOf]).toEqual(expected);
      expect([...groups.firstRow]).toEqual(firsts.map((first) => rows.indexOf(first)));
      expect(rowsOfGroups(groups).map((list) => [...list])).toEqual(
        firsts.map((_, group) => expected.flatMap((of, row) => (of === group ? [row] : []))),
      );
    },
  );
  fc.assert(property, { numRuns: 300 });
});

test("rows without columns to group by are one group", () => {
  expect(groupRows([], 3)).toMatchObject({ count: 1 });
  expect(groupRows([], 0)).toMatchObject({ count: 0 });
});

test("equal keys have equal hashes, from whatever batch", () => {
  const inputs = fc.constantFrom(...flatTypes).chain((type) => fc.tuple(keyRows([type]), keyRows([type])));
  const property = fc.property(inputs, ([a, b]) => {
    const left = hashRows(a.columns, a.rows.length);
    const right = hashRows(b.columns, b.rows.length);
    a.rows.forEach((row, i) =>
      b.rows.forEach((other, j) => (equal(row[0] ?? null, other[0] ?? null) ? expect(left[i]).toBe(right[j]) : undefined)),
    );
  });
  fc.assert(property, { numRuns: 300 });
});

test("columns compare as their cells do", () => {
  const inputs = fc.constantFrom(...flatTypes).chain((type) => fc.tuple(keyRows([type]), keyRows([type])));
  const property = fc.property(inputs, ([a, b]) => {
    const [left] = a.columns;
    const [right] = b.columns;
    if (left === undefined || right === undefined) return;
    const compare = compareColumns(left, right);
    a.rows.forEach((row, i) =>
      b.rows.forEach((other, j) => expect(Math.sign(compare(i, j))).toBe(compareCells(row[0] ?? null, other[0] ?? null))),
    );
    const rows = extremeRows(left);
    const values = cellsOf(left)
      .filter((cell) => cell !== null)
      .toSorted(compareCells);
    expect(rows === undefined).toBe(values.length === 0);
    if (rows !== undefined)
      expect(
        equal(cellsOf(left)[rows.min] ?? null, values[0] ?? null) && equal(cellsOf(left)[rows.max] ?? null, values.at(-1) ?? null),
      ).toBe(true);
  });
  fc.assert(property, { numRuns: 300 });
});

test("arrays and structs compare part by part", () => {
  const int: DataType = { kind: "int" };
  const lists = columnOf({ kind: "array", element: int, containsNull: true }, [[1], [1, 2], [null], [2], []]);
  const compare = compareColumns(lists, lists);
  expect([0, 1, 2, 3, 4].sort(compare)).toEqual([4, 2, 0, 1, 3]);
  const type: DataType = { kind: "struct", fields: ["a", "b"].map((name) => ({ name, type: int, nullable: true, metadata: {} })) };
  const structs = columnOf(type, [[1, 2], [1, null], null, [0, 9]]);
  expect([0, 1, 2, 3].sort(compareColumns(structs, structs))).toEqual([2, 3, 1, 0]);
});

test("rows are sorted by all keys, stable, nulls where they are wanted", () => {
  const inputs = keyTypes.chain((types) =>
    fc.tuple(keyRows(types, 60), fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 3, maxLength: 3 })),
  );
  const property = fc.property(inputs, ([{ columns, rows }, modes]) => {
    const keys = columns.map((column, index) => ({ column, descending: modes[index]?.[0], nullsFirst: modes[index]?.[1] }));
    const compare = (a: number, b: number): number => {
      for (const [index, key] of keys.entries()) {
        const left = rows[a]?.[index] ?? null;
        const right = rows[b]?.[index] ?? null;
        if (left === null && right === null) continue;
        if (left === null || right === null) return (left === null) === key.nullsFirst ? -1 : 1;
        const difference = compareCells(left, right);
        if (difference !== 0) return key.descending === true ? -difference : difference;
      }
      return 0;
    };
    expect([...sortRows(keys, rows.length)]).toEqual(rows.map((_, row) => row).sort(compare));
  });
  fc.assert(property, { numRuns: 400 });
});

test("sorted keys know whether a value lies in a range", () => {
  const inputs = fc
    .constantFrom(...flatTypes)
    .chain((type) =>
      fc.tuple(fc.constant(type), fc.array(keyRows([type]), { maxLength: 3 }), cellArbitrary(type, false), cellArbitrary(type, false)),
    );
  const property = fc.property(inputs, ([type, parts, a, b]) => {
    const asValue = (cell: Cell): Value =>
      type.kind === "binary" ? new Uint8Array(Buffer.from(String(cell).slice(1), "hex")) : (cell as Value);
    const [min, max] = compareCells(a, b) <= 0 ? [a, b] : [b, a];
    const keys = sortKeys(
      type,
      parts.flatMap(({ columns }) => columns),
    );
    const cells = parts.flatMap(({ rows }) => rows.map((row) => row[0] ?? null));
    const expected = cells.some((cell) => cell !== null && compareCells(cell, min) >= 0 && compareCells(cell, max) <= 0);
    expect(keys.hasBetween(asValue(min), asValue(max))).toBe(expected);
  });
  fc.assert(property, { numRuns: 300 });
});
