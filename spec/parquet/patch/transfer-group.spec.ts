import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMemoryBudget } from "../../../src/base/memory.js";
import type { Compression } from "../../../src/parquet/codec/codec.js";
import { footerOfBytes, readFooter } from "../../../src/parquet/metadata/footer.js";
import { planGroup, transferGroup } from "../../../src/parquet/patch/transfer-group.js";
import { planTransfer } from "../../../src/parquet/patch/transfer-plan.js";
import { bytesRangeReader } from "../../../src/parquet/range-reader.js";
import { defaultPlanLimits } from "../../../src/parquet/read/plan-row-group.js";
import { fileOf } from "../../../src/parquet/write/encode-splice.js";
import { createParquetWriter, footerLike, type WrittenParquet } from "../../../src/parquet/write/write-file.js";
import { writeSchema } from "../../../src/parquet/write/write-schema.js";
import { decimal, field, struct, types } from "../../../src/schema/data-types.js";
import type { Row } from "../../../src/schema/row-reader.js";
import { batchFromRows } from "../../../src/schema/row-writer.js";
import type { StructType } from "../../../src/schema/types.js";
import { compareValues } from "../../../src/schema/value-order.js";
import type { Value } from "../../../src/schema/value.js";
import { createMemoryStore } from "../../../src/storage/memory-store.js";
import { arbitraryRows } from "../../arbitraries/rows.js";
import { codec, columnsOf, countingReader, readRows } from "../read-rows.js";

const path = "test.parquet";

interface Written extends WrittenParquet {
  readonly bytes: Uint8Array;
}

type Writer = ReturnType<typeof createParquetWriter>;

async function write(schema: StructType, compression: Compression, fill: (writer: Writer) => Promise<void>): Promise<Written> {
  const store = createMemoryStore();
  const sink = await store.openWriter(path);
  const memory = createMemoryBudget(2 ** 28);
  const writer = createParquetWriter({ sink, path, schema, compression, formatVersion: "1.0", codec, memory });
  await fill(writer);
  const written = await writer.close();
  return { ...written, bytes: await store.get(path) };
}

interface Change {
  readonly row: number;
  /** Absent: the row goes. */
  readonly values: Row | undefined;
}

interface Transfer {
  readonly schema: StructType;
  readonly compression: Compression;
  readonly changes: readonly Change[];
  /** Columns that take new values. */
  readonly assigned: readonly number[];
  readonly hasNaN?: boolean | undefined;
}

/** The one row group of `file` with the changes, in a file of its own; `undefined` when it has to be decoded. */
async function transfer(file: Uint8Array, { schema, compression, changes, assigned, hasNaN }: Transfer): Promise<Written | undefined> {
  const target = {
    like: await footerLike({ codec, path, schema, compression, formatVersion: "1.0" }),
    compression,
    formatVersion: "1.0",
  } as const;
  const reader = bytesRangeReader(path, file);
  const footer = await readFooter(reader);
  const columns = planTransfer(footer, columnsOf(schema), target, path);
  if (columns === undefined) return undefined;
  const updates = changes.flatMap(({ values }): Row[] => (values === undefined ? [] : [values]));
  const fields = assigned.map((slot) => schema.fields[slot]).filter((each) => each !== undefined);
  const wanted = writeSchema(struct(fields));
  const fresh = updates.map((row) => Object.fromEntries(fields.map(({ name }) => [name, row[name]])));
  const values =
    fields.length === 0
      ? undefined
      : fileOf(
          await codec.encode([batchFromRows(fresh, struct(fields))], {
            path,
            schema: wanted,
            compression: "uncompressed",
            formatVersion: "1.0",
            plainColumns: fields.map(({ name }) => name),
          }),
        );
  const valueColumns = schema.fields.map((_, slot) => (updates.length === 0 ? -1 : assigned.indexOf(slot)));
  const losesRows = changes.some((change) => change.values === undefined);
  const planned = planGroup(reader, footer, columns, { index: 0, target, valueColumns, losesRows });
  if (planned === undefined) return undefined;
  let next = 0;
  const takes = Int32Array.from(changes, (change) => (change.values === undefined ? -1 : next++));
  const rows = Int32Array.from(changes, ({ row }) => row);
  const groupChanges = changes.length === 0 ? undefined : { rows, takes, values, valueColumns };
  const done = await transferGroup(reader, planned, groupChanges, { codec, target, hasNaN: () => hasNaN });
  if (done === undefined) return undefined;
  return write(schema, compression, (writer) => writer.writeGroup(done));
}

function changed(rows: readonly Row[], changes: readonly Change[], schema: StructType, assigned: readonly number[]): Row[] {
  const byRow = new Map(changes.map((change) => [change.row, change]));
  return rows.flatMap((row, index) => {
    const change = byRow.get(index);
    if (change === undefined) return [row];
    if (change.values === undefined) return [];
    const entries = assigned.flatMap((slot) => schema.fields[slot] ?? []).map(({ name }) => [name, change.values?.[name]]);
    return [{ ...row, ...Object.fromEntries(entries) }];
  });
}

const flat = fc.constantFrom(
  types.boolean,
  types.byte,
  types.short,
  types.int,
  types.long,
  types.float,
  types.double,
  types.string,
  types.binary,
  types.date,
  types.timestamp,
  types.timestamp_ntz,
  decimal(7, 2),
  decimal(18, 4),
  decimal(38, 10),
);

const schemas = fc
  .array(fc.record({ type: flat, nullable: fc.boolean() }), { minLength: 1, maxLength: 5 })
  .map((fields) => struct(fields.map(({ type, nullable }, i) => field(`c${i}`, type, { nullable }))));

/** Rows that repeat now and then, so that dictionaries have something to do. */
const cases = schemas.chain((schema) =>
  fc.record({
    schema: fc.constant(schema),
    some: arbitraryRows(schema, { minLength: 1, maxLength: 12 }),
    picks: fc.array(fc.nat(), { minLength: 1, maxLength: 120 }),
    fresh: arbitraryRows(schema, { minLength: 1, maxLength: 12 }),
    changes: fc.array(fc.record({ at: fc.nat(), goes: fc.boolean(), take: fc.nat() }), { maxLength: 30 }),
    assigned: fc.subarray(schema.fields.map((_, slot) => slot)),
    compression: fc.constantFrom("snappy", "uncompressed" as const),
  }),
);

function pick<T>(list: readonly T[], at: number): T {
  return list[at % list.length] as T;
}

function changesOf(count: number, list: readonly { at: number; goes: boolean; take: number }[], fresh: readonly Row[]): Change[] {
  const byRow = new Map(list.map((each) => [each.at % count, each]));
  return [...byRow]
    .sort(([a], [b]) => a - b)
    .map(([row, { goes, take }]) => ({ row, values: goes ? undefined : pick(fresh, take) }))
    .slice(0, count - 1);
}

describe("a row group that is taken over with changes", () => {
  test("has the rows as decoding, changing and encoding would leave them, and bounds that are theirs", async () => {
    let patched = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ schema, some, picks, fresh, changes: list, assigned, compression }) => {
        const rows = picks.map((at) => pick(some, at));
        const changes = changesOf(rows.length, list, fresh);
        const old = await write(schema, compression, (writer) => writer.write(batchFromRows(rows, schema)));
        const done = await transfer(old.bytes, { schema, compression, changes, assigned, hasNaN: undefined });
        expect(done).toBeDefined();
        if (done === undefined) return;
        if (changes.length > 0) patched++;
        const expected = changed(rows, changes, schema, assigned);
        const found = await readRows(done.bytes, { schema });
        expect(found.rows).toEqual((await readRows((await rewritten(schema, expected)).bytes, { schema })).rows);
        expect(done.rowCount).toBe(expected.length);
        await expectBounds(schema, done, expected);
      }),
      { numRuns: 60 },
    );
    expect(patched).toBeGreaterThan(20);
  });

  test("keeps dictionaries, adds the values that they lack, and keeps pages apart", async () => {
    const schema = struct([field("id", types.long), field("word", types.string), field("flag", types.boolean), field("x", types.double)]);
    const rows = Array.from({ length: 50_000 }, (_, i) => ({
      id: BigInt(i),
      word: i % 7 === 0 ? null : `word ${i % 50}`,
      flag: i % 3 === 0,
      x: i / 8,
    }));
    const old = await write(schema, "snappy", (writer) => writer.write(batchFromRows(rows, schema)));
    const changes = rows.flatMap((row, i): Change[] => {
      if (i % 101 === 0) return [{ row: i, values: undefined }];
      return i % 97 === 0 ? [{ row: i, values: { ...row, word: i % 2 === 0 ? null : `new ${i % 5}`, x: -i, flag: null } }] : [];
    });
    const done = await transfer(old.bytes, { schema, compression: "snappy", changes, assigned: [1, 2, 3] });
    const expected = changed(rows, changes, schema, [1, 2, 3]);
    expect((await readRows(done?.bytes ?? new Uint8Array(0))).rows).toEqual(expected);
    const word = footerOfBytes(done?.bytes ?? new Uint8Array(0), path).metadata.rowGroups[0]?.columns[1];
    expect(word?.metadata?.dictionaryPageOffset).toBeDefined();
    if (done !== undefined) await expectBounds(schema, done, expected);
    // Page indexes tell the truth: what they rule out is not there.
    const reader = countingReader(done?.bytes ?? new Uint8Array(0));
    const point = { kind: "call", name: "=", type: types.boolean, args: [reference(), literal(40_001n)] } as const;
    const kept = await readRows(reader, {
      schema: struct([field("id", types.long)]),
      where: point,
      limits: { ...defaultPlanLimits, wholeGroupBytes: 0 },
    });
    expect(kept.rows).toContainEqual({ id: 40_001n });
    expect(kept.rows.length).toBeLessThan(25_000);
  });

  test("copies untouched columns of every type and compression as they are", async () => {
    const schema = struct([
      field("id", types.long),
      field("list", { kind: "array", element: types.string, containsNull: true }),
      field("deep", struct([field("a", types.int), field("b", struct([field("c", types.string)]))])),
      field("x", types.double),
    ]);
    const rows = Array.from({ length: 500 }, (_, i) => ({
      id: BigInt(i),
      list: i % 4 === 0 ? null : Array.from({ length: i % 3 }, (__, k) => (k === 1 ? null : `e${i}`)),
      deep: i % 5 === 0 ? null : { a: i % 2 === 0 ? null : i, b: { c: `c${i}` } },
      x: i % 50 === 0 ? Number.NaN : i,
    }));
    for (const compression of ["zstd", "gzip", "snappy", "uncompressed"] as const) {
      const old = await write(schema, compression, (writer) => writer.write(batchFromRows(rows, schema)));
      const done = await transfer(old.bytes, { schema, compression, changes: [], assigned: [], hasNaN: true });
      expect((await readRows(done?.bytes ?? new Uint8Array(0), { schema })).rows).toEqual(rows);
      expect(done?.bounds.column(["id"])).toEqual({ min: 0n, max: 499n, nullCount: 0, exact: true });
      expect(done?.bounds.column(["x"])?.max).toBeNaN();
      // Of arrays nobody has counted the nulls.
      expect(done?.bounds.column(["list"])).toEqual({});
      expect(done?.bounds.column(["deep", "a"])?.nullCount).toBe(old.bounds.column(["deep", "a"])?.nullCount);
    }
  });

  test("says nothing of NaN where the table does not", async () => {
    const schema = struct([field("x", types.double)]);
    const old = await write(schema, "zstd", (writer) => writer.write(batchFromRows([{ x: 1 }, { x: Number.NaN }], schema)));
    const unknown = await transfer(old.bytes, { schema, compression: "zstd", changes: [], assigned: [], hasNaN: undefined });
    expect(unknown?.bounds.column(["x"])).toEqual({ nullCount: 0 });
    const known = await transfer(old.bytes, { schema, compression: "zstd", changes: [], assigned: [], hasNaN: false });
    expect(known?.bounds.column(["x"])).toEqual({ min: 1, max: 1, nullCount: 0, exact: true });
  });

  test("is decoded where its pages would not mean the same in the new file", async () => {
    const schema = struct([field("a", types.int), field("b", types.string)]);
    const old = await write(schema, "snappy", (writer) => writer.write(batchFromRows([{ a: 1, b: "x" }], schema)));
    const keep = { changes: [], assigned: [], compression: "snappy" } as const;
    const other = (...fields: StructType["fields"]): Promise<Written | undefined> =>
      transfer(old.bytes, { ...keep, schema: struct(fields) });
    expect(await transfer(old.bytes, { ...keep, schema })).toBeDefined();
    expect(await transfer(old.bytes, { ...keep, schema, compression: "zstd" })).toBeUndefined();
    const [a, b] = [field("a", types.int), field("b", types.string)];
    expect(await other(field("a", types.long), b)).toBeUndefined();
    expect(await other(field("a", types.int, { nullable: false }), b)).toBeUndefined();
    expect(await other(a, field("b", types.binary))).toBeUndefined();
    expect(await other(a, b, field("c", types.int))).toBeUndefined();
    expect(await other(b, a)).toBeDefined();
    // Pages compressed by what is only copied cannot be taken apart.
    const zstd = await write(schema, "zstd", (writer) =>
      writer.write(
        batchFromRows(
          [
            { a: 1, b: "x" },
            { a: 2, b: "y" },
          ],
          schema,
        ),
      ),
    );
    const drop = { schema, compression: "zstd", changes: [{ row: 0, values: undefined }], assigned: [] } as const;
    expect(await transfer(zstd.bytes, drop)).toBeUndefined();
  });

  test("is decoded where its pages are damaged", async () => {
    const schema = struct([field("a", types.long), field("b", types.string)]);
    const rows = Array.from({ length: 100 }, (_, i) => ({ a: BigInt(i), b: `b${i % 5}` }));
    const old = await write(schema, "snappy", (writer) => writer.write(batchFromRows(rows, schema)));
    const changes: Change[] = [
      { row: 3, values: { a: 7n, b: "new" } },
      { row: 50, values: undefined },
    ];
    const first = footerOfBytes(old.bytes, path).metadata.rowGroups[0]?.columns[0]?.metadata;
    const start = first?.dictionaryPageOffset ?? first?.dataPageOffset ?? 0;
    for (let at = start; at < start + 60; at++) {
      const damaged = old.bytes.slice();
      damaged[at] = (damaged[at] as number) ^ 0x55;
      // A page that is taken over gets a new checksum: its damage must be noticed before.
      expect(await transfer(damaged, { schema, compression: "snappy", changes, assigned: [0, 1] })).toBeUndefined();
      expect(await transfer(damaged, { schema, compression: "snappy", changes: [], assigned: [] })).toBeUndefined();
    }
  });
});

const reference = () => ({ kind: "reference", slot: 0, path: ["id"], type: types.long, nullable: true }) as const;
const literal = (value: Value) => ({ kind: "literal", value, type: types.long }) as const;

function rewritten(schema: StructType, rows: readonly Row[]): Promise<Written> {
  return write(schema, "snappy", (writer) => writer.write(batchFromRows(rows, schema)));
}

/** The bounds of the file are no narrower than the rows, and where they say that they are exact, they are those of a file encoded anew. */
async function expectBounds(schema: StructType, done: Written, rows: readonly Row[]): Promise<void> {
  const anew = await rewritten(schema, rows);
  for (const { name, type } of schema.fields) {
    const [bounds, wanted] = [done.bounds.column([name]), anew.bounds.column([name])];
    expect(bounds?.nullCount).toBe(wanted?.nullCount);
    if (bounds?.exact === true && wanted?.exact === true) expect(bounds).toEqual(wanted);
    if (bounds?.min === undefined || bounds.max === undefined || wanted?.min === undefined || wanted.max === undefined) continue;
    expect(compareValues(type, bounds.min, wanted.min)).toBeLessThanOrEqual(0);
    expect(compareValues(type, bounds.max, wanted.max)).toBeGreaterThanOrEqual(0);
  }
}
