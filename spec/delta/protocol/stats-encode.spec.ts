import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Bounds } from "../../../src/expression/bounds.js";
import { compareValues } from "../../../src/schema/value-order.js";
import { field, struct, types } from "../../../src/schema/data-types.js";
import { parseSchemaText } from "../../../src/schema/type-text.js";
import type { DataType, StructType } from "../../../src/schema/types.js";
import type { Value } from "../../../src/schema/value.js";
import { fileColumns } from "../../../src/delta/protocol/file-columns.js";
import { fileStats } from "../../../src/delta/protocol/file-stats.js";
import { statsColumns } from "../../../src/delta/protocol/stats-columns.js";
import { encodeStats, truncateMax, truncateMin } from "../../../src/delta/protocol/stats-encode.js";
import { arbitraryFlatType } from "../../arbitraries/schema.js";
import { arbitraryValue } from "../../arbitraries/rows.js";

/** The exact bounds of a column with these values, as a Parquet writer knows them. */
function boundsOf(type: DataType, values: readonly Value[]): Bounds {
  const known = values.filter((value) => value !== null);
  const sorted = [...known].sort((a, b) => compareValues(type, a, b));
  const extremes = sorted.length === 0 ? {} : { min: sorted[0] as Value, max: sorted.at(-1) as Value, exact: true };
  return {
    rowCount: values.length,
    column: (path) => (path.join(".") === "c" ? { ...extremes, nullCount: values.length - known.length } : undefined),
  };
}

const utf8 = (text: string): Buffer => Buffer.from(text, "utf8");

describe("encodeStats", () => {
  test("what is read back of a column's statistics are bounds of every value that was in it", () => {
    const columns = arbitraryFlatType.chain((type) =>
      fc.record({ type: fc.constant(type), values: fc.array(fc.option(arbitraryValue(type), { nil: null, freq: 5 }), { maxLength: 6 }) }),
    );
    let bounded = 0;
    fc.assert(
      fc.property(columns, ({ type, values }) => {
        const schema = struct([field("c", type)]);
        const text = encodeStats(boundsOf(type, values), values.length, statsColumns(schema, [], new Map()));
        const read = fileStats(text, fileColumns("none", schema, [], []));
        expect(read.rowCount).toBe(values.length);
        const { min, max, nullCount } = read.column(["c"]) ?? {};
        expect(nullCount).toBe(values.filter((value) => value === null).length);
        for (const value of values) {
          if (value === null) continue;
          const isNaN = typeof value === "number" && Number.isNaN(value);
          if (min !== undefined) expect(compareValues(type, min, value)).toBeLessThanOrEqual(0);
          if (max !== undefined && !(isNaN && !Number.isNaN(max))) expect(compareValues(type, max, value)).toBeGreaterThanOrEqual(0);
          if (isNaN) expect(max === undefined || Number.isNaN(max)).toBe(true);
        }
        if (min !== undefined || max !== undefined) bounded++;
      }),
      { numRuns: 1000 },
    );
    expect(bounded).toBeGreaterThan(200);
  });

  const encode = (
    schemaText: string,
    byPath: Readonly<Record<string, { min?: Value; max?: Value; nullCount?: number }>>,
    settings: readonly (readonly [string, string])[] = [],
  ): unknown => {
    const bounds: Bounds = { rowCount: 7, column: (path) => byPath[path.join(".")] };
    return JSON.parse(encodeStats(bounds, 7, statsColumns(parseSchemaText(schemaText), [], new Map(settings))));
  };

  test("the columns are mirrored as PROTOCOL.md shows them: numRecords, minValues, maxValues, nullCount", () => {
    expect(encode("a struct<b: struct<c: long>>", { "a.b.c": { min: 1n, max: 9n, nullCount: 2 } })).toEqual({
      numRecords: 7,
      minValues: { a: { b: { c: 1 } } },
      maxValues: { a: { b: { c: 9 } } },
      nullCount: { a: { b: { c: 2 } } },
    });
  });

  test("longs and decimals keep every digit", () => {
    const bounds: Bounds = {
      rowCount: 1,
      column: ([name]) =>
        name === "l" ? { min: -(2n ** 63n), max: 2n ** 63n - 1n } : { min: -5n, max: 12345678901234567890123456789012345678n },
    };
    const text = encodeStats(bounds, 1, statsColumns(parseSchemaText("l long, d decimal(38,2)"), [], new Map()));
    expect(text).toContain('"l":-9223372036854775808');
    expect(text).toContain('"l":9223372036854775807');
    expect(text).toContain('"d":-0.05');
    expect(text).toContain('"d":123456789012345678901234567890123456.78');
  });

  test("timestamps have milliseconds as Spark writes them, and all six digits where cutting would move a bound inwards", () => {
    const stats = encode("t timestamp, n timestamp_ntz, d date", {
      t: { min: 1_700_000_000_123_000n, max: 1_700_000_000_123_456n },
      n: { min: -1n, max: 0n },
      d: { min: -719162, max: 2932896 },
    });
    expect(stats).toMatchObject({
      minValues: { t: "2023-11-14T22:13:20.123Z", n: "1969-12-31T23:59:59.999999", d: "0001-01-01" },
      maxValues: { t: "2023-11-14T22:13:20.123456Z", n: "1970-01-01T00:00:00.000", d: "9999-12-31" },
    });
  });

  test("NaN and infinities are left out, and zeros are the outer ones", () => {
    const text = encodeStats(
      { rowCount: 2, column: ([name]) => (name === "z" ? { min: 0, max: -0 } : { min: Number.NEGATIVE_INFINITY, max: Number.NaN }) },
      2,
      statsColumns(parseSchemaText("z double, x double"), [], new Map()),
    );
    expect(text).toBe('{"numRecords":2,"minValues":{"z":-0.0},"maxValues":{"z":0.0},"nullCount":{}}');
  });

  test("booleans, binaries, arrays and maps have a count of nulls only", () => {
    const all = { min: true, max: true, nullCount: 3 };
    expect(encode("b boolean, y binary, a array<int>, m map<string,int>", { b: all, y: all, a: all, m: all })).toEqual({
      numRecords: 7,
      minValues: {},
      maxValues: {},
      nullCount: { b: 3, y: 3, a: 3, m: 3 },
    });
  });

  test("names that JSON or JavaScript treat specially are names", () => {
    const schema = struct([field("__proto__", types.int), field('a"b', types.int)]);
    const text = encodeStats({ rowCount: 1, column: () => ({ min: 1, max: 1, nullCount: 0 }) }, 1, statsColumns(schema, [], new Map()));
    expect(text).toContain('"minValues":{"__proto__":1,"a\\"b":1}');
  });
});

describe("statsColumns", () => {
  const leaves = (
    schema: StructType,
    settings: readonly (readonly [string, string])[],
    partitionBy: readonly string[] = [],
  ): string[] => {
    const walk = (columns: ReturnType<typeof statsColumns>): string[] =>
      columns.flatMap((column) => (column.kind === "leaf" ? [column.path.join(".")] : walk(column.fields)));
    return walk(statsColumns(schema, partitionBy, new Map(settings)));
  };
  const wide = struct(Array.from({ length: 40 }, (_, at) => field(`c${at}`, types.int)));
  const nested = parseSchemaText("p int, a struct<x: int, y: struct<z: int>>, m map<string,int>, t string");

  test("the first 32 leaves, unless the table says otherwise", () => {
    expect(leaves(wide, [])).toHaveLength(32);
    expect(leaves(wide, [["delta.dataSkippingNumIndexedCols", "3"]])).toEqual(["c0", "c1", "c2"]);
    expect(leaves(wide, [["delta.dataSkippingNumIndexedCols", "-1"]])).toHaveLength(40);
    expect(leaves(wide, [["delta.dataSkippingNumIndexedCols", "0"]])).toEqual([]);
  });

  test("leaves of structs count one by one, an array or map once, partition columns not at all", () => {
    expect(leaves(nested, [["delta.dataSkippingNumIndexedCols", "3"]], ["p"])).toEqual(["a.x", "a.y.z", "m"]);
  });

  test("named columns are the only ones; a struct stands for all that is in it", () => {
    expect(
      leaves(nested, [
        ["delta.dataSkippingStatsColumns", "T, a.y"],
        ["delta.dataSkippingNumIndexedCols", "1"],
      ]),
    ).toEqual(["a.y.z", "t"]);
    expect(leaves(struct([field("a.b", types.int), field("a", types.int)]), [["delta.dataSkippingStatsColumns", "`a.b`"]])).toEqual([
      "a.b",
    ]);
  });
});

describe("truncated texts", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 100 }),
    fc
      .array(fc.constantFrom("a", "\u007f", "é", "\uffff", "😀", "\u{10ffff}", "\ud7ff"), { maxLength: 90 })
      .map((parts) => parts.join("")),
  );

  test("the shortened minimum is not greater, the shortened maximum not smaller, by UTF-8 bytes", () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(1, 2, 5, 32), (text, length) => {
        const min = truncateMin(text, length);
        const max = truncateMax(text, length);
        expect(Buffer.compare(utf8(min ?? ""), utf8(text))).toBeLessThanOrEqual(0);
        expect([...(min ?? "")].length).toBeLessThanOrEqual(length);
        if (max === undefined) return;
        expect(Buffer.compare(utf8(max), utf8(text))).toBeGreaterThanOrEqual(0);
        expect([...max].length).toBeLessThanOrEqual(2 * length + 1);
        expect(max.isWellFormed() || !text.isWellFormed()).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  // Spark's own examples, StatisticsCollectionSuite "truncateMaxStringAgg".
  test("the tie-breaker is U+007F where that is greater than what is cut off, else U+10FFFF", () => {
    expect(truncateMax("abcd", 6)).toBe("abcd");
    expect(truncateMax("abcdef", 5)).toBe("abcde\u007f");
    expect(truncateMax(`abcde\u{10ffff}\u{10ffff}d`, 5)).toBe(`abcde\u{10ffff}\u{10ffff}\u007f`);
    expect(truncateMax("ab\u007fd", 2)).toBe("ab\u{10ffff}");
    expect(truncateMax("\u{10ffff}".repeat(20), 5)).toBeUndefined();
    expect(truncateMin("abcdef", 5)).toBe("abcde");
    expect(truncateMin("a😀b", 2)).toBe("a😀");
  });
});
