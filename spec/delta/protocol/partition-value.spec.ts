import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePartitionValue, encodePartitionValue } from "../../../src/delta/protocol/partition-value.js";
import { parseType } from "../../../src/schema/type-text.js";
import type { DataType } from "../../../src/schema/types.js";
import type { Value } from "../../../src/schema/value.js";
import { compareValues } from "../../../src/schema/value-order.js";

const place = { file: "_delta_log/00000000000000000000.json" };
const decode = (text: string | null, type: string): Value => decodePartitionValue(text, parseType(type), "p", place);

const maxMicros = 253402300799999999n;
const minMicros = -62135596800000000n;
const typed: fc.Arbitrary<readonly [DataType, Value]> = fc.oneof(
  fc.tuple(fc.constant<DataType>({ kind: "byte" }), fc.integer({ min: -128, max: 127 })),
  fc.tuple(fc.constant<DataType>({ kind: "short" }), fc.integer({ min: -32768, max: 32767 })),
  fc.tuple(fc.constant<DataType>({ kind: "int" }), fc.integer()),
  fc.tuple(fc.constant<DataType>({ kind: "long" }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  fc.tuple(fc.constant<DataType>({ kind: "float" }), fc.float()),
  fc.tuple(fc.constant<DataType>({ kind: "double" }), fc.double()),
  fc.tuple(
    fc.constant<DataType>({ kind: "decimal", precision: 38, scale: 18 }),
    fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
  ),
  fc.tuple(fc.constant<DataType>({ kind: "boolean" }), fc.boolean()),
  fc.tuple(fc.constant<DataType>({ kind: "date" }), fc.integer({ min: -719162, max: 2932896 })),
  fc.tuple(fc.constant<DataType>({ kind: "timestamp" }), fc.bigInt({ min: minMicros, max: maxMicros })),
  fc.tuple(fc.constant<DataType>({ kind: "timestamp_ntz" }), fc.bigInt({ min: minMicros, max: maxMicros })),
  fc.tuple(fc.constant<DataType>({ kind: "string" }), fc.string({ unit: "binary", minLength: 1 })),
  fc.tuple(
    fc.constant<DataType>({ kind: "binary" }),
    fc.string({ unit: "binary", minLength: 1 }).map((text) => new TextEncoder().encode(text)),
  ),
);

describe("a partition value", () => {
  it("of every type reads back as itself", () => {
    fc.assert(
      fc.property(typed, ([type, value]) => {
        const back = decodePartitionValue(encodePartitionValue(value, type), type, "p", place);
        expect(compareValues(type, back, value)).toBe(0);
        expect(Object.is(back, -0)).toBe(Object.is(value, -0) && (type.kind === "float" || type.kind === "double"));
      }),
      { numRuns: 1000 },
    );
  });

  it.each(["byte", "long", "double", "decimal(5,2)", "string", "binary", "boolean", "date", "timestamp", "timestamp_ntz"])(
    "of type %s that is null or empty is null",
    (type) => {
      expect(decode(null, type)).toBeNull();
      expect(decode("", type)).toBeNull();
      expect(encodePartitionValue(null, parseType(type))).toBeNull();
    },
  );

  it("in the protocol's spellings is understood", () => {
    expect(decode("1970-01-01", "date")).toBe(0);
    expect(decode("1970-01-01 00:00:00", "timestamp")).toBe(0n);
    expect(decode("1970-01-01 00:00:00.123456", "timestamp")).toBe(123456n);
    expect(decode("1970-01-01T00:00:00.123456Z", "timestamp")).toBe(123456n);
    expect(decode("1970-01-01T01:00:00.5+01:00", "timestamp")).toBe(500000n);
    expect(decode("1970-01-01 00:00:00.123456", "timestamp_ntz")).toBe(123456n);
    expect(decode("1970-01-01T00:00:00Z", "timestamp_ntz")).toBe(0n);
    expect(decode("\u0001\u0002\u0003", "binary")).toEqual(Uint8Array.of(1, 2, 3));
    expect(decode("1.0E10", "double")).toBe(1e10);
    expect(decode("-Infinity", "float")).toBe(-Infinity);
    // What delta-rs writes.
    for (const [text, value] of [
      ["inf", Infinity],
      ["-inf", -Infinity],
      ["nan", NaN],
    ] as const) {
      expect(decode(text, "float")).toBe(value);
      expect(decode(text, "double")).toBe(value);
    }
    expect(decode("inf", "string")).toBe("inf");
    expect(decode("12.3", "decimal(10,2)")).toBe(1230n);
    expect(decode("12.3000", "decimal(10,2)")).toBe(1230n);
    expect(decode("TRUE", "boolean")).toBe(true);
  });

  it("is written as Spark writes it", () => {
    expect(encodePartitionValue(1_700_000_000_123_456n, { kind: "timestamp" })).toBe("2023-11-14T22:13:20.123456Z");
    expect(encodePartitionValue(1_700_000_000_000_000n, { kind: "timestamp_ntz" })).toBe("2023-11-14 22:13:20");
    expect(encodePartitionValue(Math.fround(0.1), { kind: "float" })).toBe("0.1");
    expect(encodePartitionValue(5n, { kind: "decimal", precision: 5, scale: 2 })).toBe("0.05");
    expect(encodePartitionValue("", { kind: "string" })).toBeNull();
  });

  it.each([
    ["int", "1.5"],
    ["int", "2147483648"],
    ["long", "x"],
    ["date", "1970-13-01"],
    ["timestamp", "yesterday"],
    ["boolean", "yes"],
    ["decimal(3,1)", "123.4"],
  ])("of type %s that says %s is refused, naming column and text", (type, text) => {
    expect(() => decode(text, type)).toThrow(expect.objectContaining({ code: "delta/corrupt-log" }));
    expect(() => decode(text, type)).toThrow(new RegExp(`"${text}".*\`p\``));
  });

  it("of binary that is no text is refused when it is to be written", () => {
    expect(() => encodePartitionValue(Uint8Array.of(0xff), { kind: "binary" })).toThrow(
      expect.objectContaining({ code: "schema/invalid-value" }),
    );
  });
});
