import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LakeError, type LakeErrorCode } from "../../src/base/errors.js";
import { parseTimestamp } from "../../src/schema/datetime.js";
import { rowArrayReader } from "../../src/schema/row-reader.js";
import { batchFromRows } from "../../src/schema/row-writer.js";
import { resolveSchema } from "../../src/schema/schema-input.js";
import { types } from "../../src/schema/data-types.js";
import type { DataType } from "../../src/schema/types.js";
import { compareValues } from "../../src/schema/value-order.js";

/** What a value written into a column of that text reads as. */
function through(type: string, value: unknown): unknown {
  const schema = resolveSchema({ c: type });
  return rowArrayReader(schema)(batchFromRows([{ c: value }], schema))[0]?.["c"];
}

function refusal(act: () => unknown): LakeError {
  try {
    act();
  } catch (error) {
    if (error instanceof LakeError) return error;
    throw error;
  }
  throw new LakeError("internal/assertion", "nothing was refused");
}

describe("forms that a column takes besides its own", () => {
  test.each<[string, unknown, unknown]>([
    ["long", 42, 42n],
    ["long", -0, 0n],
    ["long", Number.MAX_SAFE_INTEGER, 9007199254740991n],
    ["long", Number.MIN_SAFE_INTEGER, -9007199254740991n],
    ["int", 7n, 7],
    ["int", -0, 0],
    ["double", 1, 1],
    ["float", 0.1, Math.fround(0.1)],
    ["float", 3.4028235e38, 3.4028234663852886e38],
    ["decimal(12,2)", 12.34, "12.34"],
    ["decimal(12,2)", -0.1, "-0.10"],
    ["decimal(12,2)", 1.15, "1.15"],
    ["decimal(12,2)", 5, "5.00"],
    ["decimal(12,2)", "5", "5.00"],
    ["decimal(12,2)", "+5.500", "5.50"],
    ["decimal(12,2)", "1e3", "1000.00"],
    ["decimal(12,2)", "-0", "0.00"],
    ["decimal(38,18)", "12345678901234567890.123456789012345678", "12345678901234567890.123456789012345678"],
    ["decimal(38,0)", "-99999999999999999999999999999999999999", "-99999999999999999999999999999999999999"],
    ["timestamp", new Date(1), "1970-01-01T00:00:00.001000Z"],
    ["timestamp", new Date(-1), "1969-12-31T23:59:59.999000Z"],
    ["timestamp", 1n, "1970-01-01T00:00:00.000001Z"],
    ["timestamp", "2026-01-31T09:00:00+09:00", "2026-01-31T00:00:00.000000Z"],
    ["timestamp", "2026-01-31 00:00:00.123456000Z", "2026-01-31T00:00:00.123456Z"],
    ["timestamp_ntz", new Date(0), "1970-01-01T00:00:00.000000"],
    ["timestamp_ntz", "2026-01-31", "2026-01-31T00:00:00.000000"],
    ["binary", Buffer.from([1, 2]), Uint8Array.of(1, 2)],
    ["array<double>", Float64Array.of(1.5, NaN), [1.5, NaN]],
    [
      "map<string,int>",
      { a: 1, b: null },
      new Map([
        ["a", 1],
        ["b", null],
      ]),
    ],
    [
      "map<long,int>",
      { 5: 1, "-7": 2 },
      new Map([
        [5n, 1],
        [-7n, 2],
      ]),
    ],
    ["map<boolean,int>", { true: 1 }, new Map([[true, 1]])],
    ["map<date,int>", { "2026-01-31": 1 }, new Map([["2026-01-31", 1]])],
    ["struct<a:int,b:string>", { B: "x" }, { a: null, b: "x" }],
    ["string", undefined, null],
  ])("%s takes %o", (type, value, read) => {
    expect(through(type, value)).toEqual(read);
  });

  test("names match without regard to case, and the schema's spelling is kept", () => {
    const schema = resolveSchema({ User_Id: "long", inner: "struct<Deep:int>" });
    const batch = batchFromRows([{ user_id: 1, INNER: { deep: 2 } }, { USER_ID: 3 }], schema);
    expect(batch.schema.names).toEqual(["User_Id", "inner"]);
    expect(rowArrayReader(schema)(batch)).toEqual([
      { User_Id: 1n, inner: { Deep: 2 } },
      { User_Id: 3n, inner: null },
    ]);
  });

  test("a not null field inside a null struct is no violation", () => {
    const schema = resolveSchema({ s: "struct<a:int not null, t:struct<b:string not null>, l:array<int not null>>" });
    const rows = [{ s: null }, { s: { a: 1, t: null, l: null } }, { s: { a: 2, t: { b: "x" }, l: [3] } }];
    expect(rowArrayReader(schema)(batchFromRows(rows, schema))).toEqual(rows);
  });

  test("a number goes into a decimal exactly when its shortest text does", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }),
        fc.integer({ min: 0, max: 10 }),
        (value, scale) => {
          const type = `decimal(30,${scale})`;
          let expected: unknown;
          try {
            expected = through(type, String(value));
          } catch {
            expect(() => through(type, value)).toThrow(LakeError);
            return;
          }
          expect(through(type, value)).toBe(expected);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("numbers of two decimal places are exact at scale 2", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_00, max: 1_000_000_00 }), (cents) => {
        expect(through("decimal(12,2)", cents / 100)).toBe(through("decimal(12,2)", (cents / 100).toFixed(2)));
      }),
      { numRuns: 500 },
    );
  });

  test("texts of every length and alphabet are kept", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 60 })), (texts) => {
        const schema = resolveSchema({ c: "string" });
        const read = rowArrayReader(schema)(
          batchFromRows(
            texts.map((c) => ({ c })),
            schema,
          ),
        );
        expect(read.map((row) => row["c"])).toEqual(texts);
      }),
      { numRuns: 150 },
    );
  });
});

describe("values that a column refuses", () => {
  const big = 2n ** 63n;
  test.each<[string, unknown, LakeErrorCode, string]>([
    ["int", 2147483648, "schema/overflow", "does not fit an int"],
    ["int", -2147483649, "schema/overflow", "does not fit"],
    ["byte", 128, "schema/overflow", "does not fit"],
    ["short", 99999n, "schema/overflow", "99999n"],
    ["int", 1.5, "schema/invalid-value", "not a whole number"],
    ["int", NaN, "schema/invalid-value", "not a whole number"],
    ["int", "1", "schema/type-mismatch", '"1" is not an int'],
    ["int", true, "schema/type-mismatch", "true"],
    ["long", big, "schema/overflow", "9223372036854775808n"],
    ["long", 2 ** 53, "schema/invalid-value", "Pass a bigint"],
    ["long", 0.5, "schema/invalid-value", "not a whole number"],
    ["long", "5", "schema/type-mismatch", "Pass a bigint"],
    ["double", "1.5", "schema/type-mismatch", "Pass a number"],
    ["double", 1n, "schema/type-mismatch", "1n"],
    ["float", 1e300, "schema/overflow", "does not fit a float"],
    ["decimal(4,2)", "123.4", "schema/overflow", "2 digits before the point and 2 after it"],
    ["decimal(4,2)", "1.234", "schema/overflow", "Round the value"],
    ["decimal(4,2)", 0.1 + 0.2, "schema/overflow", "0.30000000000000004"],
    ["decimal(4,2)", NaN, "schema/invalid-value", "NaN"],
    ["decimal(38,0)", 2 ** 70, "schema/invalid-value", "Pass a text"],
    ["decimal(4,2)", 5n, "schema/type-mismatch", '"12.34"'],
    ["decimal(4,2)", "abc", "schema/invalid-value", "not a decimal number"],
    ["string", 5, "schema/type-mismatch", "Pass a string"],
    ["string", "a\ud800", "schema/invalid-value", "surrogate"],
    ["string", "\udc00".repeat(60), "schema/invalid-value", "surrogate"],
    ["binary", "AQI=", "schema/type-mismatch", "Uint8Array"],
    ["binary", [1, 2], "schema/type-mismatch", "an array of 2"],
    ["boolean", 1, "schema/type-mismatch", "true or false"],
    ["date", "2026-02-30", "schema/invalid-value", '"2026-02-30" is not a date of the calendar'],
    ["date", "2026-01-31T00:00:00Z", "schema/invalid-value", "it has a time"],
    ["date", "0000-01-01", "schema/overflow", "years 1 to 9999"],
    ["date", "+10000-01-01", "schema/overflow", "years 1 to 9999"],
    ["date", new Date(0), "schema/type-mismatch", "toISOString().slice(0, 10)"],
    ["date", 5, "schema/type-mismatch", '"2026-01-31"'],
    ["timestamp", 1700000000000, "schema/type-mismatch", "new Date(ms), BigInt(µs)"],
    ["timestamp", "2026-01-31T00:00:00", "schema/invalid-value", "has no zone"],
    ["timestamp", "2026-01-31T00:00:00.1234567Z", "schema/invalid-value", "finer than a microsecond"],
    ["timestamp", "2026-02-30T00:00:00Z", "schema/invalid-value", "not a moment of the calendar"],
    ["timestamp", new Date(NaN), "schema/invalid-value", "an invalid Date"],
    ["timestamp", new Date(8.64e15), "schema/overflow", "years 1 to 9999"],
    ["timestamp", 2n ** 62n, "schema/overflow", "years 1 to 9999"],
    ["timestamp", "9999-12-31T23:59:59.999999-00:01", "schema/overflow", "years 1 to 9999"],
    ["timestamp_ntz", "2026-01-31T00:00:00Z", "schema/invalid-value", "Leave the zone out"],
    ["timestamp_ntz", 5, "schema/type-mismatch", "plain number"],
    ["void", 1, "schema/type-mismatch", "Pass null"],
    ["array<int>", "abc", "schema/type-mismatch", "Pass an array"],
    ["array<int>", new Set([1]), "schema/type-mismatch", "Pass an array"],
    ["map<string,int>", [1], "schema/type-mismatch", "a Map or an object"],
    ["map<int,int>", { abc: 1 }, "schema/type-mismatch", '"abc"'],
    ["struct<a:int>", [1], "schema/type-mismatch", "Pass an object"],
    ["struct<a:int>", new Map([["a", 1]]), "schema/type-mismatch", "Pass an object"],
    ["struct<a:int>", { b: 1 }, "schema/unknown-field", '"c.b"'],
    ["variant", { a: 1 }, "delta/unsupported-feature", "variant"],
  ])("%s refuses %o: %s", (type, value, code, words) => {
    const schema = resolveSchema({ c: type });
    const error = refusal(() => batchFromRows([{ c: null }, { c: value }], schema));
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    if (code !== "delta/unsupported-feature") {
      expect(error.message).toContain("Row 1");
      expect(error.context).toMatchObject({ row: 1 });
    }
  });

  test("null into not null is refused at every level, naming the row", () => {
    const cases: [string, unknown, string][] = [
      ["int not null", null, '"c"'],
      ["struct<a:int not null>", { a: null }, '"c.a"'],
      ["struct<a:int not null>", {}, '"c.a"'],
      ["array<int not null>", [1, null], '"c.element"'],
      ["map<string,int not null>", { a: null }, '"c.value"'],
      ["map<string,int>", new Map([[null, 1]]), '"c.key"'],
      ["array<struct<a:map<string,int not null>>>", [{ a: { x: 1 } }, { a: { y: null } }], '"c.element.a.value"'],
    ];
    for (const [type, value, column] of cases) {
      const schema = resolveSchema({ id: "int", c: type });
      const good = type.startsWith("array<struct")
        ? [{ a: { x: 1 } }]
        : type.startsWith("array")
          ? [1]
          : type.startsWith("map")
            ? { a: 1 }
            : type.startsWith("struct")
              ? { a: 1 }
              : 1;
      const error = refusal(() =>
        batchFromRows(
          [
            { id: 1, c: good },
            { id: 2, c: good },
            { id: 3, c: value },
          ],
          schema,
          { firstRow: 100 },
        ),
      );
      expect(error.code).toBe("schema/not-null");
      expect(error.message).toContain(`Row 102, column ${column}`);
    }
  });

  test("a refusal inside lists names the row that the element belongs to", () => {
    const schema = resolveSchema({ c: "array<array<int>>" });
    const rows = [{ c: [[1], [], [2, 3]] }, { c: null }, { c: [] }, { c: [[], [4, "x"]] }];
    expect(refusal(() => batchFromRows(rows, schema)).context).toMatchObject({ row: 3, column: "c.element.element" });
  });

  test("a field that the schema lacks is refused, with the names there are", () => {
    const schema = resolveSchema({ id: "long", name: "string" });
    const error = refusal(() => batchFromRows([{ id: 1 }, { id: 2, nam: "x" }], schema));
    expect(error.code).toBe("schema/unknown-field");
    expect(error.message).toMatch(/Row 1 has the field "nam" \("x"\).*id, name.*mergeSchema/s);
    expect(() => batchFromRows([{ id: 1, other: undefined }], schema)).not.toThrow();
  });

  test("one column under two names in a row is refused", () => {
    const error = refusal(() => batchFromRows([{ id: 1, ID: 2 }], resolveSchema({ id: "long" })));
    expect(error.code).toBe("schema/duplicate-column");
  });

  test("what is no row is refused", () => {
    const schema = resolveSchema({ id: "long" });
    for (const row of [null, 1, "x", [1], new Map(), new Date(0)]) {
      expect(refusal(() => batchFromRows([row], schema)).code).toBe("schema/type-mismatch");
    }
  });

  test("the value in a message is short", () => {
    const error = refusal(() => batchFromRows([{ id: "x".repeat(10_000) }], resolveSchema({ id: "long" })));
    expect(error.message.length).toBeLessThan(300);
  });
});

describe("years", () => {
  test("the first and the last moment are kept to the µs", () => {
    expect(through("timestamp", "0001-01-01T00:00:00Z")).toBe("0001-01-01T00:00:00.000000Z");
    expect(through("timestamp", "9999-12-31T23:59:59.999999Z")).toBe("9999-12-31T23:59:59.999999Z");
    expect(through("date", "0001-01-01")).toBe("0001-01-01");
    expect(through("date", "9999-12-31")).toBe("9999-12-31");
    const [first, last] = [parseTimestamp("0001-01-01T00:00:00Z"), parseTimestamp("9999-12-31T23:59:59.999999Z")];
    expect(compareValues(types.timestamp satisfies DataType, first ?? null, last ?? null)).toBeLessThan(0);
  });
});
