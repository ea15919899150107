import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LakeError, type LakeErrorCode } from "../../src/base/errors.js";
import { assignability } from "../../src/schema/assignability.js";
import { asNullable, decimal, field, isNumeric, isOrderable, struct, types, typesEqual } from "../../src/schema/data-types.js";
import { findField, mergeSchemas } from "../../src/schema/evolution.js";
import type { StructType } from "../../src/schema/types.js";
import { formatSchemaText, parseSchemaText, parseType } from "../../src/schema/type-text.js";
import { arbitrarySchema, arbitraryType } from "../arbitraries/schema.js";

const merged = (table: string, data: string): string => formatSchemaText(mergeSchemas(parseSchemaText(table), parseSchemaText(data)));

describe("merging schemas", () => {
  test.each([
    ["a int", "b string", "a int, b string"],
    ["a int not null", "B string not null, A int", "a int not null, B string"],
    ["a int, b int, c int", "C int, B int", "a int, b int, c int"],
    ["s struct<x:int>", "S struct<y:struct<z:int not null> not null>", "s struct<x:int,y:struct<z:int>>"],
    ["s struct<x:int not null>", "s struct<x:int>, t int", "s struct<x:int not null>, t int"],
    ["a array<struct<x:int> not null>", "a array<struct<X:int,y:int>>", "a array<struct<x:int,y:int> not null>"],
    ["m map<string,struct<x:int>>", "m map<string,struct<y:int>>", "m map<string,struct<x:int,y:int>>"],
    ["a long", "a int", "a long"],
    ["a int", "a long", "a int"],
    ["a decimal(10,2)", "a decimal(12,4)", "a decimal(10,2)"],
    ["a timestamp", "a date", "a timestamp"],
    ["a string", "a int", "a string"],
    ["a int", "a void", "a int"],
    ["a void", "a int not null", "a int"],
    ["a array<void>", "a array<int>", "a array<int>"],
  ])("%s and %s give %s", (table, data, result) => {
    expect(merged(table, data)).toBe(result);
  });

  test("changes nothing when there is nothing new, whatever the order and case", () => {
    fc.assert(
      fc.property(arbitrarySchema(), fc.boolean(), (schema, reverse) => {
        const fields = schema.fields.map((f) => field(/^[a-z]+$/.test(f.name) ? f.name.toUpperCase() : f.name, f.type));
        expect(mergeSchemas(schema, struct(reverse ? [...fields].reverse() : fields), { allowNew: false })).toBe(schema);
        expect(mergeSchemas(schema, struct([]))).toBe(schema);
      }),
      { numRuns: 200 },
    );
  });

  test("into nothing gives the data's columns, nullable throughout", () => {
    fc.assert(
      fc.property(arbitrarySchema(), (schema) => {
        expect(mergeSchemas(struct([]), schema)).toEqual(asNullable(schema));
      }),
      { numRuns: 200 },
    );
  });

  test("keeps the table's columns in front and takes the data a second time without change", () => {
    fc.assert(
      fc.property(arbitrarySchema(), arbitrarySchema(), (table, data) => {
        let result: StructType;
        try {
          result = mergeSchemas(table, data);
        } catch (error) {
          expect(LakeError.is(error, "schema/incompatible")).toBe(true);
          return;
        }
        expect(result.fields.slice(0, table.fields.length).map((f) => [f.name, f.nullable])).toEqual(
          table.fields.map((f) => [f.name, f.nullable]),
        );
        expect(data.fields.every((f) => findField(result, f.name) !== undefined)).toBe(true);
        expect(mergeSchemas(result, data, { allowNew: false })).toBe(result);
      }),
      { numRuns: 500 },
    );
  });

  test("a new column keeps its comment and leaves what belonged to its old table", () => {
    const data = struct([
      field("a", types.int, {
        metadata: { comment: "x", "delta.columnMapping.id": 5, "delta.generationExpression": "b", CURRENT_DEFAULT: "1" },
      }),
    ]);
    expect(mergeSchemas(struct([]), data).fields[0]?.metadata).toEqual({ comment: "x" });
  });

  test.each<[string, string, boolean, LakeErrorCode, string]>([
    ["a int", "a string", true, "schema/incompatible", 'Column "a" is int in the table and string in the data'],
    ["a int", "a boolean", true, "schema/incompatible", "boolean"],
    ["a date", "a int", true, "schema/incompatible", "int"],
    ["s struct<x:array<int>>", "s struct<X:array<binary>>", true, "schema/incompatible", '"s.x.element"'],
    ["a struct<x:int>", "a int", true, "schema/incompatible", "struct<x:int>"],
    ["m map<string,int>", "m map<string,boolean>", true, "schema/incompatible", '"m.value"'],
    ["a int", "b int", false, "schema/unknown-column", "mergeSchema"],
    ["s struct<x:int>", "s struct<y:int>", false, "schema/unknown-column", '"s.y"'],
    ["a void", "a int", false, "schema/incompatible", "void"],
    ["a int", "b int, B int", true, "schema/duplicate-column", '"b" and "B"'],
  ])("%s and %s (new columns: %s) is refused: %s", (table, data, allowNew, code, words) => {
    const act = (): unknown => mergeSchemas(parseSchemaText(table), parseSchemaText(data), { allowNew });
    expect(act).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) as string }));
  });
});

describe("assignability", () => {
  test.each([
    ["int", "long", "safe"],
    ["long", "int", "checked"],
    ["byte", "short", "safe"],
    ["int", "double", "safe"],
    ["double", "float", "checked"],
    ["double", "int", "checked"],
    ["int", "decimal(10,0)", "safe"],
    ["int", "decimal(9,0)", "checked"],
    ["int", "decimal(12,2)", "safe"],
    ["decimal(5,2)", "decimal(6,2)", "safe"],
    ["decimal(5,2)", "decimal(6,4)", "checked"],
    ["decimal(9,0)", "int", "safe"],
    ["decimal(10,0)", "int", "checked"],
    ["decimal(18,0)", "long", "safe"],
    ["decimal(19,0)", "long", "checked"],
    ["date", "timestamp", "safe"],
    ["timestamp", "date", "checked"],
    ["timestamp", "timestamp_ntz", "checked"],
    ["int", "string", "safe"],
    ["date", "string", "safe"],
    ["boolean", "string", "safe"],
    ["binary", "string", "no"],
    ["string", "int", "no"],
    ["boolean", "int", "no"],
    ["int", "boolean", "no"],
    ["int", "date", "no"],
    ["void", "array<int>", "safe"],
    ["int", "array<int>", "no"],
    ["array<int>", "array<long>", "safe"],
    ["array<long>", "array<int>", "checked"],
    ["map<int,string>", "map<long,int>", "no"],
    ["struct<A:int>", "struct<a:long,b:int>", "safe"],
    ["struct<a:int,c:int>", "struct<a:int>", "no"],
    ["struct<a:int>", "map<string,int>", "no"],
  ])("%s into %s: %s", (from, to, result) => {
    expect(assignability(parseType(from), parseType(to))).toBe(result);
  });

  test("a type is safe in itself", () => {
    fc.assert(
      fc.property(arbitraryType(), (type) => {
        expect(assignability(type, type)).toBe("safe");
        expect(assignability(asNullable(type), type)).toBe("safe");
      }),
    );
  });
});

describe("types", () => {
  test("are equal by structure; nullability may be left aside", () => {
    fc.assert(
      fc.property(arbitraryType(), arbitraryType(), (a, b) => {
        expect(typesEqual(a, JSON.parse(JSON.stringify(a)) as typeof a)).toBe(true);
        expect(typesEqual(a, b)).toBe(typesEqual(b, a));
        expect(typesEqual(a, asNullable(a), { nullability: "ignore" })).toBe(true);
      }),
    );
    expect(typesEqual(parseType("array<int>"), parseType("array<int not null>"))).toBe(false);
    expect(typesEqual(parseType("struct<a:int>"), parseType("struct<A:int>"))).toBe(false);
    expect(typesEqual(decimal(5, 2), decimal(5, 1))).toBe(false);
  });

  test("have an order unless a map is inside", () => {
    expect(isOrderable(parseType("struct<a:array<int>>"))).toBe(true);
    expect(isOrderable(parseType("struct<a:array<map<int,int>>>"))).toBe(false);
    expect(["int", "decimal(5,2)", "float", "date", "string"].map((text) => isNumeric(parseType(text)))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
