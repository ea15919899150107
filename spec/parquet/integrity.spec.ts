import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { createMemoryBudget } from "../../src/base/memory.js";
import { bindPredicate } from "../../src/expression/bind.js";
import { parseExpression } from "../../src/expression/parse.js";
import { tableScope } from "../../src/expression/scope.js";
import type { Compression } from "../../src/parquet/codec/codec.js";
import type { ColumnChunk } from "../../src/parquet/metadata/file-metadata.js";
import { decodePageHeader, isSealed } from "../../src/parquet/metadata/page-header.js";
import { encodeFooter, footerOfBytes } from "../../src/parquet/metadata/footer.js";
import { storeRangeReader } from "../../src/parquet/range-reader.js";
import { defaultPlanLimits } from "../../src/parquet/read/plan-row-group.js";
import { createParquetWriter } from "../../src/parquet/write/write-file.js";
import { array, decimal, field, map, struct, types } from "../../src/schema/data-types.js";
import { batchFromRows } from "../../src/schema/row-writer.js";
import type { StructType } from "../../src/schema/types.js";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import { buildPlainFile, type PageClaims, type PlainFile } from "./plain-file.js";
import { codec, readRows, type ReadRows, type ReadRowsOptions } from "./read-rows.js";

const schema = struct([
  field("id", types.long, { nullable: false }),
  field("name", types.string),
  field("kind", types.string),
  field("flag", types.boolean),
  field("price", decimal(20, 2)),
  field("tags", array(types.int)),
  field("spot", struct([field("x", types.double), field("y", types.short)])),
  field("notes", map(types.string, types.date)),
]);

const makeRows = (count: number): Record<string, unknown>[] =>
  Array.from({ length: count }, (_, i) => ({
    id: BigInt(i),
    name: i % 7 === 3 ? null : `name ${i}`,
    kind: ["a", "bb", "ccc"][i % 3],
    flag: i % 5 === 0 ? null : i % 2 === 0,
    price: i % 4 === 0 ? null : `${i}.25`,
    tags: i % 6 === 0 ? null : Array.from({ length: i % 4 }, (_, at) => at * i),
    spot: i % 9 === 0 ? null : { x: i / 2, y: i % 100 },
    notes: new Map(i % 2 === 0 ? [] : [[`k${i}`, "2026-01-31"]]),
  }));

interface Form {
  readonly compression: Compression;
  readonly formatVersion: "1.0" | "2.0";
}

async function write(type: StructType, rows: readonly Record<string, unknown>[], form: Form, groups = 1): Promise<Uint8Array> {
  const store = createMemoryStore();
  const sink = await store.openWriter("f");
  const writer = createParquetWriter({ sink, path: "f", schema: type, ...form, codec, memory: createMemoryBudget(2 ** 30) });
  const size = Math.ceil(rows.length / groups);
  for (let start = 0; start < rows.length; start += size) {
    await writer.write(batchFromRows(rows.slice(start, start + size), type));
    await writer.flush();
  }
  await writer.close();
  return store.get("f");
}

/** Page indexes are used wherever they can be. */
const limits = { ...defaultPlanLimits, wholeGroupBytes: 0, scatteredShareMax: 1, stretchesShareMax: 1 };
const few = Int32Array.of(0, 1, 21, 22);
const readings: readonly ReadRowsOptions[] = [
  { schema },
  { schema, limits, rows: few },
  { schema, limits, where: bindPredicate(parseExpression("id >= 15L and name < 'name 3' and spot.y > 2"), tableScope(schema)) },
];

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  // Not slice: a Buffer's is a view.
  const copy = new Uint8Array(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
};

/** What came of reading: rows, or the refusal. Anything but a `LakeError` is thrown on. */
async function attempt(bytes: Uint8Array, options: ReadRowsOptions): Promise<ReadRows | LakeError> {
  return readRows(bytes, options).catch((error: unknown) => {
    if (error instanceof LakeError) return error;
    throw error;
  });
}

async function expectSameOrCorrupt(bytes: Uint8Array, options: ReadRowsOptions, truth: ReadRows): Promise<"same" | "refused"> {
  const outcome = await attempt(bytes, options);
  if (!(outcome instanceof LakeError)) {
    expect(outcome).toEqual(truth);
    return "same";
  }
  expect([outcome.code, outcome.message]).toEqual(["parquet/corrupt", expect.stringContaining("test.parquet")]);
  return "refused";
}

const forms: readonly Form[] = [
  { compression: "uncompressed", formatVersion: "1.0" },
  { compression: "snappy", formatVersion: "1.0" },
  { compression: "zstd", formatVersion: "2.0" },
  { compression: "uncompressed", formatVersion: "2.0" },
];

describe("a file of our own with one bit flipped, wherever it is", () => {
  test.each(forms)("gives its rows or is refused: $compression, format $formatVersion", async (form) => {
    const bytes = await write(schema, makeRows(24), form, 2);
    const truths = await Promise.all(readings.map((options) => readRows(bytes, options)));
    const count = { same: 0, refused: 0 };
    // As often in the small parts as in the large ones.
    const { headers, chunks, indexes, footer } = partsOf(bytes);
    const bit = fc.oneof(bitOf(headers), bitOf([chunks]), bitOf([indexes]), bitOf([footer]));
    await fc.assert(
      fc.asyncProperty(bit, fc.nat(readings.length - 1), async (at, which) => {
        const [options, truth] = [readings[which], truths[which]];
        if (options === undefined || truth === undefined) return;
        count[await expectSameOrCorrupt(flipped(bytes, at), options, truth)]++;
      }),
      { numRuns: 150 },
    );
    expect(count.same).toBeGreaterThan(10);
    expect(count.refused).toBeGreaterThan(60);
  });

  test("every bit of the page headers and page indexes of a small file", async () => {
    const small = struct([field("id", types.int), field("tags", array(types.int))]);
    const rows = Array.from({ length: 9 }, (_, id) => ({ id, tags: id % 4 === 0 ? null : [id, 7] }));
    const bytes = await write(small, rows, { compression: "uncompressed", formatVersion: "2.0" });
    const where = bindPredicate(parseExpression("id = 5"), tableScope(small));
    const whole = { schema: small };
    const pruned = { schema: small, limits, where };
    const truth = await readRows(bytes, whole);
    const { headers, indexes } = partsOf(bytes);
    for (const [ranges, options] of [
      [headers, whole],
      [[indexes], pruned],
    ] as const) {
      for (const { start, end } of ranges) {
        for (let bit = 8 * start; bit < 8 * end; bit++) await expectSameOrCorrupt(flipped(bytes, bit), options, truth);
      }
    }
  });

  test("in the header of a page that is read alone", async () => {
    const narrow = struct([field("id", types.int), field("tags", array(types.int))]);
    const rows = Array.from({ length: 45_000 }, (_, id) => ({ id, tags: [id % 3, 7] }));
    const bytes = await write(narrow, rows, { compression: "uncompressed", formatVersion: "2.0" });
    const options = { schema: narrow, limits, rows: Int32Array.of(3, 25_000, 44_999) };
    const headers = pageHeadersOf(bytes);
    expect(headers.length).toBeGreaterThanOrEqual(6);
    const truth = await readRows(bytes, options);
    expect(truth.rows).toEqual([3, 25_000, 44_999].map((row) => rows[row]));
    await fc.assert(
      fc.asyncProperty(bitOf(headers), async (at) => void (await expectSameOrCorrupt(flipped(bytes, at), options, truth))),
      { numRuns: 150 },
    );
  });
});

interface Range {
  readonly start: number;
  readonly end: number;
}

const bitOf = (ranges: readonly Range[]): fc.Arbitrary<number> =>
  fc.constantFrom(...ranges).chain(({ start, end }) => fc.integer({ min: 8 * start, max: 8 * end - 1 }));

const footerLength = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 8, true);

/** Where what lies in a file. */
function partsOf(bytes: Uint8Array) {
  const { rowGroups } = footerOfBytes(bytes, "f").metadata;
  const indexes = Math.min(...rowGroups.flatMap(({ columns }) => columns.map((chunk) => chunk.columnIndex?.offset ?? 0)));
  const footer = bytes.length - 8 - footerLength(bytes);
  return {
    headers: pageHeadersOf(bytes),
    chunks: { start: 4, end: indexes },
    indexes: { start: indexes, end: footer },
    footer: { start: footer, end: bytes.length },
  };
}

function pageHeadersOf(bytes: Uint8Array): Range[] {
  return footerOfBytes(bytes, "f").metadata.rowGroups.flatMap(({ columns }) => columns.flatMap((chunk) => pageHeaders(bytes, chunk)));
}

function pageHeaders(bytes: Uint8Array, { metadata }: ColumnChunk): Range[] {
  if (metadata === undefined) return [];
  const headers: Range[] = [];
  const first = metadata.dictionaryPageOffset ?? metadata.dataPageOffset;
  for (let start = first; start < first + metadata.compressedSize;) {
    const header = decodePageHeader(bytes.subarray(start));
    if (typeof header === "string") return expect.fail(header);
    headers.push({ start, end: start + header.size });
    start += header.size + header.compressedSize;
  }
  return headers;
}

describe("a file that was cut off", () => {
  test("anywhere is refused, naming it: whether its true size is known or the one it should have", async () => {
    const bytes = await write(schema, makeRows(24), { compression: "snappy", formatVersion: "1.0" }, 2);
    const store = createMemoryStore();
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.nat(bytes.length - 1), fc.nat(20)), fc.nat(readings.length - 1), async (length, which) => {
        await store.put("f", bytes.subarray(0, length));
        for (const size of [length, bytes.length]) {
          await expect(readRows(storeRangeReader(store, { key: "f", size }), readings[which])).rejects.toMatchObject({
            code: "parquet/corrupt",
            message: expect.stringContaining("/f "),
          });
        }
      }),
      { numRuns: 100 },
    );
  });
});

test("a file that is sound and of another size than was told gives its rows", async () => {
  const bytes = await write(schema, makeRows(24), { compression: "snappy", formatVersion: "1.0" }, 2);
  const store = createMemoryStore();
  await store.put("f", bytes);
  for (const size of [0, 11, 300, bytes.length - 1, bytes.length + 1, 10 * bytes.length]) {
    for (const options of readings) {
      expect(await readRows(storeRangeReader(store, { key: "f", size }), options)).toEqual(await readRows(bytes, options));
    }
  }
});

describe("a written file", () => {
  test("has checksums in all pages, and seals on all headers and the footer", async () => {
    for (const form of forms) {
      const bytes = await write(schema, makeRows(24), form, 2);
      const { metadata, seal } = footerOfBytes(bytes, "f");
      const pages = pageHeadersOf(bytes);
      expect(seal?.chunks).toHaveLength(metadata.rowGroups.length * (metadata.rowGroups[0]?.columns.length ?? 0));
      expect(pages.length).toBeGreaterThan(10);
      for (const { start, end } of pages) {
        expect(isSealed(bytes.subarray(start, end))).toBe(true);
        expect(decodePageHeader(bytes.subarray(start, end))).toMatchObject({ crc: expect.any(Number) });
      }
    }
  });

  test("keeps its rows when its footer is written anew without the seal", async () => {
    const bytes = await write(schema, makeRows(24), { compression: "snappy", formatVersion: "1.0" });
    const { metadata } = footerOfBytes(bytes, "f");
    expect(metadata.unknown).toEqual([]);
    const anew = Buffer.concat([bytes.subarray(0, bytes.length - 8 - footerLength(bytes)), encodeFooter(metadata)]);
    expect(await readRows(anew, { schema })).toEqual(await readRows(bytes, { schema }));
  });
});

const plain: PlainFile = {
  elements: [
    { name: "schema", childCount: 3 },
    { name: "id", repetition: "required", type: "INT64" },
    { name: "s", repetition: "optional", type: "BYTE_ARRAY" },
    { name: "n", repetition: "repeated", type: "INT32" },
  ],
  rowGroups: [Array.from({ length: 20 }, (_, i) => ({ id: BigInt(i), s: i % 3 === 0 ? null : Buffer.from(`${i}`), n: [i, i] }))],
  pageRows: () => [6],
  withPageIndex: true,
  withStatistics: true,
};
const claiming = (headers: PageClaims): Uint8Array => buildPlainFile({ ...plain, headers });

describe("a file of another writer", () => {
  test("without checksums and with one bit flipped gives rows or an error of ours", async () => {
    const bytes = buildPlainFile(plain);
    const bit = fc.integer({ min: 0, max: bytes.length * 8 - 1 });
    await fc.assert(
      fc.asyncProperty(bit, async (at) => void (await attempt(flipped(bytes, at), {}))),
      { numRuns: 400 },
    );
  });

  test("with checksums gives its rows, and with a bit of a page flipped it is refused, naming column and page", async () => {
    const bytes = claiming({ crc: "true" });
    const truth = await readRows(buildPlainFile(plain));
    expect(await readRows(bytes)).toEqual(truth);
    const [group] = footerOfBytes(bytes, "f").metadata.rowGroups;
    for (const chunk of group?.columns ?? []) {
      for (const { start, end } of pageHeaders(bytes, chunk)) {
        const offset = start;
        const column = chunk.metadata?.path.join(".") ?? "";
        await expect(readRows(flipped(bytes, end * 8 + 9))).rejects.toMatchObject({
          code: "parquet/corrupt",
          message: expect.stringContaining(
            `test.parquet is damaged: column ${column}, the page at byte ${offset}: its bytes do not match`,
          ),
          context: { path: "test.parquet", column, offset },
        });
      }
    }
  });

  test.each<[string, PageClaims, RegExp]>([
    ["2 GB of values", { uncompressedSize: 0x7fff_ffff }, /2147483647 bytes uncompressed, which its column chunk cannot hold/],
    ["a negative size of values", { uncompressedSize: -1 }, /-1 bytes uncompressed/],
    ["more than its chunk's total", { uncompressedSize: (1 << 20) + 1 }, /1048577 bytes uncompressed/],
    ["more bytes than its chunk has", { compressedSize: 1 << 20 }, /1048576 bytes, its column chunk has \d+ left/],
    ["a negative size", { compressedSize: -7 }, /-7 bytes, its column chunk/],
    ["a negative number of values", { valueCount: -2 }, /-2 values/],
    ["values without end", { valueCount: 0x7fff_ffff }, /hold 8589934588 values instead of 20/],
    ["fewer values than its chunk", { valueCount: 5 }, /hold \d+ values instead of/],
    ["another checksum", { crc: 12345 }, /its bytes do not match its checksum/],
  ])("whose page headers claim %s is refused before it is decoded", async (_, claims, message) => {
    await expect(readRows(claiming(claims))).rejects.toMatchObject({
      code: "parquet/corrupt",
      message,
      context: { column: expect.any(String) },
    });
  });
});
