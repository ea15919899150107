import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LakeError } from "../../../src/base/errors.js";
import { decodeSchema, encodeSchema } from "../../../src/delta/protocol/schema-json.js";
import type { DataType, Field, StructType } from "../../../src/schema/types.js";

const place = { file: "_delta_log/00000000000000000000.json", line: 2 };

const leaf: fc.Arbitrary<DataType> = fc.oneof(
  fc
    .constantFrom<DataType["kind"]>(
      "byte",
      "short",
      "int",
      "long",
      "float",
      "double",
      "string",
      "binary",
      "boolean",
      "date",
      "timestamp",
      "timestamp_ntz",
      "variant",
      "void",
    )
    .map((kind) => ({ kind }) as DataType),
  fc
    .tuple(fc.integer({ min: 1, max: 38 }), fc.nat({ max: 38 }))
    .map(([precision, scale]): DataType => ({ kind: "decimal", precision, scale: Math.min(scale, precision) })),
);

const fields = (type: fc.Arbitrary<DataType>): fc.Arbitrary<readonly Field[]> =>
  fc.uniqueArray(
    fc.record({ name: fc.string({ minLength: 1 }), type, nullable: fc.boolean(), metadata: fc.dictionary(fc.string(), fc.jsonValue()) }),
    {
      maxLength: 4,
      selector: (field) => field.name.toLowerCase(),
    },
  );

const { type: anyType } = fc.letrec<{ type: DataType }>((tie) => ({
  type: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fields(tie("type")).map((list): DataType => ({ kind: "struct", fields: list })),
    fc.record({ kind: fc.constant("array" as const), element: tie("type"), containsNull: fc.boolean() }),
    fc.record({ kind: fc.constant("map" as const), key: tie("type"), value: tie("type"), valueContainsNull: fc.boolean() }),
  ),
}));
const anySchema: fc.Arbitrary<StructType> = fields(anyType).map((list) => ({ kind: "struct", fields: list }));

function code(text: string): string {
  try {
    decodeSchema(text, place);
    return "accepted";
  } catch (error) {
    return error instanceof LakeError ? error.code : String(error);
  }
}

const oneColumn = (type: unknown): string =>
  JSON.stringify({ type: "struct", fields: [{ name: "c", type, nullable: true, metadata: {} }] });

describe("schema JSON", () => {
  it("reads back every schema, metadata and nullability included", () => {
    fc.assert(
      fc.property(anySchema, (schema) => {
        const text = encodeSchema(schema);
        // Through JSON once: -0 and prototype keys are JSON's own business.
        expect(JSON.parse(encodeSchema(decodeSchema(text, place)))).toEqual(JSON.parse(text));
        expect(encodeSchema(decodeSchema(text, place))).toBe(text);
      }),
    );
  });

  it("is written in Spark's order and spelling", () => {
    const schema: StructType = {
      kind: "struct",
      fields: [
        { name: "a", type: { kind: "int" }, nullable: true, metadata: {} },
        {
          name: "b",
          type: { kind: "array", element: { kind: "decimal", precision: 12, scale: 2 }, containsNull: false },
          nullable: false,
          metadata: { comment: "x" },
        },
      ],
    };
    expect(encodeSchema(schema)).toBe(
      '{"type":"struct","fields":[{"name":"a","type":"integer","nullable":true,"metadata":{}},' +
        '{"name":"b","type":{"type":"array","elementType":"decimal(12,2)","containsNull":false},' +
        '"nullable":false,"metadata":{"comment":"x"}}]}',
    );
  });

  it("keeps numbers of 64 bits in metadata", () => {
    const text =
      '{"type":"struct","fields":[{"name":"id","type":"long","nullable":true,' +
      '"metadata":{"delta.identity.highWaterMark":9223372036854775807}}]}';
    expect(encodeSchema(decodeSchema(text, place))).toBe(text);
  });

  it("reads the protocol's example of nested types", () => {
    const text = `{"type":"struct","fields":[{"name":"e","type":{"type":"array","elementType":{"type":"struct","fields":[
      {"name":"d","type":"integer","nullable":false,"metadata":{}}]},"containsNull":true},"nullable":true,"metadata":{}},
      {"name":"f","type":{"type":"map","keyType":"string","valueType":"string","valueContainsNull":true},"nullable":true,"metadata":{}}]}`;
    expect(decodeSchema(text, place).fields.map((field) => field.type.kind)).toEqual(["array", "map"]);
  });

  it.each(["hyperint", "interval day to second", "geometry(OGC:CRS84)", "timestamp_nanos", { type: "udt", class: "x" }])(
    "refuses the type %j by name",
    (type) => {
      expect(code(oneColumn(type))).toBe("delta/unsupported-feature");
      expect(() => decodeSchema(oneColumn(type), place)).toThrow(/`c`/);
    },
  );

  it.each([
    "",
    "[]",
    '"long"',
    "{}",
    '{"type":"struct"}',
    '{"type":"struct","fields":[{"type":"long"}]}',
    '{"type":"struct","fields":[1]}',
    oneColumn("decimal(39,2)"),
    oneColumn("decimal(2,3)"),
    oneColumn("decimal(10,-2)"),
    oneColumn(7),
    oneColumn({ type: "array", elementType: "long", containsNull: "x" }),
    '{"type":"struct","fields":[{"name":"a","type":"long","nullable":true,"metadata":{}},' +
      '{"name":"A","type":"long","nullable":true,"metadata":{}}]}',
  ])("refuses %s as damaged", (text) => {
    expect(code(text)).toBe("delta/corrupt-log");
  });
});
