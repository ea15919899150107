import { describe, expect, test } from "vitest";
import { fileColumns } from "../../../src/parquet/metadata/file-type.js";
import { footerOfBytes } from "../../../src/parquet/metadata/footer.js";
import { array, field, map, struct, types } from "../../../src/schema/data-types.js";
import type { StructType } from "../../../src/schema/types.js";
import { buildPlainFile, type Element, type PlainRow } from "../plain-file.js";
import { readRows, type ReadRowsOptions } from "../read-rows.js";

const int = { type: "INT32", repetition: "optional" } as const;
const list = { repetition: "optional", childCount: 1, logicalType: { kind: "list" } } as const;

async function reading(elements: readonly Element[], rows: readonly PlainRow[], schema: StructType, options: ReadRowsOptions = {}) {
  const top = elements.length === 0 ? 0 : countTop(elements);
  const bytes = buildPlainFile({ elements: [{ name: "schema", childCount: top }, ...elements], rowGroups: [rows] });
  return (await readRows(bytes, { schema, ...options })).rows;
}

function countTop(elements: readonly Element[]): number {
  let count = 0;
  for (let at = 0; at < elements.length; count++) {
    let open = 1;
    while (open > 0) open += (elements[at++]?.childCount ?? 0) - 1;
  }
  return count;
}

describe("a wanted column", () => {
  const elements: readonly Element[] = [
    { name: "Alpha", ...int },
    { name: "beta", ...int },
  ];
  const rows = [{ Alpha: 1, beta: 2 }];

  test("is found by its name, then by its name in another case, and is null when it is not there", async () => {
    const schema = struct([field("BETA", types.int), field("Alpha", types.int), field("gamma", types.string)]);
    expect(await reading(elements, rows, schema)).toEqual([{ BETA: 2, Alpha: 1, gamma: null }]);
  });

  test("with its exact name there is no other, in another case either", async () => {
    const twins: readonly Element[] = [
      { name: "a", ...int },
      { name: "A", ...int },
    ];
    expect(await reading(twins, [{ a: 1, A: 2 }], struct([field("A", types.int)]))).toEqual([{ A: 2 }]);
  });

  test("that could be either of two is refused", async () => {
    const twins: readonly Element[] = [
      { name: "aB", ...int },
      { name: "Ab", ...int },
    ];
    await expect(reading(twins, [{ aB: 1, Ab: 2 }], struct([field("ab", types.int)]))).rejects.toMatchObject({
      code: "parquet/unsupported",
      message: expect.stringContaining("aB, Ab"),
    });
  });

  test("of type void is null, whatever the file has", async () => {
    expect(await reading(elements, rows, struct([field("beta", types.void)]))).toEqual([{ beta: null }]);
  });

  test("may be no column at all: only the rows are counted", async () => {
    expect(await reading(elements, [...rows, ...rows], struct([]))).toEqual([{}, {}]);
  });
});

describe("matching by field id", () => {
  const byId = (id: number): { metadata: { "delta.columnMapping.id": number } } => ({ metadata: { "delta.columnMapping.id": id } });
  const elements: readonly Element[] = [
    { name: "x", ...int, fieldId: 2 },
    { name: "s", repetition: "optional", childCount: 2, fieldId: 3 },
    { name: "a", ...int, fieldId: 4 },
    { name: "b", ...int, fieldId: 5 },
  ];
  const rows = [{ x: 1, s: { a: 2, b: 3 } }];

  test("looks at ids only, nested ones too; ids that are not there are null", async () => {
    const nested = struct([field("a", types.int, byId(5)), field("c", types.int, byId(4)), field("d", types.int, byId(9))]);
    const schema = struct([field("y", types.int, byId(2)), field("x", types.int, byId(7)), field("t", nested, byId(3))]);
    expect(await reading(elements, rows, schema, { matchBy: "id" })).toEqual([{ y: 1, x: null, t: { a: 3, c: 2, d: null } }]);
  });

  test("refuses a file without ids", async () => {
    const schema = struct([field("x", types.int, byId(2))]);
    const read = reading([{ name: "x", ...int }], [{ x: 1 }], schema, { matchBy: "id" });
    await expect(read).rejects.toMatchObject({ code: "parquet/unsupported" });
  });

  test("refuses an id that two columns have", async () => {
    const twins: readonly Element[] = [
      { name: "x", ...int, fieldId: 2 },
      { name: "y", ...int, fieldId: 2 },
    ];
    await expect(reading(twins, [{ x: 1, y: 2 }], struct([field("x", types.int, byId(2))]), { matchBy: "id" })).rejects.toMatchObject({
      code: "parquet/corrupt",
    });
  });
});

describe("nested fields", () => {
  const person: readonly Element[] = [
    { name: "p", repetition: "optional", childCount: 2 },
    { name: "a", ...int },
    { name: "tags", ...list },
    { name: "list", repetition: "repeated", childCount: 1 },
    { name: "element", ...int },
  ];
  const rows = [{ p: { a: 1, tags: { list: [{ element: 5 }] } } }, { p: { a: null, tags: null } }, { p: null }];

  test("come in the wanted order and types, those the file lacks are null, those nobody wants are dropped", async () => {
    const schema = struct([field("p", struct([field("new", types.string), field("A", types.long)]))]);
    expect(await reading(person, rows, schema)).toEqual([{ p: { new: null, A: 1n } }, { p: { new: null, A: null } }, { p: null }]);
  });

  test("when the file has none of them, a null struct still differs from a struct of nulls", async () => {
    const schema = struct([field("p", struct([field("new", types.string)]))]);
    expect(await reading(person, rows, schema)).toEqual([{ p: { new: null } }, { p: { new: null } }, { p: null }]);
    const [top, , ...tags] = person;
    const onlyList: readonly Element[] = [{ ...top, name: "p", childCount: 1 }, ...tags];
    expect(await reading(onlyList, rows, schema)).toEqual([{ p: { new: null } }, { p: { new: null } }, { p: null }]);
  });

  test("of list elements and map values likewise", async () => {
    const elements: readonly Element[] = [
      { name: "l", ...list },
      { name: "list", repetition: "repeated", childCount: 1 },
      { name: "element", repetition: "optional", childCount: 1 },
      { name: "a", ...int },
      { name: "m", repetition: "optional", childCount: 1, logicalType: { kind: "map" } },
      { name: "key_value", repetition: "repeated", childCount: 2 },
      { name: "key", repetition: "required", type: "INT32" },
      { name: "value", repetition: "optional", childCount: 1 },
      { name: "m2", repetition: "optional", childCount: 1, logicalType: { kind: "map" } },
      { name: "entries", repetition: "repeated", childCount: 2 },
      { name: "key", repetition: "required", type: "INT32" },
      { name: "value", ...int },
    ];
    const values = [
      {
        l: { list: [{ element: { a: 1 } }, { element: null }] },
        m: {
          key_value: [
            { key: 1, value: { m2: { entries: [{ key: 2, value: null }] } } },
            { key: 3, value: null },
          ],
        },
      },
      { l: { list: [] }, m: null },
    ];
    const other = struct([field("b", types.int)]);
    const schema = struct([field("l", array(other)), field("m", map(types.long, other))]);
    expect(await reading(elements, values, schema)).toEqual([
      {
        l: [{ b: null }, null],
        m: new Map<bigint, unknown>([
          [1n, { b: null }],
          [3n, null],
        ]),
      },
      { l: [], m: null },
    ]);
  });

  test("variants come as their two parts, shredded ones are refused", async () => {
    const bytes = { type: "BYTE_ARRAY", repetition: "required" } as const;
    const elements: readonly Element[] = [
      { name: "v", repetition: "optional", childCount: 2, logicalType: { kind: "variant", specificationVersion: 1 } },
      { name: "value", ...bytes },
      { name: "metadata", ...bytes },
    ];
    const file = buildPlainFile({
      elements: [{ name: "schema", childCount: 1 }, ...elements],
      rowGroups: [[{ v: { value: Uint8Array.of(1), metadata: Uint8Array.of(2) } }]],
    });
    expect(fileColumns(footerOfBytes(file, "f").schema).length).toBe(1);
    const parts = struct([field("metadata", types.binary), field("value", types.binary)]);
    const [row] = (await readRows(file, { schema: struct([field("v", parts)]) })).rows;
    expect(JSON.stringify(row)).toBe(JSON.stringify({ v: { metadata: Uint8Array.of(2), value: Uint8Array.of(1) } }));
    const typed: Element = { name: "typed_value", ...int };
    const shredded: readonly Element[] = [{ ...elements[0], name: "v", childCount: 3 }, ...elements.slice(1), typed];
    await expect(reading(shredded, [], struct([field("v", types.variant)]))).rejects.toMatchObject({
      code: "parquet/unsupported",
      message: expect.stringContaining("shredded"),
    });
  });
});
