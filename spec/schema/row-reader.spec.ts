import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { cellReader } from "../../src/schema/cells.js";
import { decimal, field, struct, types } from "../../src/schema/data-types.js";
import { rowArrayReader, rowReader, rowValue, type RowOptions } from "../../src/schema/row-reader.js";
import { batchFromRows } from "../../src/schema/row-writer.js";
import { resolveSchema } from "../../src/schema/schema-input.js";

const schema = resolveSchema({
  l: "long",
  d: "decimal(12,2)",
  t: "timestamp",
  n: "timestamp_ntz",
  m: "map<long,long>",
  a: "array<struct<l:long,d:decimal(4,1)>>",
});
const rows = [
  {
    l: 5n,
    d: "12.30",
    t: "2026-01-31T00:00:00.123456Z",
    n: "2026-01-31T00:00:00.123456",
    m: new Map([[1n, 2n]]),
    a: [{ l: 7n, d: "-1.5" }, null],
  },
  { l: null, d: null, t: null, n: null, m: null, a: null },
];
const read = (options?: RowOptions): unknown[] => rowArrayReader(schema, options)(batchFromRows(rows, schema));

describe("the forms of rows", () => {
  test("by default lose nothing", () => {
    expect(read()).toEqual(rows);
  });

  test("long as number or text, at every depth", () => {
    expect(read({ long: "number" })[0]).toMatchObject({ l: 5, m: new Map([[1, 2]]), a: [{ l: 7 }, null] });
    expect(read({ long: "string" })[0]).toMatchObject({ l: "5", m: new Map([["1", "2"]]), a: [{ l: "7" }, null] });
  });

  test("decimal as number", () => {
    expect(read({ decimal: "number" })[0]).toMatchObject({ d: 12.3, a: [{ d: -1.5 }, null] });
  });

  test("timestamps as Date, rounded down to ms, or as µs", () => {
    const date = new Date("2026-01-31T00:00:00.123Z");
    expect(read({ timestamp: "date" })[0]).toMatchObject({ t: date, n: date });
    expect(read({ timestamp: "micros" })[0]).toMatchObject({ t: 1769817600123456n, n: 1769817600123456n });
  });

  test("map as object", () => {
    expect(read({ map: "object" })[0]).toMatchObject({ m: { 1: 2n } });
  });

  test("nulls stay null in every form", () => {
    const nothing = { l: null, d: null, t: null, n: null, m: null, a: null };
    expect(read({ long: "number", decimal: "number", timestamp: "date", map: "object" })[1]).toEqual(nothing);
  });

  test("a long that a number would round is refused, naming column and row", () => {
    const batch = batchFromRows([{ l: 2n ** 53n - 1n }, { l: 2n ** 53n }], resolveSchema({ l: "long" }));
    const generator = rowReader(resolveSchema({ l: "long" }), { long: "number" })(batch);
    expect(generator.next().value).toEqual({ l: 9007199254740991 });
    expect(() => generator.next()).toThrow(
      expect.objectContaining({ code: "schema/overflow", context: { column: "l", row: 1, value: "9007199254740992" } }),
    );
  });

  test("map keys that are no texts cannot become an object", () => {
    const keyed = resolveSchema({ m: "map<binary,int>" });
    expect(() => rowArrayReader(keyed, { map: "object" })(batchFromRows([], keyed))).toThrow(
      expect.objectContaining({ code: "schema/type-mismatch" }),
    );
  });

  test("an option that does not exist is refused", () => {
    expect(() => rowReader(schema, { long: "float" } as unknown as RowOptions)).toThrow(
      expect.objectContaining({ code: "usage/invalid-option" }),
    );
  });

  test("variants are refused by name", () => {
    const variants = struct([field("v", types.variant)]);
    expect(() => batchFromRows([{ v: 1 }], variants)).toThrow(expect.objectContaining({ code: "delta/unsupported-feature" }));
  });

  test("a column called __proto__ is a column", () => {
    const odd = struct([field("__proto__", types.int), field("a", types.int)]);
    const row = JSON.parse('{ "__proto__": 5, "a": 1 }') as Record<string, unknown>;
    const [back] = rowArrayReader(odd)(batchFromRows([row], odd));
    expect(Object.getOwnPropertyDescriptor(back, "__proto__")?.value).toBe(5);
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  });
});

describe("cells", () => {
  test("are exact values in the unit of their type", () => {
    const flat = resolveSchema({ l: "long", d: "decimal(38,2)", t: "timestamp", day: "date", b: "boolean", x: "binary", f: "float" });
    const batch = batchFromRows(
      [
        {
          l: -(2n ** 63n),
          d: "-999999999999999999999999999999999999.99",
          t: "0001-01-01T00:00:00Z",
          day: "0001-01-01",
          b: false,
          x: Uint8Array.of(7),
          f: 0.1,
        },
        {},
      ],
      flat,
    );
    const cells = flat.fields.map((f, i) => {
      const column = batch.data.children[i];
      return column === undefined ? [] : [0, 1].map(cellReader(f.type, column));
    });
    expect(cells.map(([first]) => first)).toEqual([
      -(2n ** 63n),
      -99999999999999999999999999999999999999n,
      -62135596800000000n,
      -719162,
      false,
      Uint8Array.of(7),
      Math.fround(0.1),
    ]);
    expect(cells.map(([, second]) => second)).toEqual(flat.fields.map(() => null));
  });

  test("of a struct are asked for in vain", () => {
    const nested = resolveSchema({ s: "struct<a:int>" });
    const column = batchFromRows([{ s: { a: 1 } }], nested).data.children[0];
    const type = nested.fields[0]?.type;
    expect(() => column !== undefined && type !== undefined && cellReader(type, column)).toThrow(LakeError);
  });
});

describe("a single value", () => {
  test("is spelled as in rows", () => {
    expect(rowValue(decimal(5, 2), 123n)).toBe("1.23");
    expect(rowValue(types.long, 123n)).toBe(123n);
    expect(rowValue(types.date, 0)).toBe("1970-01-01");
    expect(rowValue(types.timestamp, 0n)).toBe("1970-01-01T00:00:00.000000Z");
    expect(rowValue(types.timestamp_ntz, null)).toBeNull();
    expect(rowValue(types.double, NaN)).toBeNaN();
  });
});
