import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import type { Column } from "../../src/columnar/column.js";
import { castColumn } from "../../src/expression/cast.js";
import { bind } from "../../src/expression/bind.js";
import { evaluate } from "../../src/expression/evaluate.js";
import {
  daysOfMicros,
  microsOfDay,
  splitMicros,
  storeDaysAndMicros,
  toBigInt,
  wordsOfBigInt,
} from "../../src/expression/kernels/int64.js";
import { compileLike, matchesLike } from "../../src/expression/kernels/like-pattern.js";
import { divideHalfUp } from "../../src/expression/kernels/decimal.js";
import { roundDouble } from "../../src/expression/kernels/rounding.js";
import { tableScope } from "../../src/expression/scope.js";
import { parseExpression } from "../../src/expression/parse.js";
import { canonicalDecimal } from "./canonical-decimal.js";
import { cellReader } from "../../src/schema/cells.js";
import { decimal, types } from "../../src/schema/data-types.js";
import { parseSchemaText, parseType } from "../../src/schema/type-text.js";
import type { DataType } from "../../src/schema/types.js";
import type { Value } from "../../src/schema/value.js";
import { columnOf, testTable, valuesOf } from "./evaluate-sql.js";

const long = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
  fc.bigInt({ min: -(2n ** 33n), max: 2n ** 33n }),
  fc.bigInt({ min: -20n, max: 20n }),
);

/** The value of an operation on two columns, or "error". */
function apply(operation: string, a: DataType, x: Value, b: DataType, y: Value): Value | "error" {
  const schema = {
    kind: "struct",
    fields: [
      { name: "x", type: a, nullable: true, metadata: {} },
      { name: "y", type: b, nullable: true, metadata: {} },
    ],
  } as const;
  const columns = [columnOf(a, [x]), columnOf(b, [y])];
  const expression = bind(parseExpression(operation), tableScope(schema));
  try {
    return cellReader(expression.type, evaluate(expression, { length: 1, column: (slot) => columns[slot] as Column }))(0);
  } catch (error) {
    if (LakeError.is(error, "expression/evaluation")) return "error";
    throw error;
  }
}

const fits = (value: bigint): bigint | "error" => (value >= -(2n ** 63n) && value < 2n ** 63n ? value : "error");

describe("64-bit numbers", () => {
  test("arithmetic on words is arithmetic on BigInt", () => {
    fc.assert(
      fc.property(long, long, (x, y) => {
        expect(apply("x + y", types.long, x, types.long, y)).toBe(fits(x + y));
        expect(apply("x - y", types.long, x, types.long, y)).toBe(fits(x - y));
        expect(apply("x * y", types.long, x, types.long, y)).toBe(fits(x * y));
        expect(apply("x div y", types.long, x, types.long, y)).toBe(y === 0n ? "error" : fits(x / y));
        expect(apply("x % y", types.long, x, types.long, y)).toBe(y === 0n ? "error" : x % y);
        expect(apply("x < y", types.long, x, types.long, y)).toBe(x < y);
        expect(apply("x = y", types.long, x, types.long, y)).toBe(x === y);
      }),
      { numRuns: 300 },
    );
  });
  test("a timestamp splits into days and time and comes back", () => {
    fc.assert(
      fc.property(long, (value) => {
        const [low = 0, high = 0] = wordsOfBigInt(value);
        const days = daysOfMicros(low, high);
        const micros = microsOfDay(low, high, days);
        expect(BigInt(days) * 86_400_000_000n + BigInt(micros)).toBe(value);
        expect(micros >= 0 && micros < 86_400_000_000).toBe(true);
        expect(splitMicros(value)).toEqual({ days, micros });
        const words = new Int32Array(2);
        storeDaysAndMicros(words, 0, days - 3, micros + 3 * 86_400_000_000);
        expect(toBigInt(words[0] as number, words[1] as number)).toBe(value);
      }),
    );
  });
});

describe("decimals", () => {
  const digits = fc.integer({ min: 1, max: 12 });
  const typed = fc.tuple(digits, fc.nat(12)).chain(([precision, s]) => {
    const type = decimal(precision, Math.min(s, precision));
    const limit = 10n ** BigInt(precision) - 1n;
    return fc.bigInt({ min: -limit, max: limit }).map((value) => ({ type, value }));
  });
  test("short ones, computed as doubles, have every digit of long ones", () => {
    fc.assert(
      fc.property(typed, typed, (x, y) => {
        for (const operation of ["+", "-", "*", "/"]) {
          const quick = apply(`x ${operation} y`, x.type, x.value, y.type, y.value);
          expect(quick).toBe(canonicalDecimal(operation, x, y));
        }
      }),
      { numRuns: 300 },
    );
  });
  test("halves are rounded away from zero", () => {
    expect([25n, -25n, 24n, -26n, 35n].map((value) => divideHalfUp(value, 10n))).toEqual([3n, -3n, 2n, -3n, 4n]);
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.integer({ min: 0, max: 6 }), (value, places) => {
        const exact = apply(`cast(x as decimal(38,${places}))`, types.string, plain(value), types.int, 0) as bigint;
        expect(roundDouble(value, places, "half-up") + 0).toBe(Number(exact) / 10 ** places + 0);
        expect(apply(`cast(x as decimal(38,${places}))`, types.double, value, types.int, 0)).toBe(exact);
      }),
    );
  });
});

function plain(value: number): string {
  return String(value);
}

describe("like", () => {
  const piece = fc.constantFrom("a", "b", "ä", "\u{1f600}", "%", "_", "\\%", "\\_", "\\\\", ".", "");
  const text = fc
    .array(fc.constantFrom("a", "b", "ä", "\u{1f600}", "%", "_", "\\", "."), { maxLength: 6 })
    .map((parts) => parts.join(""));
  test("matches as the regular expression of its pattern", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), text, (parts, subject) => {
        const source = parts
          .map((part) => (part === "%" ? ".*" : part === "_" ? "." : part.replace(/^\\/, "").replace(/[.\\]/g, "\\$&")))
          .join("");
        const compiled = compileLike(parts.join(""), "\\");
        const bytes = new TextEncoder().encode(`x${subject}y`);
        expect(compiled !== undefined && matchesLike(compiled, bytes, 1, bytes.length - 1)).toBe(
          new RegExp(`^${source}$`, "su").test(subject),
        );
      }),
      { numRuns: 3000 },
    );
  });
});

describe("lists", () => {
  test("long lists find what short comparisons find", () => {
    const table = testTable("l long, s string, d double, x binary, m decimal(20,2)", [
      [5n, "e", NaN, Uint8Array.of(1), 500n],
      [9007199254740993n, "é", -0, Uint8Array.of(), -100n],
      [null, null, null, null, null],
      [-1n, "", 2.5, Uint8Array.of(255, 0), 12345678901234567800n],
    ]);
    expect(valuesOf("l in (1, 2, 3, 9007199254740993, 9007199254740992)", table)).toEqual([false, true, null, false]);
    expect(valuesOf("s in ('é', '', 'x', 'y')", table)).toEqual([false, true, null, true]);
    expect(valuesOf("s not in ('é', '', 'x', null)", table)).toEqual([null, false, null, false]);
    expect(valuesOf("d in (0D, 1D, 2D, cast('NaN' as double))", table)).toEqual([true, true, null, false]);
    expect(valuesOf("x in (X'01', X'', X'02')", table)).toEqual([true, true, null, false]);
    expect(valuesOf("m in (5.00, -1.00, 123456789012345678.00)", table)).toEqual([true, true, null, true]);
  });
});

describe("castColumn", () => {
  const options = { onError: "fail", structs: "name" } as const;
  const table = testTable("a int, s string", [
    [1, "x"],
    [2, "7"],
    [3, "8"],
  ]);
  const nested = (sql: string): { column: Column; type: DataType } => {
    const expression = bind(parseExpression(sql), tableScope(table.schema));
    return { column: evaluate(expression, table.input), type: expression.type };
  };
  const texts = (column: Column, type: DataType): Value[] => {
    const read = cellReader(types.string, castColumn(column, type, types.string, options));
    return Array.from({ length: column.length }, (_, row) => read(row));
  };

  test("takes the fields of structs by name, with null for what is missing", () => {
    const { column, type } = nested("named_struct('B', s, 'a', a)");
    const to = parseType("struct<a: long, b: string, c: array<int>>");
    expect(texts(castColumn(column, type, to, options), to)).toEqual(["{1, x, null}", "{2, 7, null}", "{3, 8, null}"]);
    expect(() => castColumn(column, type, parseType("struct<a: long, c: int not null>"), options)).toThrow(/no field c/);
  });
  test("takes the fields of structs by position", () => {
    const { column, type } = nested("named_struct('x', a, 'y', s)");
    const to = parseType("struct<p: double, q: string>");
    expect(texts(castColumn(column, type, to, { ...options, structs: "position" }), to)).toEqual(["{1.0, x}", "{2.0, 7}", "{3.0, 8}"]);
    expect(() => castColumn(column, type, parseType("struct<p: double>"), { ...options, structs: "position" })).toThrow(
      /struct of 2 fields/,
    );
  });
  test("reaches into arrays and maps, and into slices of them", () => {
    const { column, type } = nested("array(named_struct('a', a), named_struct('a', a + 10))");
    const to = parseType("array<struct<a: string>>");
    expect(texts(castColumn(column.slice(1, 2), type, to, options), to)).toEqual(["[{2}, {12}]", "[{3}, {13}]"]);
    const maps = nested("map(s, a, 'k', 0)");
    const mapTo = parseType("map<string, decimal(5,2)>");
    expect(texts(castColumn(maps.column.slice(2, 1), maps.type, mapTo, options), mapTo)).toEqual(["{8 -> 3.00, k -> 0.00}"]);
  });
  test("does not look at values under a null struct", () => {
    const { column, type } = nested("if(a = 1, null, named_struct('s', s))");
    const to = parseType("struct<s: int>");
    expect(texts(castColumn(column, type, to, options), to)).toEqual([null, "{7}", "{8}"]);
  });
  test("fails by name or makes null, as told", () => {
    const column = columnOf(types.string, ["1", "x", null]);
    expect(() => castColumn(column, types.string, types.int, options)).toThrow(/The string 'x' is not a value of int.*try_cast/);
    const lenient = castColumn(column, types.string, types.int, { ...options, onError: "null" });
    expect([0, 1, 2].map(cellReader(types.int, lenient))).toEqual([1, null, null]);
    expect(() => castColumn(columnOf(types.long, [2n ** 40n]), types.long, types.int, options)).toThrow(
      /The long 1099511627776 does not fit int/,
    );
    expect(() => castColumn(columnOf(types.date, [1]), types.date, types.int, options)).toThrow(/no such cast/);
  });
  test("a column of no rows stays one", () => {
    for (const [from, to] of [
      ["string", "int"],
      ["int", "string"],
      ["array<int>", "array<string>"],
      ["struct<a: int>", "struct<a: long>"],
    ] as const) {
      const type = parseSchemaText(`c ${from}`).fields[0]?.type ?? types.int;
      expect(castColumn(columnOf(type, []), type, parseType(to), options).length).toBe(0);
    }
  });
});

describe("the clock", () => {
  test("is the one that is given", () => {
    expect(valuesOf("current_date")).toEqual([19675]);
    expect(valuesOf("current_timestamp()")).toEqual([1_700_000_000_123_456n]);
  });
  test("is needed", () => {
    const expression = bind(parseExpression("now()"), { columns: [] });
    expect(() => evaluate(expression, { length: 1, column: () => columnOf(types.int, []) })).toThrow(
      /time of the statement is not known/,
    );
  });
});

test("a batch without rows raises nothing and has no rows", () => {
  const empty = testTable("a int, s string", []);
  for (const sql of [
    "1 / 0",
    "a / 0",
    "cast('x' as int)",
    "case when a = 1 then 1 / 0 end",
    "coalesce(a, 1)",
    "upper(s)",
    "a in (1, 2, 3)",
    "s like 'a%'",
    "a = 1 and s = 'x'",
  ]) {
    expect(valuesOf(sql, empty)).toEqual([]);
  }
});
