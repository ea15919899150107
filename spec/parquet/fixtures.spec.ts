import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { bindPredicate } from "../../src/expression/bind.js";
import { parseExpression } from "../../src/expression/parse.js";
import { tableScope } from "../../src/expression/scope.js";
import { createPooledCodec } from "../../src/parquet/codec/codec-pool.js";
import type { ParquetCodec } from "../../src/parquet/codec/codec.js";
import { defaultPlanLimits } from "../../src/parquet/read/plan-row-group.js";
import { array, decimal, field, map, struct, types } from "../../src/schema/data-types.js";
import { formatDecimal } from "../../src/schema/decimal-text.js";
import { formatDate, formatTimestamp } from "../../src/schema/datetime.js";
import { codec as inlineCodec, readRows } from "./read-rows.js";

const folder = new URL("../fixtures/parquet/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".parquet"));
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));

const schema = struct([
  field("id", types.long),
  field("small", types.short),
  field("flag", types.boolean),
  field("ratio", types.double),
  field("price", decimal(12, 2)),
  field("day", types.date),
  field("at", types.timestamp),
  field("word", types.string),
  field("list", array(types.int)),
  field("map", map(types.string, types.long)),
]);

/** The rows of make.py. */
const rows = Array.from({ length: 300 }, (_, i) => {
  const unless = <T>(divisor: number, value: T): T | null => (i % divisor === 0 ? null : value);
  return {
    id: BigInt(i),
    small: unless(7, (i % 100) - 50),
    flag: unless(5, i % 3 === 0),
    ratio: unless(4, i / 8),
    price: unless(6, formatDecimal(BigInt(i * 37 - 5000), 2)),
    day: unless(9, formatDate(i * 31)),
    at: unless(8, formatTimestamp(BigInt(i * 1_000_003))),
    word: unless(10, `wörd ${i % 12}`),
    list: unless(
      11,
      Array.from({ length: i % 4 }, (_, j) => (j === 1 ? null : i + j)),
    ),
    map: unless(13, new Map(Array.from({ length: i % 3 }, (_, j) => [`k${j}`, BigInt(j * i)]))),
  };
});

const limits = { ...defaultPlanLimits, wholeGroupBytes: 0, scatteredShareMax: 1, stretchesShareMax: 1 };

describe("files of another writer", () => {
  test.each(names)("%s is read whole, by row numbers and by a predicate", async (name) => {
    const bytes = bytesOf(name);
    expect((await readRows(bytes, { schema })).rows).toEqual(rows);
    const wanted = [0, 17, 18, 179, 180, 233, 299];
    const picked = await readRows(bytes, { schema, rows: Int32Array.from(wanted), limits });
    expect(picked.rows).toEqual(wanted.map((row) => rows[row]));
    const where = bindPredicate(parseExpression("id >= 200L and id < 210L"), tableScope(schema));
    const read = await readRows(bytes, { schema, where, limits });
    expect(read.rows).toEqual(read.numbers.map((row) => rows[row]));
    expect(read.numbers.filter((row) => row >= 200 && row < 210).length).toBe(10);
    // All but one file have page indexes.
    if (name !== "encodings.parquet") expect(read.numbers.length).toBeLessThan(60);
  });
});

describe("damaged pages", () => {
  const pool = createPooledCodec({ workers: 1, memoryLimitBytes: 256 << 20 });
  afterAll(() => pool.close());

  const codecs: readonly (readonly [string, ParquetCodec, number])[] = [
    ["inline", inlineCodec, 150],
    ["pooled", pool, 25],
  ];
  test.each(codecs)("are refused as corrupt, or give values; the %s codec survives them", async (_, codec, numRuns) => {
    let refused = 0;
    const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), flips, async (name, damage) => {
        const bytes = bytesOf(name);
        for (const [at, mask] of damage) bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ mask;
        try {
          await readRows(bytes, { schema, codec });
        } catch (error) {
          refused++;
          expect(error).toBeInstanceOf(LakeError);
          expect((error as LakeError).message).toContain("test.parquet");
        }
      }),
      { numRuns },
    );
    expect(refused).toBeGreaterThan(numRuns / 10);
    expect((await readRows(bytesOf("snappy-v1.parquet"), { schema, codec })).rows).toEqual(rows);
  });

  test("a file cut anywhere is refused by name", async () => {
    const bytes = bytesOf("snappy-v1.parquet");
    for (let cut = 0; cut < bytes.length; cut += 97) {
      await expect(readRows(bytes.subarray(0, cut), { schema })).rejects.toMatchObject({ code: "parquet/corrupt" });
    }
  });
});
