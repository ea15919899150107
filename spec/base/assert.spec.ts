import { expect, test } from "vitest";
import { assert, safeCount, unreachable } from "../../src/base/assert.js";

test("a broken invariant is reported as our bug, in words", () => {
  expect(() => assert(false, "versions only grow")).toThrow(
    expect.objectContaining({ code: "internal/assertion", message: expect.stringContaining("bug in laketable: versions only grow") }),
  );
  expect(() => assert(true, "fine")).not.toThrow();
});

test.each([
  [{ kind: "new" }, '{"kind":"new"}'],
  [5n, "5"],
  [undefined, "undefined"],
  [Number.NaN, "NaN"],
])("the unexpected %o is named", (value, text) => {
  expect(() => unreachable(value as never)).toThrow(`unexpected ${text}`);
});

test.each([0, 1, Number.MAX_SAFE_INTEGER, 7n])("%s is a count", (value) => {
  expect(safeCount(value, "version")).toBe(Number(value));
});

test.each([-1, 1.5, Number.NaN, 2 ** 53, 2n ** 53n + 1n, "1", null, undefined])("%s is no count", (value) => {
  expect(() => safeCount(value, "version")).toThrow(expect.objectContaining({ code: "delta/corrupt-log" }));
});
