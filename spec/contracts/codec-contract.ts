import * as arrow from "apache-arrow";
import { describe, expect, test, beforeAll, afterAll } from "vitest";
import type { ParquetCodec } from "../../src/parquet/codec.js";
import { decodeMetadata } from "../../src/parquet/decode-metadata.js";

/** What every `ParquetCodec` keeps. `make` is called once; its codec serves all cases one after the other. */
export function codecContract(name: string, make: () => ParquetCodec): void {
  describe(`${name} keeps the codec contract`, () => {
    let codec: ParquetCodec;
    beforeAll(() => {
      codec = make();
    });
    afterAll(() => codec.close());

    const encode = (batches: readonly arrow.RecordBatch[], more: Partial<Parameters<ParquetCodec["encode"]>[1]> = {}): Promise<Uint8Array<ArrayBuffer>> =>
      codec.encode(batches, { path: "sample.parquet", schema: sampleSchema, compression: "snappy", formatVersion: "1.0", plainColumns: [], ...more });
    const decode = (file: Uint8Array, batchRows = 1 << 20): Promise<arrow.RecordBatch[]> => codec.decode(file, { path: "sample.parquet", batchRows });

    test("what is encoded is decoded again, nulls and nesting included", async () => {
      const batch = sampleBatch(1000);
      const [decoded, ...rest] = await decode(await encode([batch]));
      expect(rest).toEqual([]);
      expect(rowsOf(decoded)).toEqual(rowsOf(batch));
    });

    test("several batches become one row group", async () => {
      const file = await encode([sampleBatch(10), sampleBatch(20), sampleBatch(0)]);
      expect(footerOf(file).rowGroups.map(({ rowCount }) => rowCount)).toEqual([30]);
    });

    test("slices of batches are encoded as themselves", async () => {
      const whole = sampleBatch(100);
      const slices = [whole.slice(3, 21), whole.slice(21, 22), whole.slice(50, 100)];
      const [decoded] = await decode(await encode(slices));
      expect(rowsOf(decoded)).toEqual(slices.flatMap(rowsOf));
    });

    test("no rows are a file without row groups", async () => {
      const file = await encode([sampleBatch(0)]);
      expect(footerOf(file).rowGroups).toEqual([]);
      expect(footerOf(await encode([])).rowGroups).toEqual([]);
      expect((await decode(file)).reduce((sum, batch) => sum + batch.numRows, 0)).toBe(0);
    });

    test("batchRows bounds the batches", async () => {
      const batches = await decode(await encode([sampleBatch(1000)]), 300);
      expect(batches.map(({ numRows }) => numRows)).toEqual([300, 300, 300, 100]);
      expect(batches.flatMap(rowsOf)).toEqual(rowsOf(sampleBatch(1000)));
    });

    test.each([
      ["uncompressed", "UNCOMPRESSED"],
      ["snappy", "SNAPPY"],
      ["gzip", "GZIP"],
      ["brotli", "BROTLI"],
      ["lz4_raw", "LZ4_RAW"],
      ["zstd", "ZSTD"],
    ] as const)("%s is what the file is compressed with, write after write", async (compression, codecName) => {
      for (let round = 0; round < 2; round++) {
        const file = await encode([sampleBatch(50)], { compression });
        const codecs = footerOf(file).rowGroups.flatMap(({ columns }) => columns.map(({ metadata }) => metadata?.codec));
        expect(new Set(codecs)).toEqual(new Set([["UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"].indexOf(codecName)]));
        expect(rowsOf((await decode(file))[0])).toEqual(rowsOf(sampleBatch(50)));
      }
    });

    test("plain columns have no dictionary, others have one", async () => {
      const file = await encode([sampleBatch(500)], { plainColumns: ["id", "amount"] });
      const withDictionary = (footerOf(file).rowGroups[0]?.columns ?? [])
        .filter(({ metadata }) => metadata?.dictionaryPageOffset !== undefined)
        .map(({ metadata }) => metadata?.path.join("."));
      expect(withDictionary).toEqual(["name", "price", "at", "tags.list.element", "place.x", "place.y"]);
    });

    test("format version 2.0 writes what is read again", async () => {
      const file = await encode([sampleBatch(100)], { formatVersion: "2.0" });
      expect(rowsOf((await decode(file))[0])).toEqual(rowsOf(sampleBatch(100)));
    });
  });
}

/** Some nulls at every level. */
export const sampleSchema = new arrow.Schema([
  new arrow.Field("id", new arrow.Int64(), false, new Map([["PARQUET:field_id", "1"]])),
  new arrow.Field("name", new arrow.Utf8(), true),
  new arrow.Field("price", new arrow.Float64(), true),
  new arrow.Field("paid", new arrow.Bool(), true),
  new arrow.Field("at", new arrow.TimestampMicrosecond("UTC"), true),
  new arrow.Field("amount", new arrow.Decimal(2, 12, 128), true),
  new arrow.Field("tags", new arrow.List(new arrow.Field("element", new arrow.Utf8(), true)), true),
  new arrow.Field("place", new arrow.Struct([new arrow.Field("x", new arrow.Int32(), true), new arrow.Field("y", new arrow.Utf8(), true)]), true),
]);

export function sampleBatch(rows: number): arrow.RecordBatch {
  const every = (step: number, row: number): boolean => row % step === step - 1;
  const values: Readonly<Record<string, (row: number) => unknown>> = {
    id: (row) => BigInt(row) * 3n - 7n,
    name: (row) => (every(5, row) ? null : `näme ${row % 17}`),
    price: (row) => (every(7, row) ? null : row / 3),
    paid: (row) => (every(3, row) ? null : row % 2 === 0),
    at: (row) => (every(4, row) ? null : row * 1000),
    amount: (row) => (every(6, row) ? null : new Uint32Array([row, 0, 0, 0])),
    tags: (row) => (every(4, row) ? null : Array.from({ length: row % 3 }, (_, index) => (every(5, row + index) ? null : `t${index}`))),
    place: (row) => (every(8, row) ? null : { x: every(3, row) ? null : row, y: `y${row}` }),
  };
  const children = sampleSchema.fields.map((field) => {
    const builder = arrow.makeBuilder({ type: field.type as arrow.DataType, nullValues: [null] });
    for (let row = 0; row < rows; row++) builder.append(values[field.name]?.(row));
    return builder.finish().toVector().data[0] ?? arrow.makeData({ type: field.type as arrow.DataType, length: 0 });
  });
  return new arrow.RecordBatch(sampleSchema, arrow.makeData({ type: new arrow.Struct(sampleSchema.fields), length: rows, nullCount: 0, children }));
}

/** Rows as text, since Arrow's row view knows no exact timestamps: equal batches have equal rows. */
export function rowsOf(batch: arrow.RecordBatch | undefined): string[] {
  if (batch === undefined) return [];
  return Array.from({ length: batch.numRows }, (_, row) =>
    JSON.stringify(batch.get(row)?.toJSON(), (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value)),
  );
}

export function footerOf(file: Uint8Array<ArrayBuffer>): ReturnType<typeof decodeMetadata> {
  const size = new DataView(file.buffer, file.byteOffset).getUint32(file.byteLength - 8, true);
  return decodeMetadata(file.subarray(file.byteLength - 8 - size, file.byteLength - 8), "sample.parquet");
}
