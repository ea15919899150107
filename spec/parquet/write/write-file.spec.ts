import type { RecordBatch } from "apache-arrow";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMemoryBudget } from "../../../src/base/memory.js";
import { columnsOf } from "../../../src/columnar/batch.js";
import { createInlineCodec } from "../../../src/parquet/codec/codec-inline.js";
import { createPooledCodec } from "../../../src/parquet/codec/codec-pool.js";
import type { ParquetCodec } from "../../../src/parquet/codec/codec.js";
import type { FileMetadata } from "../../../src/parquet/metadata/file-metadata.js";
import { footerOfBytes } from "../../../src/parquet/metadata/footer.js";
import { decodeColumnIndex, decodeOffsetIndex } from "../../../src/parquet/metadata/page-index.js";
import { bytesRangeReader } from "../../../src/parquet/range-reader.js";
import { readParquet, type ReadParquetOptions } from "../../../src/parquet/read/read-file.js";
import { createParquetWriter, type ParquetWriterOptions, type WrittenParquet } from "../../../src/parquet/write/write-file.js";
import { cellReader } from "../../../src/schema/cells.js";
import { array, decimal, field, map, struct, types } from "../../../src/schema/data-types.js";
import { rowArrayReader, type Row } from "../../../src/schema/row-reader.js";
import { batchFromRows } from "../../../src/schema/row-writer.js";
import type { StructType } from "../../../src/schema/types.js";
import { compareValues } from "../../../src/schema/value-order.js";
import type { Value } from "../../../src/schema/value.js";
import { createMemoryStore } from "../../../src/storage/memory-store.js";
import { arbitraryRows } from "../../arbitraries/rows.js";
import { arbitrarySchema } from "../../arbitraries/schema.js";

const codec = createInlineCodec();

interface Written extends WrittenParquet {
  readonly bytes: Uint8Array;
  readonly metadata: FileMetadata;
}

async function write(schema: StructType, batches: readonly RecordBatch[], more: Partial<ParquetWriterOptions> = {}): Promise<Written> {
  const store = createMemoryStore();
  const sink = await store.openWriter("file.parquet");
  const writer = createParquetWriter({
    sink,
    path: "file.parquet",
    schema,
    compression: "snappy",
    formatVersion: "1.0",
    codec,
    memory: createMemoryBudget(2 ** 30),
    ...more,
  });
  for (const batch of batches) await writer.write(batch);
  const written = await writer.close();
  const bytes = await store.get("file.parquet");
  return { ...written, bytes, metadata: footerOfBytes(bytes, "file.parquet").metadata };
}

async function read(bytes: Uint8Array, schema: StructType, more: Partial<ReadParquetOptions> = {}): Promise<Row[]> {
  const columns = schema.fields.map((wanted) => ({ name: wanted.name, field: wanted, matchBy: "name" as const }));
  const rows: Row[] = [];
  const toRows = rowArrayReader(schema);
  for await (const { batch } of readParquet(bytesRangeReader("file.parquet", bytes), { codec, columns, ...more }))
    rows.push(...toRows(batch));
  return rows;
}

const schemaAndRows = arbitrarySchema().chain((schema) =>
  fc.record({ schema: fc.constant(schema), rows: arbitraryRows(schema, { maxLength: 30 }) }),
);

/** Consecutive batches of `size` rows. */
function inBatches(schema: StructType, rows: readonly Row[], size: number): RecordBatch[] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, at) => batchFromRows(rows.slice(at * size, (at + 1) * size), schema));
}

const options = fc.record({
  batchRows: fc.integer({ min: 1, max: 30 }),
  targetRowGroupBytes: fc.constantFrom(1, 100, 1000, 2 ** 20),
  compression: fc.constantFrom("uncompressed", "snappy", "gzip", "brotli", "lz4_raw", "zstd" as const),
  formatVersion: fc.constantFrom("1.0", "2.0" as const),
});

describe("a written file", () => {
  test("has the rows that were written, for every schema, value and cut into row groups", async () => {
    await fc.assert(
      fc.asyncProperty(schemaAndRows, options, async ({ schema, rows }, { batchRows, ...more }) => {
        const { bytes, size, rowCount, metadata } = await write(schema, inBatches(schema, rows, batchRows), more);
        expect([size, rowCount, metadata.rowCount]).toEqual([bytes.length, rows.length, rows.length]);
        expect(await read(bytes, schema)).toEqual(rows);
      }),
      { numRuns: 150 },
    );
  });

  test("has bounds that are true of every value, and nulls counted", async () => {
    await fc.assert(
      fc.asyncProperty(schemaAndRows, options, async ({ schema, rows }, { batchRows, ...more }) => {
        const batches = inBatches(schema, rows, batchRows);
        const { bounds } = await write(schema, batches, more);
        for (const { path, type, values } of leaves(schema, batches)) {
          const found = bounds.column(path);
          const present = values.filter((value) => value !== null);
          expect(found?.nullCount).toBe(values.length - present.length);
          if (type === undefined) continue;
          const sorted = present.sort((a, b) => compareValues(type, a, b));
          const [least, greatest] = [sorted[0], sorted.at(-1)];
          if (least === undefined || greatest === undefined) {
            expect([found?.min, found?.max]).toEqual([undefined, undefined]);
          } else {
            if (found?.min !== undefined) expect(compareValues(type, found.min, least)).toBeLessThanOrEqual(0);
            if (found?.max !== undefined) expect(compareValues(type, found.max, greatest)).toBeGreaterThanOrEqual(0);
            if (typeof greatest !== "string" && !(greatest instanceof Uint8Array)) expect(found?.exact).toBe(true);
            if (found?.exact)
              expect([compareValues(type, found.min ?? null, least), compareValues(type, found.max ?? null, greatest)]).toEqual([0, 0]);
            expect(Object.is(found?.min, -0) || Object.is(found?.max, -0)).toBe(false);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test("finds any single row by its page indexes, in every row group", async () => {
    const schema = struct([field("id", types.long, { nullable: false }), field("text", types.string), field("list", array(types.int))]);
    const rows = Array.from({ length: 5000 }, (_, id) => ({
      id: BigInt(id),
      text: id % 7 === 0 ? null : `row ${id}`,
      list: Array.from({ length: id % 4 }, (_, at) => at * id),
    }));
    const { bytes, metadata } = await write(schema, inBatches(schema, rows, 700), { targetRowGroupBytes: 60_000 });
    expect(metadata.rowGroups.length).toBeGreaterThan(2);
    for (const group of metadata.rowGroups) {
      for (const { metadata: chunk, offsetIndex, columnIndex } of group.columns) {
        const start = chunk?.dictionaryPageOffset ?? chunk?.dataPageOffset ?? 0;
        const extent = { path: "file.parquet", start, end: start + (chunk?.compressedSize ?? 0), rowCount: group.rowCount };
        const at = (location: typeof offsetIndex): Uint8Array =>
          bytes.subarray(location?.offset, (location?.offset ?? 0) + (location?.length ?? 0));
        const { offsets } = decodeOffsetIndex(at(offsetIndex), extent);
        expect(decodeColumnIndex(at(columnIndex), extent, offsets.length).nullPages).toHaveLength(offsets.length);
      }
    }
    const wanted = [0, 1, 999, 2500, 2501, 4999];
    expect(await read(bytes, schema, { rows: Int32Array.from(wanted) })).toEqual(wanted.map((row) => rows[row]));
  });

  test("says who wrote it and nothing in Arrow's words", async () => {
    const { metadata } = await write(struct([field("id", types.int)]), []);
    expect(metadata).toMatchObject({
      createdBy: expect.stringMatching(/^laketable version \d+\.\d+\.\d+$/),
      keyValues: undefined,
      version: 1,
    });
    expect(metadata.schema[0]?.name).toBe("schema");
  });

  test("of no rows has its schema and no row group", async () => {
    const schema = struct([field("id", types.long, { nullable: false }), field("tags", map(types.string, array(types.int)))]);
    const { rowCount, bounds, bytes, metadata } = await write(schema, [batchFromRows([], schema)]);
    expect([rowCount, metadata.rowGroups, bounds.rowCount]).toEqual([0, [], 0]);
    expect(bounds.column(["id"])).toEqual({ nullCount: 0 });
    expect(await read(bytes, schema)).toEqual([]);
  });

  test("annotates its types as the Parquet format does", async () => {
    const schema = struct([
      field("byte", types.byte),
      field("short", types.short),
      field("date", types.date),
      field("timestamp", types.timestamp),
      field("timestamp_ntz", types.timestamp_ntz),
      field("decimal9", decimal(9, 2)),
      field("decimal18", decimal(18, 2)),
      field("decimal38", decimal(38, 2)),
      field("string", types.string),
      field("map", map(types.string, types.int)),
      field("array", array(types.int)),
    ]);
    const { metadata } = await write(schema, []);
    expect(
      metadata.schema
        .slice(1)
        .map(({ name, type, typeLength, logicalType, repetition }) => [name, type, typeLength, logicalType, repetition]),
    ).toEqual([
      ["byte", "INT32", undefined, { kind: "integer", bitWidth: 8, isSigned: true }, "optional"],
      ["short", "INT32", undefined, { kind: "integer", bitWidth: 16, isSigned: true }, "optional"],
      ["date", "INT32", undefined, { kind: "date" }, "optional"],
      ["timestamp", "INT64", undefined, { kind: "timestamp", isAdjustedToUtc: true, unit: "micros" }, "optional"],
      ["timestamp_ntz", "INT64", undefined, { kind: "timestamp", isAdjustedToUtc: false, unit: "micros" }, "optional"],
      ["decimal9", "INT32", undefined, { kind: "decimal", precision: 9, scale: 2 }, "optional"],
      ["decimal18", "INT64", undefined, { kind: "decimal", precision: 18, scale: 2 }, "optional"],
      ["decimal38", "FIXED_LEN_BYTE_ARRAY", 16, { kind: "decimal", precision: 38, scale: 2 }, "optional"],
      ["string", "BYTE_ARRAY", undefined, { kind: "string" }, "optional"],
      ["map", undefined, undefined, { kind: "map" }, "optional"],
      ["key_value", undefined, undefined, undefined, "repeated"],
      ["key", "BYTE_ARRAY", undefined, { kind: "string" }, "required"],
      ["value", "INT32", undefined, undefined, "optional"],
      ["array", undefined, undefined, { kind: "list" }, "optional"],
      ["list", undefined, undefined, undefined, "repeated"],
      ["element", "INT32", undefined, undefined, "optional"],
    ]);
  });

  test("carries the ids of fields, and those of elements, keys and values from the field above them", async () => {
    const schema = struct([
      field("id", types.int, { metadata: { "delta.columnMapping.id": 7 } }),
      field("plain", types.int),
      field("nested", struct([field("x", types.int, { metadata: { "delta.columnMapping.id": 9 } })]), {
        metadata: { "delta.columnMapping.id": 8 },
      }),
      field("map", map(types.string, array(types.int)), {
        metadata: {
          "delta.columnMapping.id": 10,
          "delta.columnMapping.nested.ids": { "map.key": 11, "map.value": 12, "map.value.element": 13 },
        },
      }),
    ]);
    const { metadata } = await write(schema, []);
    const ids = metadata.schema.slice(1).map(({ name, fieldId }) => [name, fieldId]);
    expect(ids).toEqual([
      ["id", 7],
      ["plain", undefined],
      ["nested", 8],
      ["x", 9],
      ["map", 10],
      ["key_value", undefined],
      ["key", 11],
      ["value", 12],
      ["list", undefined],
      ["element", 13],
    ]);
  });

  test("has a dictionary where values repeat, none where they do not", async () => {
    const schema = struct([field("id", types.long), field("name", types.string), field("mode", types.string), field("qty", types.int)]);
    const rows = Array.from({ length: 20_000 }, (_, id) => ({
      id: BigInt(id),
      name: `name ${id}`,
      mode: `mode ${id % 7}`,
      qty: id % 50,
    }));
    const { metadata } = await write(schema, inBatches(schema, rows, 3000));
    const dictionaries = metadata.rowGroups[0]?.columns.filter(({ metadata: chunk }) => chunk?.dictionaryPageOffset !== undefined);
    expect(dictionaries?.map(({ metadata: chunk }) => chunk?.path[0])).toEqual(["mode", "qty"]);
  });
});

describe("bounds", () => {
  const bounds = async (type: StructType["fields"][number]["type"], values: readonly unknown[], targetRowGroupBytes = 2 ** 20) => {
    const schema = struct([field("v", type)]);
    const batches = values.map((v) => batchFromRows([{ v }], schema));
    return (await write(schema, batches, { targetRowGroupBytes })).bounds.column(["v"]);
  };

  test("NaN is the greatest number, and the least one where there is no other", async () => {
    expect(await bounds(types.double, [1.5, NaN, -2])).toEqual({ nullCount: 0, min: -2, max: NaN, exact: true });
    expect(await bounds(types.double, [NaN, null])).toEqual({ nullCount: 1, min: NaN, max: NaN, exact: true });
    expect(await bounds(types.float, [NaN, 3, NaN], 1)).toEqual({ nullCount: 0, min: 3, max: NaN, exact: true });
  });

  test("both zeros are 0", async () => {
    expect(await bounds(types.double, [-0, 0])).toEqual({ nullCount: 0, min: 0, max: 0, exact: true });
  });

  test("infinities are bounds", async () => {
    expect(await bounds(types.float, [-Infinity, Infinity, 1])).toEqual({ nullCount: 0, min: -Infinity, max: Infinity, exact: true });
  });

  test("long strings are cut and not exact", async () => {
    const found = await bounds(types.string, ["b".repeat(200), "z".repeat(200)]);
    expect(found).toMatchObject({ nullCount: 0, min: "b".repeat(64), max: `${"z".repeat(63)}{` });
    expect(found?.exact).toBeUndefined();
  });

  test("a row group of nulls leaves the others their bounds", async () => {
    expect(await bounds(types.int, [null, 4, null, 2], 1)).toEqual({ nullCount: 2, min: 2, max: 4, exact: true });
  });

  test("the ends of timestamps and decimals are exact", async () => {
    expect(await bounds(types.timestamp, ["0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z"])).toMatchObject({
      min: -62135596800000000n,
      max: 253402300799999999n,
    });
    const nines = "9".repeat(38);
    expect(await bounds(decimal(38), [`-${nines}`, nines])).toMatchObject({ min: -BigInt(nines), max: BigInt(nines) });
  });
});

describe("the writer", () => {
  const schema = struct([field("id", types.long)]);
  const longs = (rows: number, first = 0): RecordBatch =>
    batchFromRows(
      Array.from({ length: rows }, (_, id) => ({ id: BigInt(first + id) })),
      schema,
    );

  test("cuts one large batch and gathers many small ones into row groups of the target", async () => {
    const large = await write(schema, [longs(10_000)], { targetRowGroupBytes: 16_000 });
    const small = await write(
      schema,
      Array.from({ length: 100 }, (_, at) => longs(100, at * 100)),
      { targetRowGroupBytes: 16_000 },
    );
    for (const { metadata, bytes } of [large, small]) {
      expect(metadata.rowGroups.map(({ rowCount }) => rowCount)).toEqual([2000, 2000, 2000, 2000, 2000]);
      expect((await read(bytes, schema)).map(({ id }) => id)).toEqual(Array.from({ length: 10_000 }, (_, id) => BigInt(id)));
    }
  });

  test("keeps the order of row groups that are encoded out of order", async () => {
    const pooled = createPooledCodec({ workers: 2, memoryLimitBytes: 2 ** 30 });
    let calls = 0;
    const uneven: ParquetCodec = {
      ...pooled,
      encode: async (batches, more) => {
        const isLate = calls++ % 2 === 0;
        const encoded = await pooled.encode(batches, more);
        if (isLate) await new Promise((resolve) => setTimeout(resolve, 20));
        return encoded;
      },
    };
    const { bytes } = await write(
      schema,
      Array.from({ length: 8 }, (_, at) => longs(100, at * 100)),
      { targetRowGroupBytes: 800, codec: uneven },
    );
    expect((await read(bytes, schema)).map(({ id }) => id)).toEqual(Array.from({ length: 800 }, (_, id) => BigInt(id)));
    await pooled.close();
  });

  test("has no more row groups under way than the codec encodes at once, and one", async () => {
    let [running, most] = [0, 0];
    const counting: ParquetCodec = {
      ...codec,
      parallelism: 3,
      encode: async (batches, more) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        return codec.encode(batches, more);
      },
    };
    await write(
      schema,
      Array.from({ length: 20 }, (_, at) => longs(10, at * 10)),
      { targetRowGroupBytes: 80, codec: counting },
    );
    expect(most).toBe(4);
  });

  test("estimates its size within a factor of two", async () => {
    const store = createMemoryStore();
    const sink = await store.openWriter("file.parquet");
    const memory = createMemoryBudget(2 ** 30);
    const writer = createParquetWriter({
      sink,
      path: "f",
      schema,
      compression: "snappy",
      formatVersion: "1.0",
      codec,
      memory,
      targetRowGroupBytes: 80_000,
    });
    for (let at = 0; at < 7; at++) await writer.write(longs(8000, at * 8000));
    const estimate = writer.bytesWritten;
    expect(writer.bufferedBytes).toBeGreaterThan(0);
    const { size } = await writer.close();
    expect(estimate / size).toBeGreaterThan(0.5);
    expect(estimate / size).toBeLessThan(2);
    expect(memory.usedBytes).toBe(0);
  });

  test("goes ahead, one row group at a time, while others hold the whole budget", async () => {
    const memory = createMemoryBudget(1000);
    const held = await memory.reserve(1000);
    const { rowCount } = await write(schema, [longs(1000)], { targetRowGroupBytes: 1000, memory });
    expect(rowCount).toBe(1000);
    held.release();
  });

  test("an abort leaves nothing, and gives the memory back", async () => {
    const store = createMemoryStore();
    const memory = createMemoryBudget(2 ** 30);
    const sink = await store.openWriter("file.parquet");
    const writer = createParquetWriter({
      sink,
      path: "f",
      schema,
      compression: "snappy",
      formatVersion: "1.0",
      codec,
      memory,
      targetRowGroupBytes: 800,
    });
    await writer.write(longs(250));
    await writer.abort();
    await writer.abort();
    expect(await store.head("file.parquet")).toBeUndefined();
    expect(memory.usedBytes).toBe(0);
  });

  test("the sink's failure is the writer's, on the next call and on every later one", async () => {
    const full = new Error("no space");
    const sink = { write: () => Promise.reject(full), close: () => Promise.reject(full), abort: () => Promise.resolve() };
    const memory = createMemoryBudget(2 ** 30);
    const writer = createParquetWriter({
      sink,
      path: "f",
      schema,
      compression: "snappy",
      formatVersion: "1.0",
      codec,
      memory,
      targetRowGroupBytes: 800,
    });
    await expect(writer.write(longs(1000))).rejects.toBe(full);
    await expect(writer.write(longs(1))).rejects.toBe(full);
    await expect(writer.close()).rejects.toBe(full);
    await writer.abort();
    expect(memory.usedBytes).toBe(0);
  });

  test("an abort of the signal refuses what follows", async () => {
    const controller = new AbortController();
    const store = createMemoryStore();
    const sink = await store.openWriter("file.parquet");
    const memory = createMemoryBudget(2 ** 30);
    const writer = createParquetWriter({
      sink,
      path: "f",
      schema,
      compression: "snappy",
      formatVersion: "1.0",
      codec,
      memory,
      targetRowGroupBytes: 800,
      signal: controller.signal,
    });
    await writer.write(longs(100));
    controller.abort();
    await expect(writer.write(longs(1000))).rejects.toMatchObject({ code: "usage/aborted" });
    await writer.abort();
  });

  test("rows of another layout than the schema's are our bug, not bytes in a file", async () => {
    const ints = struct([field("id", types.int)]);
    await expect(write(schema, [batchFromRows([{ id: 1 }], ints)])).rejects.toMatchObject({ code: "internal/assertion" });
  });

  test("a type without a place in Parquet is refused by name", async () => {
    await expect(write(struct([field("nothing", types.void)]), [])).rejects.toMatchObject({
      code: "parquet/unsupported",
      context: { column: "nothing" },
    });
  });
});

/** Every column that has bounds, with all its values; `type` is missing where only nulls are counted. */
function leaves(
  schema: StructType,
  batches: readonly RecordBatch[],
): { path: string[]; type: StructType["fields"][number]["type"] | undefined; values: Value[] }[] {
  const found: { path: string[]; type: StructType["fields"][number]["type"] | undefined; values: Value[] }[] = [];
  const visit = (type: StructType, path: string[], slots: number[]): void => {
    for (const [slot, { name, type: inner }] of type.fields.entries()) {
      const here = { path: [...path, name], slots: [...slots, slot] };
      if (inner.kind === "struct") visit(inner, here.path, here.slots);
      else {
        const isList = inner.kind === "array" || inner.kind === "map";
        const values = batches.flatMap((batch) => valuesAt(batch, here.slots, isList ? undefined : inner));
        found.push({ path: here.path, type: isList ? undefined : inner, values });
      }
    }
  };
  visit(schema, [], []);
  return found;
}

function valuesAt(batch: RecordBatch, slots: readonly number[], type: StructType["fields"][number]["type"] | undefined): Value[] {
  let level = columnsOf(batch);
  const chain = slots.map((slot) => {
    const column = level[slot];
    level = column?.children ?? [];
    return column;
  });
  const leaf = chain.at(-1);
  if (leaf === undefined) return [];
  const cell = type === undefined ? () => true : cellReader(type, leaf);
  return Array.from({ length: batch.numRows }, (_, row) => (chain.every((column) => column?.getValid(row)) ? cell(row) : null));
}
