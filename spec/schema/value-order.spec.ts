import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { decimal, types } from "../../src/schema/data-types.js";
import { formatDecimal, parseDecimal, rescale, toUnscaled } from "../../src/schema/decimal-text.js";
import type { DataType } from "../../src/schema/types.js";
import type { Value } from "../../src/schema/value.js";
import { compareValues, formatValue, parseValue } from "../../src/schema/value-order.js";
import { arbitraryValue } from "../arbitraries/rows.js";
import { arbitraryFlatType } from "../arbitraries/schema.js";

const nullable = (type: DataType): fc.Arbitrary<Value> => fc.option(arbitraryValue(type), { nil: null, freq: 6 });
const three = arbitraryFlatType.chain((type) => fc.tuple(fc.constant(type), nullable(type), nullable(type), nullable(type)));

describe("the order of values", () => {
  test("is total: antisymmetric, transitive, and equal to itself", () => {
    fc.assert(
      fc.property(three, ([type, a, b, c]) => {
        expect(compareValues(type, a, a)).toBe(0);
        expect(Math.sign(compareValues(type, a, b))).toBe(0 - Math.sign(compareValues(type, b, a)));
        const sorted = [a, b, c].sort((x, y) => compareValues(type, x, y));
        expect(compareValues(type, sorted[0] ?? null, sorted[2] ?? null)).toBeLessThanOrEqual(0);
        expect(compareValues(type, sorted[0] ?? null, sorted[1] ?? null)).toBeLessThanOrEqual(0);
        expect(compareValues(type, sorted[1] ?? null, sorted[2] ?? null)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 1000 },
    );
  });

  test("of strings is that of their UTF-8 bytes", () => {
    // Surrogates against U+E000 to U+FFFF is where UTF-16 units go wrong.
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 4 }),
      fc.array(fc.constantFrom("\ue000", "\uffff", "😀", "\u{10000}", "a", "\ud7ff"), { maxLength: 3 }).map((a) => a.join("")),
    );
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareValues(types.string, a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 1000 },
    );
  });

  test("has null first, NaN last, and one zero", () => {
    const sorted = [NaN, 1, null, Infinity, -Infinity].sort((a, b) => compareValues(types.double, a, b));
    expect(sorted).toEqual([null, -Infinity, 1, Infinity, NaN]);
    expect(compareValues(types.double, -0, 0)).toBe(0);
    expect(compareValues(types.double, NaN, NaN)).toBe(0);
    expect(compareValues(types.binary, Uint8Array.of(255), Uint8Array.of(1, 2))).toBeGreaterThan(0);
    expect(compareValues(types.boolean, false, true)).toBeLessThan(0);
  });
});

describe("the text of values", () => {
  test("reads back as the same value", () => {
    const pair = arbitraryFlatType.chain((type) => fc.tuple(fc.constant(type), arbitraryValue(type)));
    fc.assert(
      fc.property(pair, ([type, value]) => {
        expect(parseValue(type, formatValue(type, value))).toEqual(value);
      }),
      { numRuns: 1000 },
    );
  });

  test("is the one of rows", () => {
    expect(formatValue(decimal(12, 2), -1234n)).toBe("-12.34");
    expect(formatValue(decimal(12, 2), 5n)).toBe("0.05");
    expect(formatValue(types.date, 0)).toBe("1970-01-01");
    expect(formatValue(types.timestamp, 1n)).toBe("1970-01-01T00:00:00.000001Z");
    expect(formatValue(types.timestamp_ntz, -1n)).toBe("1969-12-31T23:59:59.999999");
    expect(formatValue(types.binary, Uint8Array.of(1, 2, 255))).toBe("AQL/");
    expect(formatValue(types.double, -0)).toBe("-0");
    expect(formatValue(types.int, null)).toBe("null");
  });

  test("a timestamp without a zone is refused, unless it is said what it means", () => {
    expect(() => parseValue(types.timestamp, "2026-01-01 00:00:00")).toThrow(LakeError);
    expect(parseValue(types.timestamp, "2026-01-01 00:00:00", { defaultZone: "UTC" })).toBe(BigInt(Date.UTC(2026, 0, 1)) * 1000n);
  });

  test.each<[DataType, string, string]>([
    [types.int, "2147483648", "schema/overflow"],
    [types.byte, "-129", "schema/overflow"],
    [types.long, "9223372036854775808", "schema/overflow"],
    [types.int, "1.0", "schema/invalid-value"],
    [types.int, "", "schema/invalid-value"],
    [types.double, "0x10", "schema/invalid-value"],
    [types.double, "", "schema/invalid-value"],
    [decimal(4, 2), "123.4", "schema/overflow"],
    [decimal(4, 2), "1.234", "schema/overflow"],
    [decimal(4, 2), "1,5", "schema/invalid-value"],
    [types.date, "2026-02-30", "schema/invalid-value"],
    [types.boolean, "yes", "schema/invalid-value"],
    [types.binary, "~", "schema/invalid-value"],
    [types.timestamp_ntz, "2026-01-01T00:00:00Z", "schema/invalid-value"],
    [types.void, "x", "schema/invalid-value"],
  ])("%j takes no %j: %s", (type, text, code) => {
    expect(() => parseValue(type, text)).toThrow(expect.objectContaining({ code }));
  });
});

describe("decimals", () => {
  const sized = fc.tuple(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }), fc.integer({ min: 0, max: 38 }));

  test("have a text that reads back digit by digit", () => {
    fc.assert(
      fc.property(sized, ([unscaled, scale]) => {
        expect(parseDecimal(formatDecimal(unscaled, scale))).toEqual({ unscaled, scale });
      }),
      { numRuns: 1000 },
    );
  });

  test("change their scale without loss or not at all", () => {
    fc.assert(
      fc.property(sized, fc.integer({ min: 0, max: 38 }), ([unscaled, scale], to) => {
        const other = rescale(unscaled, scale, to);
        if (other !== undefined) expect(other * 10n ** BigInt(scale)).toBe(unscaled * 10n ** BigInt(to));
        else expect(unscaled % 10n ** BigInt(scale - to)).not.toBe(0n);
      }),
      { numRuns: 1000 },
    );
  });

  test("are read with signs, bare points and exponents", () => {
    expect(parseDecimal("+.5")).toEqual({ unscaled: 5n, scale: 1 });
    expect(parseDecimal("5.")).toEqual({ unscaled: 5n, scale: 0 });
    expect(parseDecimal("-1.5e3")).toEqual({ unscaled: -1500n, scale: 0 });
    expect(parseDecimal("15E-3")).toEqual({ unscaled: 15n, scale: 3 });
    for (const text of ["", ".", "-", "e5", "1e", "1.2.3", "0x1", "1_000", " 1", "NaN", "1e99999"])
      expect(parseDecimal(text)).toBeUndefined();
    expect(toUnscaled({ unscaled: 150n, scale: 2 }, decimal(2, 1))).toBe(15n);
    expect(toUnscaled({ unscaled: 155n, scale: 2 }, decimal(2, 1))).toBeUndefined();
    expect(toUnscaled({ unscaled: 100n, scale: 0 }, decimal(2, 0))).toBeUndefined();
  });
});
