import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convertedType, type SchemaElement } from "../../../src/parquet/metadata/file-metadata.js";
import { decimal, field, struct, types } from "../../../src/schema/data-types.js";
import { formatDecimal } from "../../../src/schema/decimal-text.js";
import type { DataType } from "../../../src/schema/types.js";
import { buildPlainFile, type PlainValue } from "../plain-file.js";
import { readRows } from "../read-rows.js";

type Leaf = Partial<SchemaElement> & Pick<SchemaElement, "type">;

/** The values of a nullable column `x` of the given leaf, read as `wanted`. */
async function convert(leaf: Leaf, values: readonly (PlainValue | null)[], wanted: DataType): Promise<readonly unknown[]> {
  const bytes = buildPlainFile({
    elements: [
      { name: "schema", childCount: 1 },
      { ...leaf, name: "x", repetition: "optional" },
    ],
    rowGroups: [values.map((x) => ({ x }))],
  });
  const { rows } = await readRows(bytes, { schema: struct([field("x", wanted)]), rowOptions: { timestamp: "micros" } });
  return rows.map((row) => row["x"]);
}

const integer = (bitWidth: number, isSigned = true): Partial<SchemaElement> => ({ logicalType: { kind: "integer", bitWidth, isSigned } });
const stamp = (unit: "millis" | "micros" | "nanos", isAdjustedToUtc = true): Partial<SchemaElement> => ({
  logicalType: { kind: "timestamp", unit, isAdjustedToUtc },
});
const decimalLeaf = (precision: number, scale: number): Partial<SchemaElement> => ({
  convertedType: convertedType.decimal,
  precision,
  scale,
});
const quick = { numRuns: 40 } as const;

/** `size` bytes of two's complement, big-endian. */
function bigEndian(value: bigint, size: number): Uint8Array {
  const hex = BigInt.asUintN(8 * size, value)
    .toString(16)
    .padStart(2 * size, "0");
  return Buffer.from(hex, "hex");
}

function shortest(value: bigint): Uint8Array {
  let size = 1;
  while (BigInt.asIntN(8 * size, value) !== value) size++;
  return bigEndian(value, size);
}

function int96(micros: bigint): Uint8Array {
  const day = 86_400_000_000n;
  const ofDay = ((micros % day) + day) % day;
  const bytes = Buffer.alloc(12);
  bytes.writeBigInt64LE(ofDay * 1000n);
  bytes.writeInt32LE(Number((micros - ofDay) / day) + 2440588, 8);
  return bytes;
}

const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<(T | null)[]> =>
  fc.array(fc.option(arbitrary, { nil: null }), { maxLength: 40 });
const int32 = fc.integer();
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
/** Years 1 to 9999. */
const micros = fc.bigInt({ min: -62135596800000000n, max: 253402300799999999n });

describe("every value survives", () => {
  test("INT96 of the years 1 to 9999 as µs", async () => {
    await fc.assert(
      fc.asyncProperty(nullable(micros), async (values) => {
        const encoded = values.map((value) => (value === null ? null : int96(value)));
        expect(await convert({ type: "INT96" }, encoded, types.timestamp)).toEqual(values);
      }),
      quick,
    );
  });

  test("timestamps of every unit", async () => {
    await fc.assert(
      fc.asyncProperty(nullable(micros), async (values) => {
        const scaled = (by: (value: bigint) => bigint) => values.map((value) => (value === null ? null : by(value)));
        expect(await convert({ type: "INT64", ...stamp("micros") }, values, types.timestamp)).toEqual(values);
        const millis = scaled((value) => value / 1000n);
        expect(await convert({ type: "INT64", ...stamp("millis") }, millis, types.timestamp)).toEqual(
          millis.map((value) => (value === null ? null : value * 1000n)),
        );
        const nanos = scaled((value) => BigInt.asIntN(63, value * 1009n));
        expect(await convert({ type: "INT64", ...stamp("nanos", false) }, nanos, types.timestamp_ntz)).toEqual(
          nanos.map((value) => (value === null ? null : (value - (((value % 1000n) + 1000n) % 1000n)) / 1000n)),
        );
      }),
      quick,
    );
  });

  test("decimals of every physical type, with a wider scale too", async () => {
    await fc.assert(
      fc.asyncProperty(nullable(int32), fc.integer({ min: 0, max: 12 }), async (values, up) => {
        const wanted = decimal(38, 2 + up);
        const expected = values.map((value) => (value === null ? null : formatDecimal(BigInt(value) * 10n ** BigInt(up), 2 + up)));
        const as = (encode: (value: bigint) => PlainValue) => values.map((value) => (value === null ? null : encode(BigInt(value))));
        const annotation = decimalLeaf(10, 2);
        expect(await convert({ type: "INT32", ...annotation }, as(Number), wanted)).toEqual(expected);
        expect(
          await convert(
            { type: "INT64", ...annotation },
            as((value) => value),
            wanted,
          ),
        ).toEqual(expected);
        expect(await convert({ type: "BYTE_ARRAY", ...annotation }, as(shortest), wanted)).toEqual(expected);
        for (const typeLength of [5, 9, 16, 20]) {
          const leaf: Leaf = { type: "FIXED_LEN_BYTE_ARRAY", typeLength, ...annotation };
          expect(
            await convert(
              leaf,
              as((value) => bigEndian(value, typeLength)),
              wanted,
            ),
          ).toEqual(expected);
        }
      }),
      { numRuns: 15 },
    );
  });

  test("decimals of 38 digits", async () => {
    const values = [10n ** 38n - 1n, -(10n ** 38n) + 1n, 0n, -1n];
    const leaf: Leaf = { type: "FIXED_LEN_BYTE_ARRAY", typeLength: 16, ...decimalLeaf(38, 10) };
    const read = await convert(
      leaf,
      values.map((value) => bigEndian(value, 16)),
      decimal(38, 10),
    );
    expect(read).toEqual(values.map((value) => formatDecimal(value, 10)));
  });

  test("integers that widen to long, double and decimal", async () => {
    await fc.assert(
      fc.asyncProperty(nullable(int32), async (values) => {
        const each = <T>(map: (value: number) => T) => values.map((value) => (value === null ? null : map(value)));
        expect(await convert({ type: "INT32" }, values, types.long)).toEqual(each(BigInt));
        expect(await convert({ type: "INT32" }, values, types.double)).toEqual(values);
        expect(await convert({ type: "INT32" }, values, decimal(12, 1))).toEqual(each((value) => formatDecimal(BigInt(value) * 10n, 1)));
        expect(await convert({ type: "INT32", ...integer(32, false) }, values, types.long)).toEqual(each((value) => BigInt(value >>> 0)));
        const old: Leaf = { type: "INT32", convertedType: convertedType.uint32 };
        expect(await convert(old, values, types.double)).toEqual(each((value) => value >>> 0));
      }),
      quick,
    );
  });

  test("unsigned 64-bit integers as decimal(20,0)", async () => {
    await fc.assert(
      fc.asyncProperty(nullable(int64), async (values) => {
        const expected = values.map((value) => (value === null ? null : String(BigInt.asUintN(64, value))));
        expect(await convert({ type: "INT64", ...integer(64, false) }, values, decimal(20, 0))).toEqual(expected);
      }),
      quick,
    );
  });

  test("floats as doubles, dates as timestamp_ntz", async () => {
    expect(await convert({ type: "FLOAT" }, [1.5, null, -0, Infinity], types.double)).toEqual([1.5, null, -0, Infinity]);
    const days = [-719162, null, 0, 2932896];
    const date: Leaf = { type: "INT32", logicalType: { kind: "date" } };
    const midnights = days.map((day) => (day === null ? null : BigInt(day) * 86_400_000_000n));
    expect(await convert(date, days, types.timestamp_ntz)).toEqual(midnights);
  });

  test("half floats", async () => {
    const halves = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x8000].map((bits) => Uint8Array.of(bits & 255, bits >> 8));
    const leaf: Leaf = { type: "FIXED_LEN_BYTE_ARRAY", typeLength: 2, logicalType: { kind: "float16" } };
    expect(await convert(leaf, halves, types.double)).toEqual([1, -2, 65504, 2 ** -24, Infinity, -0]);
  });

  test("bytes are bytes, whatever they are called, and fixed bytes too", async () => {
    const values = [Uint8Array.of(1, 255), null, new Uint8Array(0)];
    const listed = (read: readonly unknown[]) => read.map((value) => value && [...(value as Uint8Array)]);
    const text = await convert({ type: "BYTE_ARRAY", convertedType: convertedType.utf8 }, values, types.binary);
    expect(listed(text)).toEqual([[1, 255], null, []]);
    const fixed = await convert({ type: "FIXED_LEN_BYTE_ARRAY", typeLength: 3 }, [Uint8Array.of(1, 2, 3), null], types.binary);
    expect(listed(fixed)).toEqual([[1, 2, 3], null]);
  });

  test("booleans", async () => {
    await fc.assert(
      fc.asyncProperty(nullable(fc.boolean()), async (values) => {
        expect(await convert({ type: "BOOLEAN" }, values, types.boolean)).toEqual(values);
      }),
      quick,
    );
  });
});

describe("what cannot be kept is refused by name", () => {
  const refused: readonly (readonly [string, Leaf, DataType])[] = [
    ["a long as int", { type: "INT64" }, types.int],
    ["a long as double", { type: "INT64" }, types.double],
    ["a double as float", { type: "DOUBLE" }, types.float],
    ["an int as string", { type: "INT32" }, types.string],
    ["a bare long as timestamp", { type: "INT64" }, types.timestamp],
    ["a date as timestamp", { type: "INT32", logicalType: { kind: "date" } }, types.timestamp],
    ["a decimal of more digits after the point", { type: "INT32", ...decimalLeaf(9, 4) }, decimal(9, 2)],
    ["a time of day", { type: "INT32", convertedType: convertedType.timeMillis }, types.int],
    ["an int as array", { type: "INT32" }, { kind: "array", element: types.int, containsNull: true }],
  ];
  test.each(refused)("%s", async (_, leaf, wanted) => {
    const message: unknown = expect.stringContaining("column x");
    await expect(convert(leaf, [null], wanted)).rejects.toMatchObject({ code: "parquet/unsupported", message });
  });

  const overflowing: readonly (readonly [string, Leaf, PlainValue, DataType])[] = [
    ["300 as byte", { type: "INT32" }, 300, types.byte],
    ["40000 as short", { type: "INT32" }, 40000, types.short],
    ["2^31 of an unsigned int as int", { type: "INT32", ...integer(32, false) }, -1, types.int],
    ["2^63 of an unsigned long as long", { type: "INT64", ...integer(64, false) }, -1n, types.long],
    ["123.45 as decimal(4,2)", { type: "INT32", ...decimalLeaf(9, 2) }, 12345, decimal(4, 2)],
    ["milliseconds beyond the range of µs", { type: "INT64", ...stamp("millis") }, 2n ** 60n, types.timestamp],
  ];
  test.each(overflowing)("%s", async (_, leaf, value, wanted) => {
    await expect(convert(leaf, [null, value], wanted)).rejects.toMatchObject({ code: "schema/overflow", context: { column: "x" } });
    expect(await convert(leaf, [null, null], wanted)).toEqual([null, null]);
  });
});
