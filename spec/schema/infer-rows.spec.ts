import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inferSchemaFromRows, inferUnknownFields } from "../../src/schema/infer-rows.js";
import { rowArrayReader } from "../../src/schema/row-reader.js";
import { batchFromRows } from "../../src/schema/row-writer.js";
import { formatSchemaText, parseSchemaText } from "../../src/schema/type-text.js";

const inferred = (...rows: unknown[]): string => formatSchemaText(inferSchemaFromRows(rows));

describe("the schema of rows", () => {
  test("comes from the kinds of values, never from the values", () => {
    expect(inferred({ n: 1, b: 1n, t: true, s: "2026-01-31", d: new Date(0), x: new Uint8Array(1) })).toBe(
      "n double, b long, t boolean, s string, d timestamp, x binary",
    );
    expect(inferred({ n: 1 }, { n: 1.5 })).toBe("n double");
  });

  test("nests", () => {
    expect(inferred({ a: [1, null], m: new Map([["k", 1n]]), o: { x: { y: "z" } } })).toBe(
      "a array<double>, m map<string,long>, o struct<x:struct<y:string>>",
    );
  });

  test("grows row by row, in the order in which columns appear", () => {
    expect(inferred({ a: null }, { b: "x", a: 1 }, { c: [] }, { c: [{ p: 1 }] }, { c: [{ q: "x" }, null] })).toBe(
      "a double, b string, c array<struct<p:double,q:string>>",
    );
  });

  test("takes one column in several spellings as one, by the first", () => {
    expect(inferred({ Id: 1 }, { id: 2 })).toBe("Id double");
  });

  test("is void where nothing but null is", () => {
    expect(inferred({ a: null, b: undefined, c: [] })).toBe("a void, c array<void>");
  });

  test("is refused when a column has two kinds, naming the row", () => {
    expect(() => inferSchemaFromRows([{ a: 1 }, { a: 1n }])).toThrow(
      expect.objectContaining({ code: "schema/incompatible", context: { column: "a", row: 1, types: ["double", "long"] } }),
    );
    expect(() => inferSchemaFromRows([{ a: [1, "x"] }])).toThrow(expect.objectContaining({ code: "schema/incompatible" }));
    expect(() => inferSchemaFromRows([{ a: {} }, { a: [] }])).toThrow(expect.objectContaining({ code: "schema/incompatible" }));
  });

  test("is refused for what has no type, and for what holds itself", () => {
    const loop: Record<string, unknown> = {};
    loop["loop"] = loop;
    for (const value of [() => 1, Symbol("x"), new Set(), new Float32Array(1), loop]) {
      expect(() => inferSchemaFromRows([{ a: value }])).toThrow(expect.objectContaining({ code: "schema/type-mismatch" }));
    }
    expect(() => inferSchemaFromRows([[1]])).toThrow(expect.objectContaining({ code: "schema/type-mismatch" }));
  });

  test("holds every row that it was inferred from", () => {
    const cell = fc.letrec((tie) => ({
      cell: fc.oneof(
        { maxDepth: 3 },
        fc.constant(null),
        fc.double(),
        fc.array(fc.double()),
        fc.record({ x: fc.double(), y: tie("cell") }, { requiredKeys: [] }),
      ),
    })).cell;
    fc.assert(
      fc.property(
        fc.array(
          fc.record(
            { a: cell, b: fc.string(), c: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(1e14) }) },
            { requiredKeys: [] },
          ),
        ),
        (rows) => {
          let schema;
          try {
            schema = inferSchemaFromRows(rows);
          } catch (error) {
            expect(error).toMatchObject({ code: "schema/incompatible" });
            return;
          }
          const back = rowArrayReader(schema)(batchFromRows(rows, schema));
          expect(back.map((row) => row["b"] ?? null)).toEqual(rows.map((row) => row.b ?? null));
          expect(back).toHaveLength(rows.length);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("the fields that a schema lacks", () => {
  const known = parseSchemaText("id long, day date, s struct<a:int>, l array<struct<a:int>>, m map<string,struct<a:int>>");
  const extra = (...rows: unknown[]): string => formatSchemaText(inferUnknownFields(known, rows));

  test("are inferred at every depth; known ones say nothing, whatever they hold", () => {
    expect(extra({ id: "x", day: "2026-01-31", other: 1 })).toBe("other double");
    expect(extra({ S: { A: "x", b: 1n } }, { s: null }, { s: { b: 2n, c: [true] } })).toBe("s struct<b:long,c:array<boolean>>");
    expect(extra({ l: [{ a: 1 }, { z: "x" }] }, { l: [] }, { l: [null, { z: "y" }] })).toBe("l array<struct<z:string>>");
    expect(extra({ m: { k: { z: 1 } } }, { m: new Map([["k", { a: 1, y: 2n }]]) })).toBe("m map<string,struct<z:double,y:long>>");
    expect(extra({ id: 1n }, {})).toBe("");
  });
});
