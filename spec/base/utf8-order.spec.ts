import fc from "fast-check";
import { expect, test } from "vitest";
import { compareUtf8 } from "../../src/base/utf8-order.js";

/** Characters on both sides of every border: ASCII, two and three bytes, just below and above the surrogates, beyond U+FFFF. */
const nasty = fc.string({
  unit: fc.constantFrom("a", "/", ".", "é", "\u07ff", "\ud7ff", "\ue000", "\uffff", "😀", "\u{10ffff}"),
  maxLength: 6,
});

test("is the order of the UTF-8 bytes", () => {
  fc.assert(
    fc.property(fc.oneof(nasty, fc.string({ unit: "binary" })), fc.oneof(nasty, fc.string({ unit: "binary" })), (a, b) => {
      expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 500 },
  );
});

test("differs from JavaScript's own order for characters beyond U+FFFF", () => {
  expect("😀" < "\ue000").toBe(true);
  expect(compareUtf8("😀", "\ue000")).toBeGreaterThan(0);
});
