import { createRequire } from "node:module";
import type * as arrow from "apache-arrow";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LakeError, type LakeErrorCode } from "../../src/base/errors.js";
import { toArrowSchema } from "../../src/schema/arrow-mapping.js";
import { array, decimal, field, map, struct, types } from "../../src/schema/data-types.js";
import { resolveSchema, type SchemaInput } from "../../src/schema/schema-input.js";
import { formatSchemaText } from "../../src/schema/type-text.js";
import { arbitrarySchema } from "../arbitraries/schema.js";

const other = createRequire(import.meta.url)("apache-arrow") as typeof arrow;

function refusal(input: unknown): LakeError {
  try {
    resolveSchema(input as SchemaInput);
  } catch (error) {
    if (error instanceof LakeError) return error;
    throw error;
  }
  throw new LakeError("internal/assertion", "nothing was refused");
}

const wanted = struct([
  field("user_id", types.long, { nullable: false }),
  field("score", decimal(12, 2), { metadata: { comment: "in won" } }),
  field("tags", array(types.string)),
]);

describe("a schema is given as", () => {
  test("a literal", () => {
    expect(resolveSchema({ user_id: "long not null", score: "decimal(12,2) comment 'in won'", tags: "array<string>" })).toEqual(wanted);
  });

  test("a literal of types", () => {
    expect(resolveSchema({ a: types.int, b: map(types.string, types.int) })).toEqual(
      struct([field("a", types.int), field("b", map(types.string, types.int))]),
    );
  });

  test("a list of columns", () => {
    const list = [
      { name: "user_id", type: "bigint", nullable: false },
      { name: "score", type: decimal(12, 2), comment: "in won" },
      { name: "tags", type: "array<string>", nullable: true, metadata: {} },
    ];
    expect(resolveSchema(list)).toEqual(wanted);
    expect(resolveSchema([{ name: "2024", type: "int" }]).fields[0]?.name).toBe("2024");
  });

  test("a StructType, rebuilt", () => {
    expect(resolveSchema(wanted)).toEqual(wanted);
    expect(Object.isFrozen(resolveSchema(JSON.parse(JSON.stringify(wanted)) as typeof wanted))).toBe(true);
  });

  test("an Arrow Schema, also of another copy", () => {
    expect(resolveSchema(toArrowSchema(wanted))).toEqual(wanted);
    const foreign = new other.Schema([
      new other.Field("a", new other.LargeUtf8(), false),
      new other.Field("b", new other.Dictionary(new other.Utf8(), new other.Int8()), true),
    ]);
    expect(resolveSchema(foreign)).toEqual(struct([field("a", types.string, { nullable: false }), field("b", types.string)]));
  });

  test("every form of one schema means the same", () => {
    fc.assert(
      fc.property(arbitrarySchema(), (schema) => {
        expect(resolveSchema(schema)).toEqual(schema);
        expect(resolveSchema(toArrowSchema(schema))).toEqual(schema);
        expect(resolveSchema(schema.fields)).toEqual(schema);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a schema that is refused", () => {
  test.each<[unknown, LakeErrorCode, string]>([
    [{ a: "int", A: "int" }, "schema/duplicate-column", '"a" and "A"'],
    [{ s: "struct<x:int,X:int>" }, "schema/duplicate-column", '"s.x" and "s.X"'],
    [{ s: "array<struct<x:int,X:int>>" }, "schema/duplicate-column", "s.element.x"],
    [{ "": "int" }, "schema/invalid", "empty name"],
    [{ s: "struct<``:int>" }, "schema/invalid", 'A field of "s"'],
    [{ "a b": "int" }, "schema/invalid", '"a_b"'],
    [{ s: "struct<`a=b`:int>" }, "schema/invalid", '"s.a=b"'],
    [{ "a;b": "int" }, "schema/invalid", "column mapping"],
    [{ "a\tb": "int" }, "schema/invalid", "column mapping"],
    [{ 2024: "int", a: "int" }, "schema/invalid", "as a list"],
    [{ a: "decimal(39,2)" }, "schema/invalid", 'Column "a"'],
    [{ a: "decimal(5,6)" }, "schema/invalid", "0 to 5"],
    [{ a: "strnig" }, "schema/invalid", 'Column "a": Cannot read the column text at position 0'],
    [{ a: 5 }, "schema/invalid", 'Column "a"'],
    [{ a: { kind: "text" } }, "schema/invalid", 'kind "text"'],
    [{ a: "interval" }, "delta/unsupported-feature", "interval"],
    [{ a: "struct<>" }, "schema/invalid", "no fields"],
    [{ a: "map<map<int,int>,int>" }, "schema/invalid", "keys of type map"],
    [{}, "schema/invalid", "no columns"],
    [[], "schema/invalid", "no columns"],
    ["id long", "schema/invalid", "found a string"],
    [null, "schema/invalid", "found null"],
    [[{ type: "int" }], "schema/invalid", "Column 0 of the schema has no name"],
    [["id"], "schema/invalid", "not an object"],
    [[{ name: "a", type: "int not null", nullable: true }], "schema/invalid", "keep one"],
    [[{ name: "a", type: "int", nulable: false }], "schema/invalid", '"nulable"'],
    [[{ name: "a", type: "int", nullable: 1 }], "schema/invalid", "nullable"],
    [[{ name: "a", type: "int", comment: 1 }], "schema/invalid", "comment"],
    [[{ name: "a", type: "int", metadata: { x: 1n } }], "schema/invalid", "JSON"],
    [[{ name: "a", type: "int", metadata: [] }], "schema/invalid", "no object"],
    [[{ name: "a", type: "int", generatedAs: "b + 1" }], "delta/unsupported-feature", "generatedColumns"],
    [[{ name: "a", type: "int", default: "1" }], "delta/unsupported-feature", "allowColumnDefaults"],
    [[{ name: "a", type: "long", identity: {} }], "delta/unsupported-feature", "identityColumns"],
    [new other.Schema([new other.Field("t", new other.TimeSecond(), true)]), "schema/type-mismatch", "Time"],
  ])("%o: %s", (input, code, words) => {
    const error = refusal(input);
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
  });

  test("names with every character are for tables with column mapping", () => {
    expect(resolveSchema({ "a b": "int" }, { names: "any" }).fields[0]?.name).toBe("a b");
    expect(() => resolveSchema({ "": "int" }, { names: "any" })).toThrow(LakeError);
  });
});

describe("metadata of fields", () => {
  test("comes back from Arrow as the JSON it was", () => {
    const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    const metadata = fc.dictionary(
      fc.string({ unit: "binary", minLength: 1 }).filter((key) => !/^(ARROW:|PARQUET:|laketable\.)/.test(key)),
      json,
    );
    fc.assert(
      fc.property(metadata, (given) => {
        const schema = struct([field("a", types.int, { metadata: given })]);
        expect(resolveSchema(toArrowSchema(schema))).toEqual(resolveSchema(schema));
      }),
      { numRuns: 150 },
    );
  });

  test("is readable for other tools", () => {
    const schema = struct([field("a", types.int, { metadata: { comment: "hi", "delta.columnMapping.id": 5 } })]);
    expect([...(toArrowSchema(schema).fields[0]?.metadata ?? [])]).toEqual([
      ["comment", "hi"],
      ["delta.columnMapping.id", "5"],
      ["laketable.json", '["delta.columnMapping.id"]'],
    ]);
  });

  test("of a variant says so to Arrow", () => {
    const schema = struct([field("v", types.variant), field("a", array(types.variant))]);
    expect(resolveSchema(toArrowSchema(schema))).toEqual(schema);
  });
});

describe("the Arrow mapping", () => {
  test("is the documented one", () => {
    const schema = resolveSchema({
      b: "byte",
      s: "short",
      i: "int",
      l: "long not null",
      f: "float",
      d: "double",
      x: "decimal(12,2)",
      t: "string",
      y: "binary",
      o: "boolean",
      day: "date",
      ts: "timestamp",
      tn: "timestamp_ntz",
      a: "array<int>",
      m: "map<string,int>",
      n: "struct<q:int not null>",
      v: "void",
    });
    const arrowSchema = toArrowSchema(schema);
    expect(arrowSchema.fields.map((f) => String(f.type))).toEqual([
      "Int8",
      "Int16",
      "Int32",
      "Int64",
      "Float32",
      "Float64",
      "Decimal[12e+2]",
      "Utf8",
      "Binary",
      "Bool",
      "Date32<DAY>",
      "Timestamp<MICROSECOND, UTC>",
      "Timestamp<MICROSECOND>",
      "List<Int32>",
      "Map<{key:Utf8, value:Int32}>",
      "Struct<{q:Int32}>",
      "Null",
    ]);
    expect(arrowSchema.fields.map((f) => f.nullable)).toEqual(schema.fields.map((f) => f.nullable));
    const list = arrowSchema.fields[13]?.type as arrow.List;
    expect(list.children[0]).toMatchObject({ name: "element", nullable: true });
    const entries = (arrowSchema.fields[14]?.type as arrow.Map_).children[0];
    expect(entries).toMatchObject({ name: "key_value", nullable: false });
    const parts = entries?.type.children as arrow.Field[] | undefined;
    expect(parts?.map((f) => [f.name, f.nullable])).toEqual([
      ["key", false],
      ["value", true],
    ]);
  });

  test("schemas have one text for people", () => {
    expect(formatSchemaText(wanted)).toBe("user_id long not null, score decimal(12,2) comment 'in won', tags array<string>");
  });
});
