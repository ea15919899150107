import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isRecord, parseJson, stableStringify } from "../../src/base/json.js";

describe("stableStringify", () => {
  test("equal values give equal text, whatever the order of their members, and the text parses back", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        const reversed = Object.fromEntries(Object.entries(record).reverse());
        expect(stableStringify(reversed)).toBe(stableStringify(record));
        expect(parseJson(stableStringify(record), "it")).toEqual(JSON.parse(JSON.stringify(record)));
      }),
    );
  });

  test("what JSON has no form for is refused", () => {
    expect(() => stableStringify({ long: 1n })).toThrow();
    expect(() => stableStringify(undefined)).toThrow(expect.objectContaining({ code: "internal/assertion" }));
  });
});

describe("parseJson", () => {
  test("text that is cut off is a LakeError that names it", () => {
    expect(() => parseJson('{"add":{"pa', "commit 3")).toThrow(
      expect.objectContaining({
        code: "delta/corrupt-log",
        message: expect.stringContaining("commit 3 is not valid JSON"),
        cause: expect.any(SyntaxError),
      }),
    );
  });

  test("the caller can name the code", () => {
    expect(() => parseJson("", "--json", "usage/invalid-option")).toThrow(expect.objectContaining({ code: "usage/invalid-option" }));
  });
});

test.each<[unknown, boolean]>([
  [{}, true],
  [Object.create(null), true],
  [[], false],
  [null, false],
  ["text", false],
  [undefined, false],
])("isRecord(%o) is %s", (value, expected) => {
  expect(isRecord(value)).toBe(expected);
});
