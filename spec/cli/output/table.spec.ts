import fc from "fast-check";
import displayWidth from "string-width";
import { describe, expect, test } from "vitest";
import { cellText, cutText, textWidth } from "../../../src/cli/output/cell-text.js";
import { layoutTable, type Heading } from "../../../src/cli/output/table-layout.js";
import { layoutOf, renderFacts, renderTable, widenedFor } from "../../../src/cli/output/table.js";

const heading = fc.record<Heading>({
  name: fc.string({ minLength: 1, maxLength: 12 }),
  align: fc.constantFrom<"right" | undefined>("right", undefined),
  isWhole: fc.boolean(),
});
const sheet = fc.array(heading, { minLength: 1, maxLength: 8 }).chain((headings) =>
  fc.record({
    headings: fc.constant(headings),
    rows: fc.array(fc.tuple(...headings.map(() => fc.string({ unit: "grapheme", maxLength: 40 }))), { maxLength: 5 }),
    width: fc.integer({ min: 12, max: 160 }),
  }),
);

describe("a table", () => {
  test("fits its width whatever it holds, and every line of it is as wide as the first", () => {
    fc.assert(
      fc.property(sheet, ({ headings, rows, width }) => {
        const widths = renderTable(headings, rows, { width, isColoured: false })
          .split("\n")
          .map((line) => displayWidth(line));
        expect(new Set(widths).size).toBe(1);
        expect(widths[0]).toBeLessThanOrEqual(width);
      }),
      { numRuns: 200 },
    );
  });

  test("is as wide as its cells need where there is room", () => {
    fc.assert(
      fc.property(sheet, ({ headings, rows }) => {
        const cells = rows.map((row) => row.map(cellText));
        const { widths } = layoutTable(headings, cells, Number.POSITIVE_INFINITY);
        headings.forEach(({ name }, column) =>
          expect(widths[column]).toBe(Math.max(1, textWidth(name), ...cells.map((row) => textWidth(row[column] ?? "")))),
        );
      }),
    );
  });

  test("cuts text before it leaves columns out, and never cuts what has to be whole", () => {
    const headings: Heading[] = [{ name: "id", isWhole: true }, { name: "note" }, { name: "at", isWhole: true }];
    const cells = [["9007199254740993", "a long story of note", "2026-01-31T12:00:00.000001Z"]];
    expect(layoutTable(headings, cells, 68).widths).toEqual([16, 15, 27]);
    expect(layoutTable(headings, cells, 64).widths).toEqual([16, 20]);
    expect(layoutTable(headings, cells, 20).widths).toEqual([16]);
    expect(layoutTable(headings, cells, 10).widths).toEqual([6]);
  });

  test("gives later rows the room that whole values need, and text none", () => {
    const headings: Heading[] = [{ name: "id", isWhole: true }, { name: "note" }];
    const first = layoutOf(headings, [[999, "short"]], 80);
    expect(widenedFor(first, [[7, "a longer one"]], 80)).toBe(first);
    expect(widenedFor(first, [[1000, "short"]], 80).widths).toEqual([4, 5]);
    expect(widenedFor(first, [[1_000_000_000, "short"]], 12).widths).toEqual([8]);
  });

  test("leaves spare columns out before it cuts others", () => {
    const headings: Heading[] = [{ name: "what" }, { name: "who", isSpare: true }];
    const cells = [["x".repeat(20), "y".repeat(5)]];
    expect(layoutTable(headings, cells, 32).widths).toEqual([20, 5]);
    expect(layoutTable(headings, cells, 31).widths).toEqual([20]);
  });

  test("shows values as people read them, on one line", () => {
    const nested = { a: [1n, null], m: new Map([["k", Number.NaN]]) };
    const cells = [
      "plain",
      null,
      -0,
      9_007_199_254_740_993n,
      new Date(0),
      Uint8Array.of(0, 255),
      nested,
      "tab\tline\nbell\u0007 \u202egnirts \u009b31m",
    ];
    expect(cells.map(cellText)).toEqual([
      "plain",
      "null",
      "-0",
      "9007199254740993",
      "1970-01-01T00:00:00.000Z",
      "AP8=",
      '{"a":[1,null],"m":{"k":"NaN"}}',
      "tab\\tline\\nbell\\u0007 \\u202egnirts \\u009b31m",
    ]);
  });

  test("cuts between what people see as characters", () => {
    expect([cutText("family 👩‍👩‍👧‍👦!", 9), cutText("日本語", 4), cutText("cafe\u0301s", 4), cutText("short", 5)]).toEqual([
      "family …",
      "日…",
      "caf…",
      "short",
    ]);
  });

  test("facts stand under each other", () => {
    expect(
      renderFacts(
        [
          ["version", 3],
          ["id", "abc"],
        ],
        80,
      ),
    ).toBe("version  3\nid       abc");
  });
});
