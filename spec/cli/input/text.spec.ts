import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LakeError } from "../../../src/base/errors.js";
import { readCsv } from "../../../src/cli/input/csv-input.js";
import { parseExact } from "../../../src/cli/input/exact-json.js";
import { fromJson } from "../../../src/cli/input/json-cells.js";
import { readNdjson } from "../../../src/cli/input/ndjson-input.js";
import { fromText } from "../../../src/cli/input/text-cells.js";
import { decodeText, linesOf } from "../../../src/cli/input/text-stream.js";
import { toJson } from "../../../src/cli/output/json.js";
import { parseSchemaText, parseType } from "../../../src/schema/type-text.js";

/** Bytes in pieces that break characters and lines anywhere. */
function streamOf(bytes: Uint8Array, piece: number): Readable {
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += piece) pieces.push(bytes.subarray(start, start + piece));
  return Readable.from(pieces);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe("text", () => {
  test("lines are the same however the bytes are cut; U+2028 is a character like others", async () => {
    const line = fc.string({ unit: "grapheme", maxLength: 12 }).filter((text) => !/[\r\n\ufeff]/.test(text));
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 6 }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom("\n", "\r\n"),
        async (lines, piece, end) => {
          const bytes = Buffer.from(lines.map((text) => text + end).join(""));
          expect(await all(linesOf(decodeText("f", streamOf(bytes, piece))))).toEqual(lines);
        },
      ),
    );
    expect(await all(linesOf(decodeText("f", streamOf(Buffer.from("\ufeffa\u2028b\nlast"), 100))))).toEqual(["a\u2028b", "last"]);
  });

  test("what is not UTF-8 is refused, at the end too", async () => {
    for (const bytes of [Uint8Array.of(0x61, 0xff), Uint8Array.of(0x61, 0xe2, 0x82)]) {
      await expect(all(decodeText("f", streamOf(bytes, 10)))).rejects.toSatisfy((error) => LakeError.is(error, "schema/invalid-value"));
    }
  });
});

describe("JSON", () => {
  const typed = fc.oneof(
    fc.record({ type: fc.constant("long"), value: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }) }),
    fc.record({ type: fc.constant("double"), value: fc.double() }),
    fc.record({
      type: fc.constant("decimal(38,4)"),
      value: fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }).map((unscaled) => `${unscaled}.0001`),
    }),
    fc.record({ type: fc.constant("string"), value: fc.string({ unit: "grapheme" }) }),
    fc.record({ type: fc.constant("binary"), value: fc.uint8Array({ maxLength: 9 }) }),
    fc.record({ type: fc.constant("boolean"), value: fc.boolean() }),
    fc.record({
      type: fc.constant("map<long,array<double>>"),
      value: fc
        .array(fc.tuple(fc.bigInt({ min: 0n, max: 1n << 60n }), fc.array(fc.double({ noNaN: true }))))
        .map((pairs) => new Map(pairs)),
    }),
  );

  test("a value that was printed is read back the same, digit by digit", () => {
    fc.assert(
      fc.property(typed, ({ type, value }) => {
        const read = fromJson(parseExact(toJson(value)), parseType(type));
        expect(typeof value === "bigint" && typeof read === "number" ? BigInt(read) : read).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  test("a number keeps its digits where the column has them", () => {
    expect(fromJson(parseExact("123456789012345678.12"), parseType("decimal(20,2)"))).toBe("123456789012345678.12");
    expect(fromJson(parseExact("9223372036854775807"), parseType("long"))).toBe(9_223_372_036_854_775_807n);
    expect(fromJson(parseExact("1e3"), parseType("long"))).toBe(1000);
    expect(fromJson(parseExact('{"A":12345678901234567890,"new":12345678901234567890}'), parseType("struct<a:decimal(20,0)>"))).toEqual({
      A: "12345678901234567890",
      new: 12_345_678_901_234_567_890n,
    });
  });

  test("what does not fit is passed on as it is, to be refused with its row", () => {
    for (const [value, type] of [
      ["x", "long"],
      [5, "string"],
      [{}, "array<int>"],
      ["AP8=!", "binary"],
      [[1], "map<string,int>"],
    ] as const) {
      expect(fromJson(value, parseType(type))).toEqual(value);
    }
    expect(fromText("seven", parseType("int"))).toBe("seven");
  });

  test("a line that is no object is named by its number; blank lines are passed over", async () => {
    const schema = parseSchemaText("id long");
    expect(await all(readNdjson("f", streamOf(Buffer.from('\n{"id":1}\n  \n{"ID":2}'), 4), schema))).toEqual([{ id: 1 }, { ID: 2 }]);
    for (const [text, line] of [
      ['{"id":1}\n[2]', 2],
      ["\n\n{", 3],
      ["null", 1],
    ] as const) {
      await expect(all(readNdjson("f", streamOf(Buffer.from(text), 4), schema))).rejects.toMatchObject({
        code: "schema/invalid-value",
        context: { line },
      });
    }
  });
});

describe("CSV", () => {
  const schema = parseSchemaText("id long, name string, price decimal(9,2), tags array<long>, ok boolean, d double, day date");
  const rows = (text: string): Promise<unknown[]> => all(readCsv("f", streamOf(Buffer.from(text), 5), { schema, delimiter: "," }));

  test("cells are read by the types of the columns: an empty cell is null, a quoted empty one empty text", async () => {
    expect(
      await rows(
        'ID,name,price,tags,ok,d,day\n9007199254740993,"a, ""b""\nc", 1.50,"[1,9007199254740993]",TRUE,NaN, 2026-01-31\n,"",,,,,\n',
      ),
    ).toEqual([
      {
        ID: 9_007_199_254_740_993n,
        name: 'a, "b"\nc',
        price: "1.50",
        tags: [1n, 9_007_199_254_740_993n],
        ok: true,
        d: Number.NaN,
        day: "2026-01-31",
      },
      { ID: null, name: "", price: null, tags: null, ok: null, d: null, day: null },
    ]);
  });

  test("a column that the table lacks is text", async () => {
    expect(await rows("\ufeffid,other\n1,2\n")).toEqual([{ id: 1n, other: "2" }]);
  });

  test("an irregular file is refused, whatever its cells are", async () => {
    for (const text of ["id,name\n1\n", 'id,name\n1,"a', "id,ID\n1,2\n"])
      await expect(rows(text)).rejects.toSatisfy((error) => LakeError.is(error));
  });
});
