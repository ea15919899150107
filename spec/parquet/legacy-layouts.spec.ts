import { describe, expect, test } from "vitest";
import { convertedType } from "../../src/parquet/metadata/file-metadata.js";
import { schemaOfFile } from "../../src/parquet/metadata/file-schema.js";
import { footerOfBytes } from "../../src/parquet/metadata/footer.js";
import { formatType } from "../../src/schema/type-text.js";
import { buildPlainFile, type Element, type PlainRow } from "./plain-file.js";
import { readRows } from "./read-rows.js";

const root = (childCount: number): Element => ({ name: "schema", childCount });
const list = { convertedType: convertedType.list } as const;
const text = { type: "BYTE_ARRAY", convertedType: convertedType.utf8 } as const;
const utf8 = (value: string): Uint8Array => Buffer.from(value);

/** Reads the file in the types it suggests. */
async function reading(elements: readonly Element[], rows: readonly PlainRow[]) {
  const bytes = buildPlainFile({ elements, rowGroups: [rows] });
  const type = formatType(schemaOfFile(footerOfBytes(bytes, "f").schema, "f"));
  return { type, rows: (await readRows(bytes)).rows };
}

describe("the rules for old lists (LogicalTypes.md, backward compatibility)", () => {
  test("a repeated field that is no group is the element itself", async () => {
    const read = await reading(
      [
        root(1),
        { name: "l", repetition: "optional", childCount: 1, ...list },
        { name: "element", repetition: "repeated", type: "INT32" },
      ],
      [{ l: { element: [1, 2] } }, { l: { element: [] } }, { l: null }],
    );
    expect(read.type).toBe("struct<l:array<int not null>>");
    expect(read.rows).toEqual([{ l: [1, 2] }, { l: [] }, { l: null }]);
  });

  test("a repeated group of several fields is the element itself", async () => {
    const read = await reading(
      [
        root(1),
        { name: "l", repetition: "optional", childCount: 1, ...list },
        { name: "element", repetition: "repeated", childCount: 2 },
        { name: "str", repetition: "required", ...text },
        { name: "num", repetition: "optional", type: "INT32" },
      ],
      [
        {
          l: {
            element: [
              { str: utf8("a"), num: 1 },
              { str: utf8("b"), num: null },
            ],
          },
        },
        { l: null },
      ],
    );
    expect(read.rows).toEqual([
      {
        l: [
          { str: "a", num: 1 },
          { str: "b", num: null },
        ],
      },
      { l: null },
    ]);
  });

  test.each(["array", "l_tuple"])("a repeated group called %s is the element itself, even of one field", async (name) => {
    const read = await reading(
      [
        root(1),
        { name: "l", repetition: "optional", childCount: 1, ...list },
        { name, repetition: "repeated", childCount: 1 },
        { name: "str", repetition: "required", ...text },
      ],
      [{ l: { [name]: [{ str: utf8("a") }] } }, { l: { [name]: [] } }],
    );
    expect(read.rows).toEqual([{ l: [{ str: "a" }] }, { l: [] }]);
  });

  test.each(["bag", "list", "anything"])("a repeated group of one field called %s only wraps the element", async (name) => {
    const read = await reading(
      [
        root(1),
        { name: "l", repetition: "optional", childCount: 1, ...list },
        { name, repetition: "repeated", childCount: 1 },
        { name: "array_element", repetition: "optional", type: "INT64" },
      ],
      [{ l: { [name]: [{ array_element: 7n }, { array_element: null }] } }, { l: null }, { l: { [name]: [] } }],
    );
    expect(read.type).toBe("struct<l:array<long>>");
    expect(read.rows).toEqual([{ l: [7n, null] }, { l: null }, { l: [] }]);
  });

  test("a list of lists in two levels each", async () => {
    const read = await reading(
      [
        root(1),
        { name: "l", repetition: "optional", childCount: 1, ...list },
        { name: "array", repetition: "repeated", childCount: 1, ...list },
        { name: "array", repetition: "repeated", type: "INT32" },
      ],
      [{ l: { array: [{ array: [1, 2] }, { array: [] }, { array: [3] }] } }, { l: null }],
    );
    expect(read.rows).toEqual([{ l: [[1, 2], [], [3]] }, { l: null }]);
  });

  test("a repeated field outside any list is a list without nulls", async () => {
    const read = await reading([root(1), { name: "x", repetition: "repeated", type: "DOUBLE" }], [{ x: [1.5, 2] }, { x: [] }]);
    expect(read.rows).toEqual([{ x: [1.5, 2] }, { x: [] }]);
  });

  test("a group marked as a list without the shape of one is a struct", async () => {
    const read = await reading(
      [
        root(1),
        { name: "l", repetition: "optional", childCount: 2, ...list },
        { name: "a", repetition: "optional", type: "INT32" },
        { name: "b", repetition: "optional", type: "INT32" },
      ],
      [{ l: { a: 1, b: null } }, { l: null }],
    );
    expect(read.rows).toEqual([{ l: { a: 1, b: null } }, { l: null }]);
  });
});

describe("the rules for old maps", () => {
  const entries = (
    outer: Partial<Element>,
    inner: Partial<Element> & { name: string },
    key: string,
    value: string,
  ): readonly Element[] => [
    root(1),
    { name: "m", repetition: "optional", childCount: 1, ...outer },
    { repetition: "repeated", childCount: 2, ...inner },
    { name: key, repetition: "required", ...text },
    { name: value, repetition: "optional", type: "INT32" },
  ];

  test.each([
    ["MAP over key_value", { convertedType: convertedType.map }, { name: "key_value" }],
    ["MAP over entries", { logicalType: { kind: "map" } as const }, { name: "entries" }],
    [
      "MAP over map marked MAP_KEY_VALUE",
      { convertedType: convertedType.map },
      { name: "map", convertedType: convertedType.mapKeyValue },
    ],
    ["MAP_KEY_VALUE on the outer group", { convertedType: convertedType.mapKeyValue }, { name: "map" }],
  ])("%s", async (_, outer, inner) => {
    const read = await reading(entries(outer, inner, "k", "v"), [
      {
        m: {
          [inner.name]: [
            { k: utf8("a"), v: 1 },
            { k: utf8("b"), v: null },
          ],
        },
      },
      { m: { [inner.name]: [] } },
      { m: null },
    ]);
    expect(read.type).toBe("struct<m:map<string,int>>");
    expect(read.rows).toEqual([
      {
        m: new Map([
          ["a", 1],
          ["b", null],
        ]),
      },
      { m: new Map() },
      { m: null },
    ]);
  });

  test("null among the keys is refused by name", async () => {
    const elements = entries({ convertedType: convertedType.map }, { name: "key_value" }, "key", "value").map((element) =>
      element.name === "key" ? { ...element, repetition: "optional" as const } : element,
    );
    await expect(reading(elements, [{ m: { key_value: [{ key: null, value: 1 }] } }])).rejects.toMatchObject({
      code: "parquet/corrupt",
      message: expect.stringContaining("null among its keys"),
    });
  });
});
