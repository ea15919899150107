import fc from "fast-check";
import { expect, test } from "vitest";
import { constantColumn, int32Column, nullColumn, retyped, structColumn } from "../../src/columnar/build.js";
import { toArrowType } from "../../src/schema/arrow-mapping.js";
import type { DataType } from "../../src/schema/types.js";
import type { Value } from "../../src/schema/value.js";
import { cellArbitrary, cellsOf, flatTypes, nestedTypes, columnOf } from "./arbitrary-column.js";

test("a constant column repeats its value", () => {
  const samples = fc.constantFrom(...flatTypes).chain((type) => fc.tuple(fc.constant(type), cellArbitrary(type), fc.nat(20)));
  const property = fc.property(samples, ([type, cell, length]) => {
    const value =
      type.kind === "binary" && typeof cell === "string" ? new Uint8Array(Buffer.from(cell.slice(1), "hex")) : (cell as Value);
    const column = constantColumn(type, value, length);
    expect(cellsOf(column)).toEqual(Array(length).fill(cell));
    expect(String(column.type)).toBe(String(toArrowType(type)));
  });
  fc.assert(property, { numRuns: 300 });
});

test.each([...flatTypes, ...nestedTypes].map((type) => [type.kind, type] as const))("a null column of %s has only nulls", (_, type) => {
  expect(cellsOf(nullColumn(type, 11))).toEqual(Array(11).fill(null));
  expect(nullColumn(type, 11).nullCount).toBe(11);
  expect(nullColumn(type, 0).length).toBe(0);
});

test("a struct column is null where its mask says so", () => {
  const type: DataType = { kind: "struct", fields: [{ name: "a", type: { kind: "int" }, nullable: true, metadata: {} }] };
  const column = structColumn(toArrowType(type), [int32Column(Int32Array.of(1, 2, 3))], 3, Uint8Array.of(0, 1, 0));
  expect(cellsOf(column)).toEqual([[1], null, [3]]);
});

test("a retyped column has the same cells under the other names", () => {
  const named = (name: string): DataType => ({
    kind: "struct",
    fields: [{ name, type: { kind: "string" }, nullable: true, metadata: {} }],
  });
  const column = retyped(columnOf(named("a"), [["x"], null, ["y"]], [2, 1]), toArrowType(named("b")));
  expect(cellsOf(column)).toEqual([["x"], null, ["y"]]);
  expect(column.type.children[0]?.name).toBe("b");
});
