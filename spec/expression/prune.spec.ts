import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { bindPredicate } from "../../src/expression/bind.js";
import type { Bounds, ColumnBounds } from "../../src/expression/bounds.js";
import { selectRows } from "../../src/expression/evaluate.js";
import { parseExpression } from "../../src/expression/parse.js";
import { compilePruner } from "../../src/expression/prune.js";
import type { BoundExpression } from "../../src/expression/expression.js";
import { tableScope } from "../../src/expression/scope.js";
import { field, struct } from "../../src/schema/data-types.js";
import { parseSchemaText } from "../../src/schema/type-text.js";
import type { DataType } from "../../src/schema/types.js";
import { compareValues } from "../../src/schema/value-order.js";
import type { Value } from "../../src/schema/value.js";
import { columnOf } from "./evaluate-sql.js";
import { columns, predicateArbitrary, rowsArbitrary, type RandomRow } from "./random-expressions.js";

const schema = struct(columns.map((column) => field(column.name, column.type)));

/** How the bounds of one column are blurred: each is true, and says less than it could. */
interface Blur {
  readonly min: "exact" | "wide" | "missing";
  readonly max: "exact" | "wide" | "missing";
  readonly nullCount: boolean;
  readonly column: boolean;
}

const side = fc.oneof({ weight: 3, arbitrary: fc.constant("exact" as const) }, fc.constantFrom("wide" as const, "missing" as const));
const blurArbitrary: fc.Arbitrary<Blur> = fc.record({
  min: side,
  max: side,
  nullCount: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
  column: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
});

function widened(type: DataType, value: Value, direction: -1 | 1): Value {
  if (typeof value === "number")
    return type.kind === "float" || type.kind === "double" || Math.abs(value) < 100 ? value + direction : value;
  if (typeof value === "bigint") return value < 2n ** 62n ? value + BigInt(direction) : value;
  // A text cut off is smaller; one cut off with its end raised is greater.
  if (typeof value === "string") return direction < 0 ? value.slice(0, 1).replace(/[\ud800-\udfff]/, "") : `${value}\u{10ffff}`;
  return typeof value === "boolean" ? direction > 0 : value;
}

function boundsOf(rows: readonly RandomRow[], blurs: readonly Blur[], rowCount: boolean): Bounds {
  const known = new Map<string, ColumnBounds>();
  columns.forEach(({ name, type }, index) => {
    const blur = blurs[index];
    if (blur === undefined || !blur.column) return;
    const values = rows.map((row) => row[index] ?? null);
    const counted = values.filter((value) => value !== null && !Number.isNaN(value)).sort((a, b) => compareValues(type, a, b));
    const [min, max] = [counted[0], counted[counted.length - 1]];
    const bounds: { min?: Value; max?: Value; nullCount?: number } = {};
    if (min !== undefined && blur.min !== "missing") bounds.min = blur.min === "wide" ? widened(type, min, -1) : min;
    if (max !== undefined && blur.max !== "missing") bounds.max = blur.max === "wide" ? widened(type, max, 1) : max;
    if (blur.nullCount) bounds.nullCount = values.filter((value) => value === null).length;
    known.set(name, bounds);
  });
  return { rowCount: rowCount ? rows.length : undefined, column: ([name = ""]) => known.get(name) };
}

/** Rows for which the predicate is true; rows that raise match nothing. */
function matching(predicate: BoundExpression, rows: readonly RandomRow[]): number {
  let count = 0;
  for (const row of rows) {
    try {
      const selected = selectRows(predicate, {
        length: 1,
        column: (slot) => columnOf(columns[slot]?.type as DataType, [row[slot] ?? null]),
      });
      if (selected === "all" || selected.length > 0) count++;
    } catch (error) {
      if (!LakeError.is(error, "expression/evaluation")) throw error;
    }
  }
  return count;
}

describe("the pruner", () => {
  test("never skips rows that match, whatever the bounds leave out", () => {
    const blurs = fc.array(blurArbitrary, { minLength: columns.length, maxLength: columns.length });
    fc.assert(
      fc.property(predicateArbitrary, rowsArbitrary(4), blurs, fc.boolean(), (node, rows, blur, rowCount) => {
        const predicate = bindPredicate(node, tableScope(schema));
        if (!compilePruner(predicate)(boundsOf(rows, blur, rowCount))) expect(matching(predicate, rows)).toBe(0);
      }),
      { numRuns: 6000 },
    );
  });

  test("skips most of what does not match when the bounds are exact", () => {
    const exact: Blur = { min: "exact", max: "exact", nullCount: true, column: true };
    let [skippable, skipped] = [0, 0];
    fc.assert(
      fc.property(predicateArbitrary, rowsArbitrary(2), (node, rows) => {
        const predicate = bindPredicate(node, tableScope(schema));
        if (matching(predicate, rows) > 0) return;
        skippable++;
        if (
          !compilePruner(predicate)(
            boundsOf(
              rows,
              columns.map(() => exact),
              true,
            ),
          )
        )
          skipped++;
      }),
      { numRuns: 1500 },
    );
    expect(skipped / skippable).toBeGreaterThan(0.75);
  });
});

function prunes(schemaText: string, sql: string, known: Readonly<Record<string, ColumnBounds>>, rowCount = 10): boolean {
  const predicate = bindPredicate(parseExpression(sql), tableScope(parseSchemaText(schemaText)));
  return !compilePruner(predicate)({ rowCount, column: (path) => known[path.join(".")] });
}

describe("what is skipped", () => {
  const day = { d: { min: 19000, max: 19010, nullCount: 0 } };
  test("comparisons with a literal on either side, of another type, under casts", () => {
    expect(prunes("a int", "a = 5", { a: { min: 6, max: 9 } })).toBe(true);
    expect(prunes("a int", "5 >= a", { a: { min: 6, max: 9 } })).toBe(true);
    expect(prunes("a int", "a = 5", { a: { min: 5, max: 9 } })).toBe(false);
    expect(prunes("a int", "a > 9.5", { a: { min: 6, max: 9 } })).toBe(true);
    expect(prunes("a long", "a = '5'", { a: { min: 6n, max: 9n } })).toBe(true);
    expect(prunes("d date", "d >= '2030-01-01'", day)).toBe(true);
    expect(prunes("d date", "d >= timestamp '2030-01-01 10:00:00'", day)).toBe(true);
    expect(prunes("t timestamp", "cast(t as date) = '2024-01-01'", { t: { min: 0n, max: 86_400_000_000n } })).toBe(true);
    expect(prunes("m decimal(10,2)", "m < 3", { m: { min: 300n, max: 900n } })).toBe(true);
  });
  test("NaN may be anywhere above the bounds, unless the predicate excludes it", () => {
    const known = { x: { min: 0, max: 1, nullCount: 0 } };
    expect(prunes("x double", "x > 5", known)).toBe(false);
    expect(prunes("x double", "x < -1", known)).toBe(true);
    expect(prunes("x double", "x between 5 and 6", known)).toBe(true);
    expect(prunes("x double", "not (x <= 5)", known)).toBe(false);
    expect(prunes("x double", "x = cast('NaN' as double)", known)).toBe(false);
  });
  test("nulls", () => {
    expect(prunes("a int", "a is null", { a: { nullCount: 0 } })).toBe(true);
    expect(prunes("a int", "a is not null", { a: { nullCount: 10 } })).toBe(true);
    expect(prunes("a int", "a = 1 or a <> 1", { a: { nullCount: 10 } })).toBe(true);
    expect(prunes("a int", "a is null", { a: {} })).toBe(false);
    expect(prunes("a int", "a <=> null", { a: { nullCount: 0 } })).toBe(true);
    expect(prunes("a int", "a = null", {})).toBe(true);
    expect(prunes("a int", "try_cast(a as byte) is null", { a: { min: 1, max: 1000, nullCount: 0 } })).toBe(false);
  });
  test("lists, prefixes and booleans", () => {
    expect(prunes("a int", "a in (1, 2, 100)", { a: { min: 3, max: 99 } })).toBe(true);
    expect(prunes("a int", "a in (1, 50, 100)", { a: { min: 3, max: 99 } })).toBe(false);
    expect(prunes("a int", "a not in (7, 8)", { a: { min: 7, max: 7, nullCount: 0 } })).toBe(true);
    expect(prunes("s string", "s like 'abc%'", { s: { min: "abd", max: "z" } })).toBe(true);
    expect(prunes("s string", "s like 'abc%'", { s: { min: "abcd", max: "z" } })).toBe(false);
    expect(prunes("s string", "s not like 'abc%'", { s: { min: "abc1", max: "abc9", nullCount: 0 } })).toBe(true);
    expect(prunes("s string", "startswith(s, 'b')", { s: { min: "c", max: "d" } })).toBe(true);
    expect(prunes("f boolean", "f", { f: { min: false, max: false } })).toBe(true);
    expect(prunes("f boolean", "not f", { f: { min: false, max: false } })).toBe(false);
  });
  test("parts of dates that grow with the date", () => {
    const day = { d: { min: 19723, max: 19753, nullCount: 0 } };
    expect(prunes("d date", "year(d) = 2023", day)).toBe(true);
    expect(prunes("d date", "year(d) = 2024", day)).toBe(false);
    expect(prunes("d date", "trunc(d, 'month') = '2023-12-01'", day)).toBe(true);
    expect(prunes("d date", "month(d) = 5", day)).toBe(false);
    const time = { t: { min: 1704067200000000n, max: 1704153600000000n, nullCount: 0 } };
    expect(prunes("t timestamp", "date_trunc('day', t) = '2024-01-03'", time)).toBe(true);
    expect(prunes("t timestamp", "date_trunc('day', t) = '2024-01-02'", time)).toBe(false);
  });
  test("nested columns by their paths, and files without rows", () => {
    expect(prunes("a struct<b: int>", "a.b > 3", { "a.b": { min: 1, max: 3 } })).toBe(true);
    expect(prunes("a int", "true", {}, 0)).toBe(true);
    expect(prunes("a int", "a + 1 = 5", { a: { min: 100, max: 200 } })).toBe(false);
  });
});
