import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileColumns } from "../../../src/delta/protocol/file-columns.js";
import { fileStats } from "../../../src/delta/protocol/file-stats.js";
import { createStatsScanner } from "../../../src/delta/protocol/stats-scanner.js";
import { parseSchemaText } from "../../../src/schema/type-text.js";

const schema = parseSchemaText("id long, name string, d double, x struct<y: struct<z: int>, id: long>, ts timestamp, dec decimal(20,2)");
const paths = [["id"], ["name"], ["d"], ["x", "y", "z"], ["x", "id"], ["ts"], ["dec"]];

const number = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n)),
);
const value = fc.oneof(
  number,
  fc.string().map((text) => JSON.stringify(text)),
  fc.constantFrom("null", "true", '"NaN"', "[1,{}]", '"2023-01-01T00:00:00.123Z"'),
);
const blank = fc.constantFrom("", " ", "\n\t");
const object = (members: fc.Arbitrary<readonly (readonly [string, string])[]>): fc.Arbitrary<string> =>
  fc
    .tuple(members, blank)
    .map(
      ([list, space]) =>
        `{${space}${list.map(([name, text]) => `${JSON.stringify(name)}${space}:${space}${text}`).join(`${space},${space}`)}${space}}`,
    );
/** A name that needs an escape makes the scanner give up; see below. */
const plainName = fc.string().filter((name) => !JSON.stringify(name).includes("\\"));
const members = (names: readonly string[], of: fc.Arbitrary<string>): fc.Arbitrary<readonly (readonly [string, string])[]> =>
  fc.uniqueArray(fc.tuple(fc.oneof(fc.constantFrom(...names), plainName), of), { selector: ([name]) => name, maxLength: 5 });
const columns = object(
  fc
    .tuple(
      members(["id", "name", "d", "ts", "dec", "minValues"], value),
      fc.option(object(members(["id", "y"], fc.oneof(value, object(members(["z"], value)))))),
    )
    .map(([flat, nested]) => (nested === null ? flat : [...flat.filter(([name]) => name !== "x"), ["x", nested] as const])),
);
const stats = object(
  fc
    .record(
      {
        numRecords: fc.nat().map(String),
        minValues: columns,
        maxValues: columns,
        nullCount: columns,
        tightBounds: fc.constantFrom("true", "false"),
        other: value,
      },
      { requiredKeys: [] },
    )
    .map((record) => Object.entries(record)),
);

const files = fileColumns("none", schema, [], []);
const scanner = createStatsScanner(files, paths);
const encoder = new TextEncoder();

function compare(text: string, before = "", after = ""): void {
  const bytes = encoder.encode(before + text + after);
  const start = encoder.encode(before).length;
  const scanned = scanner.scan(bytes, start, start + encoder.encode(text).length);
  const parsed = fileStats(text, files);
  expect(scanned.rowCount).toBe(parsed.rowCount);
  for (const path of paths) expect(scanned.column(path), `${path.join(".")} of ${text}`).toEqual(parsed.column(path));
}

describe("the scanner of statistics", () => {
  it("finds what parsing finds, wherever the text lies", () => {
    fc.assert(
      fc.property(stats, fc.string(), fc.string(), (text, before, after) => compare(text, before, after)),
      { numRuns: 500 },
    );
  });

  it("knows nothing of a text that is cut off", () => {
    fc.assert(
      fc.property(stats, fc.nat(), (text, cut) => {
        const bytes = encoder.encode(text);
        const bounds = scanner.scan(bytes, 0, cut % bytes.length);
        expect(bounds.rowCount).toBeUndefined();
        for (const path of paths) expect(bounds.column(path)).toBeUndefined();
      }),
    );
  });

  it("knows nothing of other columns, and nothing of damage", () => {
    const text = encoder.encode('{"numRecords":1,"minValues":{"other":1,"id":5}}');
    const bounds = scanner.scan(text, 0, text.length);
    expect(bounds.column(["other"])).toBeUndefined();
    expect(bounds.column(["id"])).toEqual({ min: 5n, exact: true });
    for (const damaged of ["", "null", "[]", "{,}", '{"a"}', "{'numRecords':1}"]) {
      const bytes = encoder.encode(damaged);
      expect(scanner.scan(bytes, 0, bytes.length).column(["id"])).toBeUndefined();
    }
  });

  it("gives up on escaped names rather than miss one", () => {
    const text = encoder.encode('{"numRecords":7,"minValues":{"\\u0069d":3}}');
    expect(scanner.scan(text, 0, text.length).rowCount).toBeUndefined();
  });
});
