import fc from "fast-check";
import { parse } from "lossless-json";
import { expect, test } from "vitest";
import { toJson } from "../../../src/cli/output/json.js";
import { progressLine } from "../../../src/cli/output/progress.js";

test("what JSON has is written as JSON writes it", () => {
  const property = fc.property(fc.jsonValue(), (value) => {
    // JSON.stringify loses the sign of zero, toJson keeps it: the sign is no part of this rule.
    expect(JSON.stringify(JSON.parse(toJson(value)))).toBe(JSON.stringify(value));
  });
  fc.assert(property);
});

test("a bigint is an exact number token, in keys too", () => {
  fc.assert(
    fc.property(fc.bigInt(), (value) => {
      const text = toJson({ value, map: new Map([[value, [value]]]) });
      expect(text).toBe(`{"value":${value},"map":{"${value}":[${value}]}}`);
      expect(() => parse(text)).not.toThrow();
    }),
  );
});

test("what JSON lacks is text: NaN, infinities, bytes, moments, keys that are none", () => {
  const map = new Map<unknown, unknown>([
    [new Date(0), Number.POSITIVE_INFINITY],
    [Uint8Array.of(1), undefined],
    [{ a: 1 }, -0],
    [null, "\ud800"],
  ]);
  expect(toJson([Number.NaN, Number.NEGATIVE_INFINITY, Uint8Array.of(0, 255), map])).toBe(
    '["NaN","-Infinity","AP8=",{"1970-01-01T00:00:00.000Z":"Infinity","AQ==":null,"{\\"a\\":1}":-0.0,"null":"\\ud800"}]',
  );
  expect(toJson({ there: 1, absent: undefined })).toBe('{"there":1}');
});

test("progress is a bar where the end is known, and a count where it is not", () => {
  expect(progressLine({ phase: "write", done: 1234, unit: "rows" })).toBe("write  1,234 rows");
  expect(progressLine({ phase: "rewrite", done: 1, total: 2, unit: "files" })).toBe("rewrite  ■■■■■■■■■■■■············  1 of 2 files");
  expect(progressLine({ phase: "rewrite", done: 3, total: 2, unit: "files" })).toContain("■".repeat(24));
});
