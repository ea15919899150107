import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { array, decimal, field, map, struct, types } from "../../src/schema/data-types.js";
import { formatName, formatSchemaText, formatType, parseColumnText, parseSchemaText, parseType } from "../../src/schema/type-text.js";
import { arbitrarySchema, arbitraryType } from "../arbitraries/schema.js";

function refusal(act: () => unknown): LakeError {
  try {
    act();
  } catch (error) {
    if (error instanceof LakeError) return error;
    throw error;
  }
  throw new LakeError("internal/assertion", "nothing was refused");
}

describe("the text of types", () => {
  test("every type has a text that reads back as the type", () => {
    fc.assert(
      fc.property(arbitraryType({ maxDepth: 3 }), (type) => {
        expect(parseType(formatType(type))).toEqual(type);
      }),
      { numRuns: 500 },
    );
  });

  test("every schema has a text, comments included", () => {
    const commented = fc.tuple(
      arbitrarySchema(),
      fc.array(fc.option(fc.string({ unit: "binary" }), { nil: undefined }), { maxLength: 5 }),
    );
    fc.assert(
      fc.property(commented, ([schema, comments]) => {
        const given = struct(
          schema.fields.map((f, i) => {
            const comment = comments[i];
            return field(f.name, f.type, { nullable: f.nullable, metadata: comment === undefined ? {} : { comment } });
          }),
        );
        expect(parseSchemaText(formatSchemaText(given))).toEqual(given);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ["int", types.int],
    ["INTEGER", types.int],
    [" bigint ", types.long],
    ["tinyint", types.byte],
    ["SmallInt", types.short],
    ["real", types.float],
    ["timestamp_ltz", types.timestamp],
    ["Timestamp_NTZ", types.timestamp_ntz],
    ["void", types.void],
    ["decimal", decimal(10, 0)],
    ["decimal(12)", decimal(12, 0)],
    ["NUMERIC ( 12 , 2 )", decimal(12, 2)],
    ["dec(38,38)", decimal(38, 38)],
    ["array<array<string>>", array(array(types.string))],
    ["array< int not null >", array(types.int, false)],
    ["map<string,int>", map(types.string, types.int)],
    ["map<string, int NOT NULL>", map(types.string, types.int, false)],
    ["struct<>", struct([])],
    ["struct<a int, b:string not null>", struct([field("a", types.int), field("b", types.string, { nullable: false })])],
    [
      "struct<a: int comment 'it''s \\'a\\'', b: long>",
      struct([field("a", types.int, { metadata: { comment: "it's 'a'" } }), field("b", types.long)]),
    ],
    ["struct<`a b`: int, `c``d`: int, int: int>", struct([field("a b", types.int), field("c`d", types.int), field("int", types.int)])],
  ])("%j is read as Spark reads it", (text, type) => {
    expect(parseType(text)).toEqual(type);
  });

  test("a column has a type, not null, a comment", () => {
    expect(parseColumnText("long")).toEqual({ type: types.long, nullable: true, comment: undefined });
    expect(parseColumnText("long Not Null")).toEqual({ type: types.long, nullable: false, comment: undefined });
    expect(parseColumnText('decimal(12,2) not null comment "in won"')).toEqual({
      type: decimal(12, 2),
      nullable: false,
      comment: "in won",
    });
  });

  test("columns are separated by commas, a colon is allowed", () => {
    expect(parseSchemaText("id long not null, name: string comment 'x, y', `größe` decimal(3,1)")).toEqual(
      struct([
        field("id", types.long, { nullable: false }),
        field("name", types.string, { metadata: { comment: "x, y" } }),
        field("größe", decimal(3, 1)),
      ]),
    );
  });

  test("a name stands in backquotes unless it is a plain word", () => {
    expect(["id", "_x1", "1a", "a b", "a`b", "größe"].map(formatName)).toEqual(["id", "_x1", "`1a`", "`a b`", "`a``b`", "`größe`"]);
  });
});

describe("a text that is no type", () => {
  test.each([
    ["", 0, "expected a type"],
    ["strnig", 0, 'no type "strnig"'],
    ["varchar", 0, "did you mean string?"],
    ["datetime", 0, "did you mean timestamp?"],
    ["constructor", 0, "no type"],
    ["array", 5, "array<string>"],
    ["array<int", 9, 'expected ">", found the end'],
    ["array<int, int>", 9, 'found ","'],
    ["map<string>", 10, 'expected ","'],
    ["struct<a:int b:int>", 13, 'found "b"'],
    ["struct<a>", 8, "expected a type"],
    ["decimal(39,0)", 0, "1 to 38"],
    ["decimal(0)", 0, "1 to 38"],
    ["decimal(5,6)", 0, "0 to 5"],
    ["decimal(5,-1)", 10, "after the point"],
    ["decimal(x)", 8, "number of digits"],
    ["int not", 7, 'expected "null"'],
    ["int string", 4, 'expected the end, found "string"'],
    ["struct<`a:int>", 7, "has no end"],
    ["array<struct<a: lnog>>", 16, 'no type "lnog"'],
  ])("%j is refused at position %i", (text, position, words) => {
    const error = refusal(() => (text === "int not" ? parseColumnText(text) : parseType(text)));
    expect(error.code).toBe("schema/invalid");
    expect(error.message).toContain(words);
    expect(error.message).toContain("⟪here⟫");
    expect(error.context).toMatchObject({ text, position });
  });

  test("a comment without quotes or end is refused", () => {
    expect(refusal(() => parseColumnText("int comment x")).message).toContain("text in quotes");
    expect(refusal(() => parseColumnText("int comment 'x")).message).toContain("has no end");
  });

  test("a type of a later release is refused by name", () => {
    expect(refusal(() => parseType("interval")).code).toBe("delta/unsupported-feature");
  });

  test("types nested without end are refused, not followed", () => {
    expect(refusal(() => parseType("array<".repeat(100_000))).message).toContain("nest deeper");
  });

  test("no text makes the parser fail in another way", () => {
    const pieces = fc.array(
      fc.constantFrom(
        "array",
        "<",
        ">",
        "map",
        "struct",
        ",",
        ":",
        "int",
        "decimal",
        "(",
        ")",
        "12",
        "not",
        "null",
        "comment",
        "'",
        "`",
        " ",
        "é",
        "\\",
      ),
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join("");
        try {
          parseSchemaText(text);
        } catch (error) {
          expect(error).toBeInstanceOf(LakeError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
