import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { rowsWhere, testTable, valueOf, valuesOf } from "./evaluate-sql.js";

const table = testTable("a int, b long, s string, d decimal(10,2), f double, flag boolean", [
  [1, 10n, "one", 150n, 1.5, true],
  [0, null, "zero", null, NaN, false],
  [null, -5n, null, -275n, -0, null],
  [7, 9007199254740993n, "seven", 0n, Infinity, true],
]);

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (LakeError.is(error)) return error.code;
    throw error;
  }
  return "no error";
}

describe("three-valued logic", () => {
  test("a comparison with null is null, and null is no match", () => {
    expect(valuesOf("a > 0", table)).toEqual([true, false, null, true]);
    expect(rowsWhere("a > 0", table)).toEqual([0, 3]);
    expect(rowsWhere("not (a > 0)", table)).toEqual([1]);
  });
  test("false and null is false, true or null is true", () => {
    expect(valuesOf("flag and a > 0", table)).toEqual([true, false, null, true]);
    expect(valuesOf("flag or a > 100", table)).toEqual([true, false, null, true]);
    expect(valueOf("null and false")).toBe(false);
    expect(valueOf("null or true")).toBe(true);
  });
  test("<=> tells null from values", () => {
    expect(valuesOf("a <=> null", table)).toEqual([false, false, true, false]);
    expect(valuesOf("a <=> b", table)).toEqual([false, false, false, false]);
  });
  test("in a list with null nothing is false but what the list cannot reach", () => {
    expect(valuesOf("a in (1, null)", table)).toEqual([true, null, null, null]);
    expect(valuesOf("a not in (1, 7)", table)).toEqual([false, true, null, false]);
    expect(valuesOf("b in (10, 11, 12, 9007199254740993)", table)).toEqual([true, null, false, true]);
  });
});

describe("evaluation reaches only the rows that need it", () => {
  test("a branch that no row takes cannot raise", () => {
    expect(valuesOf("case when a <> 0 then 10 div a end", table)).toEqual([10n, null, null, 1n]);
    expect(valuesOf("a <> 0 and 10 / a > 2", table)).toEqual([true, false, null, false]);
    expect(valuesOf("a = 0 or 10 / a > 2", table)).toEqual([true, true, null, false]);
    expect(valuesOf("coalesce(a, 1 div 0)", testTable("a int", [[1], [2]]))).toEqual([1n, 2n]);
    expect(valuesOf("if(a = 0, null, 10 / a)", table)).toEqual([10, null, null, 10 / 7]);
  });
  test("division by zero raises where a row needs it, naming the expression", () => {
    expect(() => valuesOf("10 / a", table)).toThrow(/Division by zero in .*a.*nullif/s);
    expect(codeOf(() => valuesOf("10 / a", table))).toBe("expression/evaluation");
  });
});

describe("numbers", () => {
  test("longs beyond 2^53 stay exact", () => {
    expect(valuesOf("b + 1", table)).toEqual([11n, null, -4n, 9007199254740994n]);
    expect(valuesOf("b * 3 - 2", table)).toEqual([28n, null, -17n, 27021597764222977n]);
    expect(valuesOf("b = 9007199254740992", table)).toEqual([false, null, false, false]);
  });
  test("overflow raises", () => {
    expect(codeOf(() => valueOf("2147483647 + 1"))).toBe("expression/evaluation");
    expect(codeOf(() => valueOf("9223372036854775807 + 1"))).toBe("expression/evaluation");
    expect(codeOf(() => valueOf("-9223372036854775808L div -1L"))).toBe("expression/evaluation");
    expect(codeOf(() => valueOf("cast(3000000000 as int)"))).toBe("expression/evaluation");
    expect(valueOf("try_cast(3000000000 as int)")).toBe(null);
  });
  test("NaN is equal to itself and greater than every number", () => {
    expect(valuesOf("f > 1e300", table)).toEqual([false, true, false, true]);
    expect(valuesOf("f = f", table)).toEqual([true, true, true, true]);
    expect(valuesOf("f = 0", table)).toEqual([false, false, true, false]);
  });
  test("decimals keep their digits", () => {
    expect(valuesOf("d * 2", table)).toEqual([300n, null, -550n, 0n]);
    expect(valuesOf("d > 1", table)).toEqual([true, null, false, false]);
    expect(valueOf("cast(1.005 as decimal(3,2))")).toBe(101n);
    expect(valueOf("cast(-1.005 as decimal(3,2))")).toBe(-101n);
  });
});

test("like matches characters, not bytes", () => {
  expect(valueOf("'naïve' like 'na_ve'")).toBe(true);
  expect(valueOf("'10%' like '10\\%'")).toBe(true);
  expect(valueOf("'100' like '10\\%'")).toBe(false);
  expect(valueOf("'a_b' like 'a#_b' escape '#'")).toBe(true);
  expect(valuesOf("s like '%e%n%'", table)).toEqual([false, false, null, true]);
});
