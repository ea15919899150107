import { createRequire } from "node:module";
import * as arrow from "apache-arrow";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import type { ArrowBatchLike, ArrowDataLike } from "../../src/schema/arrow-shape.js";
import { fromArrowSchema, toArrowSchema } from "../../src/schema/arrow-mapping.js";
import { canonicalBatch } from "../../src/schema/canonical-batch.js";
import { typesEqual } from "../../src/schema/data-types.js";
import { rowArrayReader } from "../../src/schema/row-reader.js";
import { batchFromRows } from "../../src/schema/row-writer.js";
import { resolveSchema } from "../../src/schema/schema-input.js";
import { formatType } from "../../src/schema/type-text.js";
import { arbitraryBatch } from "../arbitraries/rows.js";
import { arbitrarySchema } from "../arbitraries/schema.js";

/** A second copy of apache-arrow: the CommonJS build has classes of its own. */
const other = createRequire(import.meta.url)("apache-arrow") as typeof arrow;

/** Data without any class: what an older copy without the symbols of today's would look like to `instanceof`. */
function stripped(data: ArrowDataLike): ArrowDataLike {
  return {
    type: data.type,
    length: data.length,
    offset: data.offset,
    children: data.children.map(stripped),
    values: data.values,
    valueOffsets: data.valueOffsets,
    nullBitmap: data.nullBitmap,
    ...(data.dictionary === undefined ? {} : { dictionary: { data: data.dictionary.data.map(stripped) } }),
    variadicBuffers: data.variadicBuffers ?? [],
    slice: (offset, length) => stripped(data.slice(offset, length)),
  };
}

function foreignBatch(type: arrow.DataType, values: readonly unknown[]): arrow.RecordBatch {
  const vector = other.vectorFromArray(values, type);
  const data = vector.data[0] as arrow.Data;
  const schema = new other.Schema([new other.Field("c", type, true)]);
  return new other.RecordBatch(
    schema,
    new other.Data(new other.Struct(schema.fields), 0, data.length, 0, undefined, [data]) as arrow.Data<arrow.Struct>,
  );
}

function readAll(batch: ArrowBatchLike): unknown[] {
  const schema = fromArrowSchema(batch.schema);
  const canonical = canonicalBatch(batch);
  expect(canonical).toBeInstanceOf(arrow.RecordBatch);
  expect(canonical.schema.fields.map((f) => String(f.type))).toEqual(toArrowSchema(schema).fields.map((f) => String(f.type)));
  return rowArrayReader(schema, { map: "object" })(canonical).map((row) => row["c"]);
}

const text = (name: string): arrow.Field => new other.Field(name, new other.Utf8(), true);
const int = (name: string): arrow.Field => new other.Field(name, new other.Int32(), true);
const long = "a text of more than twelve bytes, é";

/** Arrow type, the logical type it becomes, values as apache-arrow's builders take them, values as rows have them. */
const cases: [string, () => arrow.DataType, string, unknown[], unknown[]][] = [
  ["uint8", () => new other.Uint8(), "short", [0, 255, null, 7], [0, 255, null, 7]],
  ["uint16", () => new other.Uint16(), "int", [0, 65535, null, 7], [0, 65535, null, 7]],
  ["uint32", () => new other.Uint32(), "long", [0, 4294967295, null, 7], [0n, 4294967295n, null, 7n]],
  ["uint64", () => new other.Uint64(), "decimal(20,0)", [0n, 18446744073709551615n, null, 7n], ["0", "18446744073709551615", null, "7"]],
  ["int8", () => new other.Int8(), "byte", [-128, 127, null, 7], [-128, 127, null, 7]],
  ["int64", () => new other.Int64(), "long", [-(2n ** 63n), 2n ** 63n - 1n, null, 7n], [-(2n ** 63n), 2n ** 63n - 1n, null, 7n]],
  ["float16", () => new other.Float16(), "float", [1.5, -0.25, null, 65504], [1.5, -0.25, null, 65504]],
  ["float32", () => new other.Float32(), "float", [0.5, -0, null, NaN], [0.5, -0, null, NaN]],
  ["bool", () => new other.Bool(), "boolean", [true, false, null, true], [true, false, null, true]],
  ["utf8", () => new other.Utf8(), "string", ["", "é", null, long], ["", "é", null, long]],
  ["large utf8", () => new other.LargeUtf8(), "string", ["", "é", null, long], ["", "é", null, long]],
  ["utf8 view", () => new other.Utf8View(), "string", ["", "é", null, long], ["", "é", null, long]],
  [
    "large binary",
    () => new other.LargeBinary(),
    "binary",
    [Uint8Array.of(), Uint8Array.of(1), null, Uint8Array.of(2, 3)],
    [Uint8Array.of(), Uint8Array.of(1), null, Uint8Array.of(2, 3)],
  ],
  [
    "binary view",
    () => new other.BinaryView(),
    "binary",
    [Uint8Array.of(), new Uint8Array(20).fill(7), null, Uint8Array.of(2)],
    [Uint8Array.of(), new Uint8Array(20).fill(7), null, Uint8Array.of(2)],
  ],
  [
    "fixed-size binary",
    () => new other.FixedSizeBinary(2),
    "binary",
    [Uint8Array.of(1, 2), Uint8Array.of(3, 4), null, Uint8Array.of(5, 6)],
    [Uint8Array.of(1, 2), Uint8Array.of(3, 4), null, Uint8Array.of(5, 6)],
  ],
  [
    "date32",
    () => new other.DateDay(),
    "date",
    [new Date(0), new Date("2026-01-31"), null, new Date(-86400000)],
    ["1970-01-01", "2026-01-31", null, "1969-12-31"],
  ],
  [
    "date64",
    () => new other.DateMillisecond(),
    "date",
    [new Date(0), new Date("2026-01-31"), null, new Date(-86400000)],
    ["1970-01-01", "2026-01-31", null, "1969-12-31"],
  ],
  [
    "timestamp[s]",
    () => new other.TimestampSecond("UTC"),
    "timestamp",
    [0, 1000, null, -1000],
    ["1970-01-01T00:00:00.000000Z", "1970-01-01T00:00:01.000000Z", null, "1969-12-31T23:59:59.000000Z"],
  ],
  [
    "timestamp[ms] without zone",
    () => new other.TimestampMillisecond(),
    "timestamp_ntz",
    [0, 1, null, -1],
    ["1970-01-01T00:00:00.000000", "1970-01-01T00:00:00.001000", null, "1969-12-31T23:59:59.999000"],
  ],
  [
    "timestamp[ms] of another zone",
    () => new other.TimestampMillisecond("Asia/Seoul"),
    "timestamp",
    [0, 1, null, -1],
    ["1970-01-01T00:00:00.000000Z", "1970-01-01T00:00:00.001000Z", null, "1969-12-31T23:59:59.999000Z"],
  ],
  ["null", () => new other.Null(), "void", [null, null, null, null], [null, null, null, null]],
  ["dictionary", () => new other.Dictionary(new other.Utf8(), new other.Int8()), "string", ["b", "a", null, "b"], ["b", "a", null, "b"]],
  [
    "dictionary of large utf8 by uint32",
    () => new other.Dictionary(new other.LargeUtf8(), new other.Uint32()),
    "string",
    ["b", long, null, "b"],
    ["b", long, null, "b"],
  ],
  [
    "dictionary of bool",
    () => new other.Dictionary(new other.Bool(), new other.Int32()),
    "boolean",
    [true, false, null, true],
    [true, false, null, true],
  ],
  [
    "dictionary of int64",
    () => new other.Dictionary(new other.Int64(), new other.Int16()),
    "long",
    [5n, 6n, null, 5n],
    [5n, 6n, null, 5n],
  ],
  ["list", () => new other.List(int("x")), "array<int>", [[1, null], [], null, [3]], [[1, null], [], null, [3]]],
  [
    "list of dictionary",
    () => new other.List(new other.Field("x", new other.Dictionary(new other.Utf8(), new other.Int8()), true)),
    "array<string>",
    [["a", null], [], null, ["b", "a"]],
    [["a", null], [], null, ["b", "a"]],
  ],
  [
    "fixed-size list",
    () => new other.FixedSizeList(2, int("x")),
    "array<int>",
    [[1, null], [3, 4], null, [5, 6]],
    [[1, null], [3, 4], null, [5, 6]],
  ],
  [
    "struct",
    () => new other.Struct([int("a"), text("b")]),
    "struct<a:int,b:string>",
    [{ a: 1, b: "x" }, { a: null, b: "" }, null, { a: 4, b: null }],
    [{ a: 1, b: "x" }, { a: null, b: "" }, null, { a: 4, b: null }],
  ],
  [
    "map",
    () =>
      new other.Map_(
        new other.Field("entries", new other.Struct([new other.Field("k", new other.Utf8(), false), int("v")]) as never, false),
      ),
    "map<string,int>",
    [
      new Map([
        ["a", 1],
        ["b", null],
      ]),
      new Map(),
      null,
      new Map([["c", 3]]),
    ],
    [{ a: 1, b: null }, {}, null, { c: 3 }],
  ],
];

describe("an Arrow batch of another copy", () => {
  test.each(cases)("%s keeps its values", (_, type, logical, values, rows) => {
    const batch = foreignBatch(type(), values);
    expect(formatType(fromArrowSchema(batch.schema).fields[0]?.type ?? { kind: "void" })).toBe(logical);
    expect(readAll(batch)).toEqual(rows);
    expect(readAll({ schema: batch.schema, numRows: batch.numRows, data: stripped(batch.data) })).toEqual(rows);
  });

  test.each(cases)("%s keeps its values in every slice", (_, type, __, values, rows) => {
    const batch = foreignBatch(type(), [...values, ...values, ...values]);
    const all = [...rows, ...rows, ...rows];
    for (let start = 0; start <= all.length; start += 1) {
      for (let end = start; end <= all.length; end += 3) expect(readAll(batch.slice(start, end))).toEqual(all.slice(start, end));
    }
  });

  test("what is in our mapping shares its buffers", () => {
    const schema = resolveSchema({
      l: "long",
      s: "string",
      n: "struct<a:double>",
      t: "timestamp",
      d: "decimal(12,2)",
      a: "array<int>",
      m: "map<string,int>",
    });
    const batch = batchFromRows([{ l: 1, s: "x", n: { a: 1 }, t: 0n, d: "1", a: [1], m: { a: 1 } }, {}], schema);
    const same = canonicalBatch(batch);
    const buffers = (data: arrow.Data): unknown[] =>
      [data.values, data.valueOffsets, data.nullBitmap, ...data.children.map(buffers)].flat(9);
    const memory = (data: arrow.Data): unknown[] => buffers(data).map((b) => (ArrayBuffer.isView(b) ? b.buffer : b));
    const [ours, given] = [same.data.children.flatMap(memory), batch.data.children.flatMap(memory)];
    expect(ours.every((buffer, i) => buffer === given[i])).toBe(true);
  });

  test("our own batches come through unchanged, sliced or not", () => {
    const any = arbitrarySchema().chain((schema) => fc.record({ schema: fc.constant(schema), part: arbitraryBatch(schema) }));
    fc.assert(
      fc.property(any, ({ schema, part }) => {
        const canonical = canonicalBatch(part.batch);
        expect(typesEqual(fromArrowSchema(canonical.schema), schema)).toBe(true);
        expect(rowArrayReader(schema)(canonical)).toEqual(part.rows);
      }),
      { numRuns: 150 },
    );
  });

  test("a batch that went through an IPC stream comes back with its values", () => {
    const any = arbitrarySchema().chain((schema) =>
      fc.record({ schema: fc.constant(schema), part: arbitraryBatch(schema, { minLength: 1 }) }),
    );
    fc.assert(
      fc.property(any, ({ schema, part }) => {
        const table = other.tableFromIPC(arrow.tableToIPC(new arrow.Table([part.batch]), "stream"));
        const rows = table.batches.flatMap((batch) => rowArrayReader(schema)(canonicalBatch(batch)));
        expect(rows).toEqual(part.rows);
      }),
      { numRuns: 100 },
    );
  });
});

describe("units and widths", () => {
  const column = (type: arrow.DataType, values: unknown, length: number): ArrowBatchLike => {
    const data = new other.Data(type, 0, length, 0, [undefined, values] as never);
    const schema = new other.Schema([new other.Field("c", type, true)]);
    return { schema, numRows: length, data: new other.Data(new other.Struct(schema.fields), 0, length, 0, undefined, [data]) };
  };

  test("nanoseconds become µs, rounded down", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (nanos) => {
        const micros = (nanos - (((nanos % 1000n) + 1000n) % 1000n)) / 1000n;
        const batch = canonicalBatch(column(new other.TimestampNanosecond("UTC"), BigInt64Array.of(nanos), 1));
        expect((batch.data.children[0]?.values as BigInt64Array)[0]).toBe(micros);
      }),
      { numRuns: 500 },
    );
  });

  test("milliseconds and seconds become µs, or are refused when they do not fit", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 53n) + 1n, max: 2n ** 53n - 1n }), fc.boolean(), (ticks, isSeconds) => {
        const type = isSeconds ? new other.TimestampSecond("UTC") : new other.TimestampMillisecond("UTC");
        const micros = ticks * (isSeconds ? 1_000_000n : 1000n);
        const fits = BigInt.asIntN(64, micros) === micros;
        const convert = (): bigint | undefined =>
          (canonicalBatch(column(type, BigInt64Array.of(ticks), 1)).data.children[0]?.values as BigInt64Array)[0];
        if (fits && !(isSeconds && (ticks >= 9_223_372_036_854n || ticks <= -9_223_372_036_854n))) expect(convert()).toBe(micros);
        else expect(convert).toThrow(expect.objectContaining({ code: "schema/overflow" }));
      }),
      { numRuns: 500 },
    );
  });

  test("decimals of 32, 64 and 256 bits keep their sign and digits", () => {
    const words = (value: bigint, count: number): Uint32Array =>
      Uint32Array.from({ length: count }, (_, i) => Number(BigInt.asUintN(32, value >> BigInt(32 * i))));
    for (const [bits, value, precision] of [
      [32, -12345n, 9],
      [64, -(10n ** 17n), 18],
      [256, 10n ** 38n - 1n, 76],
      [256, -1n, 38],
    ] as const) {
      const type = new other.Decimal(2, precision, bits);
      const batch = canonicalBatch(column(type, words(value, bits / 32), 1));
      const schema = fromArrowSchema(batch.schema);
      expect(rowArrayReader(schema, { decimal: "string" })(batch)[0]?.["c"]).toBe(
        `${value < 0n ? "-" : ""}${String(value < 0n ? -value : value)
          .padStart(3, "0")
          .replace(/(..)$/, ".$1")}`,
      );
    }
    const tooLarge = column(new other.Decimal(0, 76, 256), words(10n ** 38n, 8), 1);
    expect(() => canonicalBatch(tooLarge)).toThrow(expect.objectContaining({ code: "schema/overflow" }));
  });

  test("every half is the float that apache-arrow reads", () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const batch = column(new other.Float16(), halves, 65536);
    const read = readAll(batch);
    const vector = new other.Vector([new other.Data(new other.Float16(), 0, 65536, 0, [undefined, halves] as never)]);
    for (let i = 0; i < 65536; i += 1)
      if (!Object.is(read[i], vector.get(i))) expect.fail(`half ${i}: ${String(read[i])}, expected ${String(vector.get(i))}`);
  });

  test("64-bit values in arrays of 32-bit words, and at odd places in memory, are read", () => {
    const bytes = new Uint8Array(8 * 3 + 4);
    new DataView(bytes.buffer).setBigInt64(4, -5n, true);
    new DataView(bytes.buffer).setBigInt64(12, 2n ** 62n, true);
    new DataView(bytes.buffer).setBigInt64(20, 7n, true);
    expect(readAll(column(new other.Int64(), bytes.subarray(4), 3))).toEqual([-5n, 2n ** 62n, 7n]);
    expect(readAll(column(new other.Int64(), new Int32Array(bytes.slice(4).buffer), 3))).toEqual([-5n, 2n ** 62n, 7n]);
  });

  test("a column of nothing but nulls may lack its buffers", () => {
    const data = new other.Data(new other.Utf8(), 0, 3, 3, [undefined, undefined, Uint8Array.of(0)] as never);
    const schema = new other.Schema([new other.Field("c", new other.Utf8(), true)]);
    const batch = { schema, numRows: 3, data: new other.Data(new other.Struct(schema.fields), 0, 3, 0, undefined, [data]) };
    expect(readAll(batch)).toEqual([null, null, null]);
  });

  test("a dictionary in several pieces is one", () => {
    const [first, second] = [other.vectorFromArray(["a", "b"], new other.Utf8()), other.vectorFromArray(["c"], new other.Utf8())];
    const type = new other.Dictionary(new other.Utf8(), new other.Int8());
    const data = new other.Data(type, 0, 4, 0, [undefined, Int8Array.of(2, 0, 1, 2)] as never, [], first.concat(second) as never);
    const schema = new other.Schema([new other.Field("c", type, true)]);
    expect(readAll({ schema, numRows: 4, data: new other.Data(new other.Struct(schema.fields), 0, 4, 0, undefined, [data]) })).toEqual([
      "c",
      "a",
      "b",
      "c",
    ]);
  });
});

describe("an Arrow batch that is refused", () => {
  const refusal = (type: arrow.DataType, values: readonly unknown[]): LakeError => {
    try {
      canonicalBatch(foreignBatch(type, values));
    } catch (error) {
      if (error instanceof LakeError) return error;
      throw error;
    }
    throw new LakeError("internal/assertion", "nothing was refused");
  };

  test("a date64 with a time of day loses it or nothing: it is refused", () => {
    const error = refusal(new other.DateMillisecond(), [new Date(0), new Date(5)]);
    expect(error.code).toBe("schema/invalid-value");
    expect(error.message).toContain('Row 1, column "c"');
  });

  test("types that Delta lacks are refused by name, at any depth", () => {
    const refused: [arrow.DataType, string][] = [
      [new other.TimeMicrosecond(), "Time"],
      [new other.DurationSecond(), "Duration"],
      [new other.IntervalYearMonth(), "Interval"],
      [new other.DenseUnion([0], [int("a")] as never), "Union"],
      [new other.Struct([new other.Field("t", new other.TimeSecond(), true)]), "c.t has the Arrow type Time"],
      [new other.Decimal(-2, 10, 128), "decimal(10,-2)"],
    ];
    for (const [type, words] of refused) {
      const schema = new other.Schema([new other.Field("c", type, true)]);
      expect(() => fromArrowSchema(schema)).toThrow(
        expect.objectContaining({ code: "schema/type-mismatch", message: expect.stringContaining(words) as string }),
      );
    }
  });

  test("a damaged batch is refused, not read past its end", () => {
    const damage: [arrow.DataType, unknown, unknown][] = [
      [new other.Int64(), BigInt64Array.of(1n), undefined],
      [new other.Utf8(), Uint8Array.of(65), Int32Array.of(0)],
      [new other.Utf8View(), new Uint8Array(16).fill(255), undefined],
    ];
    for (const [type, values, offsets] of damage) {
      const schema = new other.Schema([new other.Field("c", type, true)]);
      const data = new other.Data(type, 0, 4, 0, [offsets, values] as never);
      const batch = { schema, numRows: 4, data: new other.Data(new other.Struct(schema.fields), 0, 4, 0, undefined, [data]) };
      expect(() => canonicalBatch(batch)).toThrow(LakeError);
    }
  });

  test("a null map key is refused", () => {
    const type = new other.Map_(new other.Field("entries", new other.Struct([text("k"), int("v")]) as never, false));
    expect(refusal(type, [new Map([[null, 1]])]).code).toBe("schema/not-null");
  });
});
