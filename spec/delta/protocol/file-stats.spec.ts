import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileColumns } from "../../../src/delta/protocol/file-columns.js";
import { fileStats, numRecordsOf } from "../../../src/delta/protocol/file-stats.js";
import type { ColumnBounds } from "../../../src/expression/bounds.js";
import { formatTimestamp } from "../../../src/schema/datetime.js";
import { parseSchemaText, parseType } from "../../../src/schema/type-text.js";
import type { StructType } from "../../../src/schema/types.js";
import type { Value } from "../../../src/schema/value.js";
import { compareValues } from "../../../src/schema/value-order.js";

const schema = parseSchemaText(
  "b byte, i int, l long, f float, d double, dec decimal(38,10), s string, bin binary, flag boolean, day date, " +
    "ts timestamp, ntz timestamp_ntz, " +
    "a struct<b: struct<c: long>>, list array<int>",
);
const filesOf = (of: StructType): ReturnType<typeof fileColumns> => fileColumns("none", of, [], []);
const of = (stats: string, column: string, in_: StructType = schema): ColumnBounds | undefined =>
  fileStats(stats, filesOf(in_)).column(column.split("."));
const minOf = (json: string, column: string): Value | undefined => of(`{"numRecords":1,"minValues":{"${column}":${json}}}`, column)?.min;
const maxOf = (json: string, column: string): Value | undefined => of(`{"numRecords":1,"maxValues":{"${column}":${json}}}`, column)?.max;

describe("statistics", () => {
  it("of longs are exact to the last digit", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(minOf(value.toString(), "l")).toBe(value);
        expect(maxOf(value.toString(), "l")).toBe(value);
      }),
    );
  });

  it("of nested fields are found by their path", () => {
    const stats =
      '{"numRecords":4,"minValues":{"a":{"b":{"c":1}}},"maxValues":{"a":{"b":{"c":9007199254740993}}},' +
      '"nullCount":{"a":{"b":{"c":2}},"list":1}}';
    expect(of(stats, "a.b.c")).toEqual({ min: 1n, max: 9007199254740993n, nullCount: 2, exact: true });
    expect(of(stats, "list")).toEqual({ nullCount: 1 });
    expect(of(stats, "a.b")).toBeUndefined();
    expect(of(stats, "a.x")).toBeUndefined();
    expect(fileStats(stats, filesOf(schema)).rowCount).toBe(4);
  });

  it("of timestamps bound every µs that was cut to the same millisecond", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -62135596800000000n, max: 253402300799999999n }), (micros) => {
        const cut = `"${formatTimestamp(micros).slice(0, 23)}Z"`;
        const min = minOf(cut, "ts");
        const max = maxOf(cut, "ts");
        expect(typeof min === "bigint" && min <= micros).toBe(true);
        expect(typeof max === "bigint" && max >= micros && max < micros + 1000n).toBe(true);
      }),
    );
  });

  it("of timestamps without a zone, or with a truncated zone before 1900, say nothing", () => {
    expect(minOf('"2023-01-01T00:00:00.000"', "ts")).toBeUndefined();
    expect(minOf('"1883-11-18T12:00:00.000-07:52"', "ts")).toBeUndefined();
    expect(minOf('"2023-01-01T01:00:00.000+01:00"', "ts")).toBe(1672531200000000n);
    expect(minOf('"2023-01-01T00:00:00.000"', "ntz")).toBe(1672531200000000n);
  });

  it("of decimals bound the value, whether it was written exactly or through a double", () => {
    const type = parseType("decimal(38,10)");
    fc.assert(
      fc.property(
        fc.oneof(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n })),
        fc.boolean(),
        (unscaled, throughDouble) => {
          const digits = `${unscaled < 0n ? "-" : ""}${(unscaled < 0n ? -unscaled : unscaled).toString().padStart(11, "0")}`;
          const exact = `${digits.slice(0, -10)}.${digits.slice(-10)}`;
          const json = throughDouble ? String(Number(exact)) : exact;
          const min = minOf(json, "dec");
          const max = maxOf(json, "dec");
          if (min !== undefined) expect(compareValues(type, min, unscaled)).toBeLessThanOrEqual(0);
          if (max !== undefined) expect(compareValues(type, max, unscaled)).toBeGreaterThanOrEqual(0);
          if (unscaled < 10n ** 15n && unscaled > -(10n ** 15n)) expect(min).toBe(unscaled);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("of floats are 32-bit floats, whatever digits they were written with", () => {
    expect(maxOf("0.1", "f")).toBe(Math.fround(0.1));
    expect(maxOf("0.30000000000000004", "d")).toBe(0.1 + 0.2);
  });

  it("of NaN and infinities are read from strings; a minimum of NaN says nothing", () => {
    expect(maxOf('"NaN"', "d")).toBeNaN();
    expect(minOf('"NaN"', "d")).toBeUndefined();
    expect(maxOf('"Infinity"', "d")).toBe(Infinity);
    expect(minOf('"-Infinity"', "f")).toBe(-Infinity);
  });

  it("with wide bounds keep null counts only where they are sure, and are not exact", () => {
    const wide = (nullCount: number): ColumnBounds | undefined =>
      of(`{"numRecords":5,"tightBounds":false,"minValues":{"i":1},"nullCount":{"i":${nullCount}}}`, "i");
    expect(wide(0)).toEqual({ min: 1, nullCount: 0 });
    expect(wide(5)).toEqual({ min: 1, nullCount: 5 });
    expect(wide(3)).toEqual({ min: 1 });
  });

  it.each([
    "",
    "{",
    "null",
    "[]",
    '{"numRecords":-1}',
    '{"numRecords":1.5}',
    '{"minValues":7}',
    '{"minValues":{"i":"x"}}',
    '{"minValues":{"i":[1]},"numRecords":"7"}',
  ])("that are damaged (%s) are unknown, not an error", (text) => {
    expect(of(text, "i")).toBeUndefined();
    expect(fileStats(text, filesOf(schema)).rowCount).toBeUndefined();
    expect(numRecordsOf(text)).toBeUndefined();
  });

  it.each([
    ["i", '"1"'],
    ["i", "1.5"],
    ["l", "1e30"],
    ["l", "9223372036854775808"],
    ["s", "1"],
    ["day", '"x"'],
    ["bin", '"x"'],
    ["list", "1"],
    ["flag", "1"],
  ])("of another type than the column (%s: %s) are unknown", (column, json) => {
    expect(minOf(json, column)).toBeUndefined();
  });

  it("give the number of records without parsing the rest", () => {
    expect(numRecordsOf('{"numRecords":10000,"minValues":{"id":0}}')).toBe(10000);
    expect(numRecordsOf('{"minValues":{"numRecords":3},"numRecords": 7}')).toBe(7);
  });
});
