import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isNumberText, parseExactJson, stringifyExactJson } from "../../../src/delta/protocol/exact-json.js";

describe("exact JSON", () => {
  it("means what JSON.parse means, of any JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(stringifyExactJson(parseExactJson(text)))).toEqual(JSON.parse(text));
        expect(JSON.parse(stringifyExactJson(parseExactJson(`[1234567890123456789,${text}]`)))[1]).toEqual(JSON.parse(text));
      }),
    );
  });

  it("keeps every digit of every 64-bit number, wherever it stands", () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
        fc.string(),
        fc.jsonValue(),
        (numbers, name, other) => {
          const text = `{"n":[${numbers.join(" , ")}],${JSON.stringify(name)}:{"x":${JSON.stringify(other)}},"last":1234567890123456789}`;
          const parsed = parseExactJson(text) as { readonly n?: readonly unknown[] };
          if (name !== "n") {
            expect((parsed.n ?? []).map((value) => BigInt(isNumberText(value) ? value.numberText : (value as number)))).toEqual(numbers);
          }
          expect(stringifyExactJson(parseExactJson(stringifyExactJson(parsed)))).toBe(stringifyExactJson(parsed));
        },
      ),
    );
  });

  it("keeps the text of decimals that a double would round", () => {
    const parsed = parseExactJson('{"d":12345678901234567890.123456789012345678,"f":0.30000000000000004}') as Record<string, unknown>;
    expect(parsed["d"]).toEqual({ numberText: "12345678901234567890.123456789012345678" });
    expect(parsed["f"]).toEqual({ numberText: "0.30000000000000004" });
  });

  it("accepts exactly what JSON.parse accepts", () => {
    const fragment = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"\\u12"',
      "1",
      "-0",
      "01",
      "1.",
      ".5",
      "1e5",
      "true",
      "nul",
      " ",
      '"\t"',
      "1234567890123456789",
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 8 }), (parts) => {
        const text = `[1234567890123456789,${parts.join("")}]`;
        const accepts = (parse: (text: string) => unknown): boolean => {
          try {
            parse(text);
            return true;
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
            return false;
          }
        };
        expect(accepts(parseExactJson)).toBe(accepts(JSON.parse));
      }),
      { numRuns: 1000 },
    );
  });
});
