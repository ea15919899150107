import * as arrow from "apache-arrow";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import type { ParquetCodec } from "../../src/parquet/codec/codec.js";
import { compressionCodecs, type ColumnMetadata, type FileMetadata } from "../../src/parquet/metadata/file-metadata.js";
import { fileOf } from "../../src/parquet/write/encode-splice.js";
import { encodeFooter, footerOfBytes } from "../../src/parquet/metadata/footer.js";

/** What every `ParquetCodec` keeps. `make` is called once; its codec serves all cases one after the other. */
export function codecContract(name: string, make: () => ParquetCodec): void {
  describe(`${name} keeps the codec contract`, () => {
    let codec: ParquetCodec;
    beforeAll(() => {
      codec = make();
    });
    afterAll(() => codec.close());

    const encode = async (
      batches: readonly arrow.RecordBatch[],
      more: Partial<Parameters<ParquetCodec["encode"]>[1]> = {},
    ): Promise<Uint8Array<ArrayBuffer>> =>
      fileOf(
        await codec.encode(batches, {
          path: "sample.parquet",
          schema: sampleSchema,
          compression: "snappy",
          formatVersion: "1.0",
          plainColumns: [],
          ...more,
        }),
      );
    const decode = (file: Uint8Array, batchRows = 1 << 20): Promise<arrow.RecordBatch[]> =>
      codec.decode(file, { path: "sample.parquet", batchRows });

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
        expect(new Set(codecs)).toEqual(new Set([compressionCodecs.indexOf(codecName)]));
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

    test("jobs at once do not mix", async () => {
      const files = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((rows) => encode([sampleBatch(rows)])));
      const decoded = await Promise.all(files.map((file) => decode(file)));
      expect(decoded.map(([batch]) => batch?.numRows)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });

    test("a view of a larger buffer leaves the buffer alone", async () => {
      const file = await encode([sampleBatch(10)]);
      const larger = new Uint8Array(file.length + 16);
      larger.set(file, 8);
      await decode(larger.subarray(8, 8 + file.length));
      expect(larger.subarray(8, 8 + file.length)).toEqual(file);
    });

    test("the batches stay the caller's", async () => {
      const batch = sampleBatch(10);
      const before = rowsOf(batch);
      await encode([batch]);
      expect(rowsOf(batch)).toEqual(before);
    });

    describe("damage is parquet/corrupt naming the file, and the next job works", () => {
      test.each(Object.entries(damages))("%s", async (_name, damage) => {
        const damaged = damage(await encode([sampleBatch(200)], { plainColumns: ["id"] }));
        const refusals = await Promise.allSettled([decode(damaged.slice()), decode(damaged.slice())]);
        for (const refusal of refusals) {
          expect(refusal).toMatchObject({ status: "rejected", reason: { code: "parquet/corrupt", context: { path: "sample.parquet" } } });
        }
        expect(rowsOf((await decode(await encode([sampleBatch(5)])))[0])).toEqual(rowsOf(sampleBatch(5)));
      });
    });

    test("random damage is decoded or refused, never more", async () => {
      const file = await encode([sampleBatch(50)]);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), async (changes) => {
          const damaged = file.slice();
          for (const [at, value] of changes) damaged[at] = value;
          try {
            await decode(damaged);
          } catch (error) {
            if (!LakeError.is(error, "parquet/corrupt") && !LakeError.is(error, "parquet/unsupported")) throw error;
          }
        }),
        { numRuns: 150 },
      );
      expect(rowsOf((await decode(file))[0])).toEqual(rowsOf(sampleBatch(50)));
    });

    test("what was aborted before it began is refused", async () => {
      const file = await encode([sampleBatch(5)]);
      const signal = AbortSignal.abort();
      await expect(codec.decode(file, { path: "sample.parquet", batchRows: 10, signal })).rejects.toMatchObject({
        code: "usage/aborted",
      });
      await expect(encode([sampleBatch(5)], { signal })).rejects.toMatchObject({ code: "usage/aborted" });
    });

    test("an abort refuses the jobs of its signal and no others", async () => {
      const file = await encode([sampleBatch(5)]);
      const controller = new AbortController();
      const aborted = Array.from({ length: 6 }, () =>
        codec.decode(file.slice(), { path: "a", batchRows: 10, signal: controller.signal }),
      );
      const others = Array.from({ length: 3 }, () => decode(file.slice()));
      controller.abort();
      for (const result of await Promise.allSettled(aborted))
        expect(result).toMatchObject({ status: "rejected", reason: { code: "usage/aborted" } });
      for (const [batch] of await Promise.all(others)) expect(batch?.numRows).toBe(5);
    });

    test("rows that break a NOT NULL are refused as parquet/codec", async () => {
      const schema = new arrow.Schema([new arrow.Field("id", new arrow.Int32(), false)]);
      const ids = arrow.vectorFromArray([1, null], new arrow.Int32()).data[0];
      const data = arrow.makeData({
        type: new arrow.Struct(schema.fields),
        length: 2,
        nullCount: 0,
        children: ids === undefined ? [] : [ids],
      });
      await expect(encode([new arrow.RecordBatch(schema, data)], { schema })).rejects.toMatchObject({ code: "parquet/codec" });
    });

    test("after close every job is refused as parquet/codec, those under way too", async () => {
      const closing = make();
      const file = await encode([sampleBatch(5)]);
      const options = { path: "sample.parquet", batchRows: 10 };
      await closing.decode(file.slice(), options);
      const underWay = [closing.decode(file.slice(), options), closing.decode(file.slice(), options)];
      const settled = Promise.allSettled(underWay);
      await closing.close();
      for (const result of await settled) expect(result).toMatchObject({ status: "rejected", reason: { code: "parquet/codec" } });
      await expect(closing.decode(file, options)).rejects.toMatchObject({ code: "parquet/codec" });
    });
  });
}

/** Ways to break a file of `sampleBatch`. */
const damages: Readonly<Record<string, (file: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>>> = {
  "no bytes": () => new Uint8Array(0),
  "no Parquet at all": () => new TextEncoder().encode("this is no Parquet file, whatever its name says"),
  "cut off at the end": (file) => file.slice(0, file.length - 100),
  "cut off at the beginning": (file) => file.slice(100),
  "a footer of zeros": (file) => file.fill(0, file.length - 200, file.length - 8),
  "a footer length beyond the file": (file) => file.fill(0x7f, file.length - 8, file.length - 4),
  "a page of zeros": (file) => file.fill(0, 4, 300),
  "a page of ones": (file) => file.fill(0xff, 40, 200),
  "a value wider than memory, which makes the decoder trap": trappingFile,
  "a chunk longer than the file": (file) =>
    withFooter(file, (metadata) => withChunks(metadata, (chunk) => ({ ...chunk, compressedSize: 2 ** 50 }))),
  "a chunk beyond the file": (file) =>
    withFooter(file, (metadata) => withChunks(metadata, (chunk) => ({ ...chunk, dataPageOffset: 2 ** 50 }))),
  "an unknown codec": (file) => withFooter(file, (metadata) => withChunks(metadata, (chunk) => ({ ...chunk, codec: 99 }))),
  "fewer columns than the row groups have": (file) =>
    withFooter(file, (metadata) => ({ ...metadata, schema: metadata.schema.slice(0, -1) })),
};

export function trappingFile(file: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return withFooter(file, (metadata) => ({
    ...metadata,
    schema: metadata.schema.map((element) =>
      element.name === "id"
        ? { ...element, type: "FIXED_LEN_BYTE_ARRAY", typeLength: 2 ** 31 - 1, convertedType: undefined, logicalType: undefined }
        : element,
    ),
  }));
}

function withFooter(file: Uint8Array<ArrayBuffer>, change: (metadata: FileMetadata) => FileMetadata): Uint8Array<ArrayBuffer> {
  const footer = encodeFooter(change(footerOf(file)));
  const end = file.length - 8 - new DataView(file.buffer, file.byteOffset).getUint32(file.length - 8, true);
  const changed = new Uint8Array(end + footer.length);
  changed.set(file.subarray(0, end));
  changed.set(footer, end);
  return changed;
}

function withChunks(metadata: FileMetadata, change: (chunk: ColumnMetadata) => ColumnMetadata): FileMetadata {
  const rowGroups = metadata.rowGroups.map((group) => ({
    ...group,
    columns: group.columns.map((chunk) => ({ ...chunk, metadata: chunk.metadata && change(chunk.metadata) })),
  }));
  return { ...metadata, rowGroups };
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
  new arrow.Field(
    "place",
    new arrow.Struct([new arrow.Field("x", new arrow.Int32(), true), new arrow.Field("y", new arrow.Utf8(), true)]),
    true,
  ),
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
  return new arrow.RecordBatch(
    sampleSchema,
    arrow.makeData({ type: new arrow.Struct(sampleSchema.fields), length: rows, nullCount: 0, children }),
  );
}

/** Rows as text, since Arrow's row view knows no exact timestamps: equal batches have equal rows. */
export function rowsOf(batch: arrow.RecordBatch | undefined): string[] {
  if (batch === undefined) return [];
  return Array.from({ length: batch.numRows }, (_, row) =>
    JSON.stringify(batch.get(row)?.toJSON(), (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value)),
  );
}

export function footerOf(file: Uint8Array): FileMetadata {
  return footerOfBytes(file, "sample.parquet").metadata;
}
