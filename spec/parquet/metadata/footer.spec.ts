import fc from "fast-check";
import { readFileSync } from "node:fs";
import { parquetMetadata } from "hyparquet";
import { describe, expect, test } from "vitest";
import { LakeError } from "../../../src/base/errors.js";
import { decodeMetadata } from "../../../src/parquet/metadata/decode-metadata.js";
import { encodeMetadata } from "../../../src/parquet/metadata/encode-metadata.js";
import {
  physicalTypes,
  repetitions,
  timeUnits,
  type ColumnChunk,
  type ColumnMetadata,
  type ColumnOrder,
  type FileMetadata,
  type LogicalType,
  type RowGroup,
  type SchemaElement,
  type Statistics,
} from "../../../src/parquet/metadata/file-metadata.js";
import { decodeFooter, encodeFooter, footerOfBytes, readFooter, TAIL_GUESS_BYTES } from "../../../src/parquet/metadata/footer.js";
import { bytesRangeReader } from "../../../src/parquet/range-reader.js";
import type { UnknownField } from "../../../src/parquet/thrift/thrift-reader.js";
import { buildPlainFile } from "../plain-file.js";
import { countingReader } from "../read-rows.js";

const int32 = fc.integer();
const count = fc.maxSafeNat().map((value) => value % 2 ** 52);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const text = fc.string({ unit: "binary", maxLength: 60 });
const bytes = fc.uint8Array({ maxLength: 20 });

/** A field of a later version of the format: its id is above ours, its value well-formed. */
const unknownFields = (firstId: number): fc.Arbitrary<readonly UnknownField[]> => {
  const values: readonly (readonly [type: number, value: readonly number[]])[] = [
    [1, []],
    [2, []],
    [6, [0x80, 1]],
    [8, [2, 7, 9]],
    [9, [0x21, 1, 2]],
    [12, [0x16, 4, 0]],
  ];
  const one = fc
    .tuple(fc.integer({ min: firstId, max: 300 }), fc.constantFrom(...values))
    .map(([id, [type, value]]): UnknownField => ({ id, type, bytes: Uint8Array.from(value) }));
  return fc.uniqueArray(one, { maxLength: 3, selector: ({ id }) => id }).map((fields) => fields.sort((a, b) => a.id - b.id));
};

const plainKinds = ["string", "map", "list", "enum", "date", "unknown", "json", "bson", "uuid", "float16"] as const;
const unit = fc.constantFrom(...timeUnits);
const logicalType: fc.Arbitrary<LogicalType> = fc.oneof(
  fc.constantFrom(...plainKinds).map((kind) => ({ kind })),
  fc.record({ kind: fc.constant("decimal" as const), precision: int32, scale: int32 }),
  fc.record({ kind: fc.constantFrom("time" as const, "timestamp" as const), isAdjustedToUtc: fc.boolean(), unit }),
  fc.record({ kind: fc.constant("integer" as const), bitWidth: fc.constantFrom(8, 16, 32, 64), isSigned: fc.boolean() }),
  fc.record({ kind: fc.constant("variant" as const), specificationVersion: maybe(fc.integer({ min: -128, max: 127 })) }),
  fc.constant({ kind: "other", id: 17, field: { id: 17, type: 12, bytes: Uint8Array.of(0x18, 1, 65, 0) } } as const),
);

const schemaElement: fc.Arbitrary<SchemaElement> = fc.record({
  type: maybe(fc.constantFrom(...physicalTypes)),
  typeLength: maybe(int32),
  repetition: maybe(fc.constantFrom(...repetitions)),
  name: text,
  childCount: maybe(fc.nat()),
  convertedType: maybe(fc.nat(21)),
  scale: maybe(int32),
  precision: maybe(int32),
  fieldId: maybe(int32),
  logicalType: maybe(logicalType),
  unknown: unknownFields(11),
});

const statistics: fc.Arbitrary<Statistics> = fc.record({
  max: maybe(bytes),
  min: maybe(bytes),
  nullCount: maybe(count),
  distinctCount: maybe(count),
  maxValue: maybe(bytes),
  minValue: maybe(bytes),
  isMaxExact: maybe(fc.boolean()),
  isMinExact: maybe(fc.boolean()),
  unknown: unknownFields(9),
});

const keyValues = maybe(fc.array(fc.record({ key: text, value: maybe(text) }), { maxLength: 20 }));

const columnMetadata: fc.Arbitrary<ColumnMetadata> = fc.record({
  type: fc.constantFrom(...physicalTypes),
  encodings: fc.array(fc.nat(9), { maxLength: 20 }),
  path: fc.array(text, { maxLength: 4 }),
  codec: fc.nat(7),
  valueCount: count,
  uncompressedSize: count,
  compressedSize: count,
  keyValues,
  dataPageOffset: count,
  indexPageOffset: maybe(fc.integer()),
  dictionaryPageOffset: maybe(count),
  statistics: maybe(statistics),
  unknown: unknownFields(13),
});

const location = maybe(fc.record({ offset: count, length: fc.nat() }));
const columnChunk: fc.Arbitrary<ColumnChunk> = fc.record({
  filePath: maybe(text),
  fileOffset: fc.integer(),
  metadata: maybe(columnMetadata),
  offsetIndex: location,
  columnIndex: location,
  unknown: unknownFields(8),
});

const rowGroup: fc.Arbitrary<RowGroup> = fc.record({
  columns: fc.array(columnChunk, { maxLength: 4 }),
  byteSize: count,
  rowCount: count,
  fileOffset: maybe(count),
  compressedSize: maybe(count),
  ordinal: maybe(fc.nat(1000)),
  unknown: unknownFields(8),
});

const columnOrder: fc.Arbitrary<ColumnOrder> = fc.constantFrom<ColumnOrder[]>(
  { kind: "type" },
  { kind: "other", field: { id: 2, type: 12, bytes: Uint8Array.of(0) } },
);

const fileMetadata: fc.Arbitrary<FileMetadata> = fc.record({
  version: int32,
  schema: fc.array(schemaElement, { maxLength: 20 }),
  rowCount: count,
  rowGroups: fc.array(rowGroup, { maxLength: 3 }),
  keyValues,
  createdBy: maybe(text),
  columnOrders: maybe(fc.array(columnOrder, { maxLength: 4 })),
  unknown: unknownFields(8),
});

describe("the metadata of a file", () => {
  test("is decoded as it was encoded, fields of later versions included", () => {
    fc.assert(
      fc.property(fileMetadata, (metadata) => {
        expect(decodeMetadata(encodeMetadata(metadata), "f")).toEqual(metadata);
      }),
      { numRuns: 300 },
    );
  });

  test("when damaged, decodes to something or is refused as corrupt by the file's name, at once", () => {
    let refused = 0;
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fileMetadata, damage, fc.nat(), (metadata, flips, cut) => {
        const whole = encodeMetadata(metadata).slice();
        for (const [at, mask] of flips) whole[at % whole.length] = (whole[at % whole.length] ?? 0) ^ mask;
        const bytes = cut % 3 === 0 ? whole.subarray(0, cut % whole.length) : whole;
        try {
          decodeFooter(bytes, "some/file.parquet");
        } catch (error) {
          refused++;
          expect(error).toBeInstanceOf(LakeError);
          expect(error).toMatchObject({ code: "parquet/corrupt", message: expect.stringContaining("some/file.parquet") });
        }
      }),
      { numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(300);
  });

  test.each([
    ["a list longer than the bytes", [0x29, 0xfc, 0xff, 0xff, 0xff, 0x0f]],
    ["a text longer than the bytes", [0x68, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ["an integer of eleven bytes", [0x15, ...Array<number>(11).fill(0x80)]],
    ["structures without end", Array<number>(5000).fill(0x9c)],
    ["lists without end", [0x99, ...Array<number>(5000).fill(0x19)]],
    ["a type code that does not exist", [0x9d, 0]],
    ["nothing", []],
  ])("%s is refused", (_, damaged) => {
    expect(() => decodeMetadata(Uint8Array.from(damaged), "f")).toThrow(expect.objectContaining({ code: "parquet/corrupt" }));
  });
});

describe("footers of real files", () => {
  const flights = new Uint8Array(readFileSync(new URL("../../../node_modules/vega-datasets/data/flights-3m.parquet", import.meta.url)));

  test("are encoded back to the same bytes", () => {
    const { metadata } = footerOfBytes(flights, "flights");
    const encoded = encodeFooter(metadata);
    expect(Buffer.compare(encoded, flights.subarray(flights.length - encoded.length))).toBe(0);
  });

  test("say what another decoder reads in them", () => {
    const { metadata } = footerOfBytes(flights, "flights");
    const other = parquetMetadata(flights.buffer.slice(flights.byteOffset, flights.byteOffset + flights.length) as ArrayBuffer);
    expect(metadata.rowCount).toBe(Number(other.num_rows));
    expect(metadata.schema.map(({ name, type, childCount }) => [name, type, childCount])).toEqual(
      other.schema.map(({ name, type, num_children: children }) => [name, type, children]),
    );
    const chunks = metadata.rowGroups.flatMap((group) => group.columns.map(({ metadata: chunk }) => chunk));
    const others = other.row_groups.flatMap((group) => group.columns.map(({ meta_data: chunk }) => chunk));
    expect(chunks.map((chunk) => [chunk?.path, chunk?.dataPageOffset, chunk?.dictionaryPageOffset, chunk?.compressedSize])).toEqual(
      others.map((chunk) => [
        chunk?.path_in_schema,
        Number(chunk?.data_page_offset),
        chunk?.dictionary_page_offset === undefined ? undefined : Number(chunk.dictionary_page_offset),
        Number(chunk?.total_compressed_size),
      ]),
    );
  });
});

describe("reading a footer", () => {
  const element = (index: number): SchemaElement => ({ ...leaf, name: `column ${index} ${"x".repeat(100)}` });
  const leaf: SchemaElement = {
    type: "INT32",
    typeLength: undefined,
    repetition: "required",
    name: "a",
    childCount: undefined,
    convertedType: undefined,
    scale: undefined,
    precision: undefined,
    fieldId: undefined,
    logicalType: undefined,
    unknown: [],
  };
  const small = buildPlainFile({ elements: [{ name: "schema", childCount: 1 }, leaf], rowGroups: [[{ a: 1 }]] });

  test("takes one request, of 64 KiB at most", async () => {
    const padded = Buffer.concat([small.subarray(0, 4), Buffer.alloc(100_000), small.subarray(4)]);
    const file = countingReader(padded);
    await readFooter(file);
    expect(file.calls).toEqual([[{ start: padded.length - TAIL_GUESS_BYTES, end: padded.length }]]);
  });

  test("takes a second request for what a long footer lacks", async () => {
    const columns = Array.from({ length: 1000 }, (_, index) => element(index));
    const long = buildPlainFile({ elements: [{ name: "schema", childCount: columns.length }, ...columns], rowGroups: [] });
    const file = countingReader(long);
    expect((await readFooter(file)).schema.leaves.length).toBe(1000);
    expect(file.calls.length).toBe(2);
    const read = file.calls.flat().reduce((sum, { start, end }) => sum + end - start, 0);
    expect(read).toBe(long.length - 4);
  });

  const swapped = (tail: string): Uint8Array => Buffer.concat([small.subarray(0, -tail.length), Buffer.from(tail)]);
  test.each([
    ["an encrypted footer", swapped("PARE"), "parquet/unsupported"],
    ["another kind of file", swapped("ORC1"), "parquet/corrupt"],
    ["an empty file", new Uint8Array(0), "parquet/corrupt"],
    ["a file cut off", small.subarray(0, -1), "parquet/corrupt"],
    ["a footer longer than the file", swapped("\x7fPAR1"), "parquet/corrupt"],
  ])("%s is refused by name", async (_, bytes, code) => {
    const message: unknown = expect.stringContaining("a/b.parquet");
    await expect(readFooter(bytesRangeReader("a/b.parquet", bytes))).rejects.toMatchObject({ code, message });
  });

  test("refuses a schema that is no tree, chunks that are not the schema's, rows that do not add up", () => {
    const { metadata } = footerOfBytes(small, "f");
    const [group] = metadata.rowGroups;
    const wrong: Partial<FileMetadata>[] = [
      { schema: metadata.schema.slice(0, 1) },
      { schema: [...metadata.schema, leaf] },
      { schema: [] },
      { rowCount: 7 },
      { rowGroups: group === undefined ? [] : [{ ...group, columns: [] }] },
    ];
    for (const change of wrong) {
      const bytes = encodeMetadata({ ...metadata, ...change });
      expect(() => decodeFooter(bytes, "f")).toThrow(expect.objectContaining({ code: "parquet/corrupt" }));
    }
  });
});
