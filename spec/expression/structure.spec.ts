import { describe, expect, test } from "vitest";
import { bind } from "../../src/expression/bind.js";
import { canFail } from "../../src/expression/can-fail.js";
import { conjunction, conjuncts } from "../../src/expression/conjuncts.js";
import type { BoundExpression } from "../../src/expression/expression.js";
import { formatExpression } from "../../src/expression/format.js";
import { splitMergeCondition } from "../../src/expression/merge-condition.js";
import { parseExpression } from "../../src/expression/parse.js";
import { referencedPaths, referencedSlots, remapSlots } from "../../src/expression/references.js";
import { tableScope, type Scope } from "../../src/expression/scope.js";
import { canStoreAs } from "../../src/expression/store-assignment.js";
import { parseSchemaText, parseType } from "../../src/schema/type-text.js";

const target = parseSchemaText("id long, k string, v double, info struct<a: int, b: int>");
const source = parseSchemaText("id long, k string, v double");
const scope: Scope = { columns: [...tableScope(target, "target").columns, ...tableScope(source, "source").columns] };
const isTarget = (slot: number): boolean => slot < target.fields.length;
const bound = (sql: string): BoundExpression => bind(parseExpression(sql), scope);
const texts = (list: readonly BoundExpression[]): string[] => list.map(formatExpression);

describe("references", () => {
  const expression = bound("case when target.id = 1 then target.info.a + target.info.b else source.id end");
  test("are the slots and paths that an expression needs", () => {
    expect([...referencedSlots(expression)].sort()).toEqual([0, 3, 4]);
    expect(referencedPaths(expression)).toEqual([["id"], ["info", "a"], ["info", "b"], ["id"]]);
  });
  test("can be moved to other slots", () => {
    const moved = remapSlots(expression, (slot) => slot + 10);
    expect([...referencedSlots(moved)].sort()).toEqual([10, 13, 14]);
    expect([...referencedSlots(expression)].sort()).toEqual([0, 3, 4]);
  });
});

test("conjuncts are what must all be true; a conjunction puts them together", () => {
  const list = conjuncts(bound("target.id = 1 and (target.k = 'a' or target.v > 1) and true"));
  expect(texts(list)).toEqual(["id = 1L", "k = 'a' OR v > 1D"]);
  expect(formatExpression(conjunction(list))).toBe("id = 1L AND (k = 'a' OR v > 1D)");
  expect(conjunction([])).toMatchObject({ kind: "literal", value: true });
});

test("a merge condition is split into equalities, one-sided conditions and the rest", () => {
  const split = splitMergeCondition(
    bound(
      "target.id = source.id and upper(source.k) <=> target.k and target.v > 1 and source.v < 5 " +
        "and target.v < source.v and target.id = target.v and 1 = 1",
    ),
    isTarget,
  );
  expect(split.equalities.map(({ target: t, source: s, nullSafe }) => [formatExpression(t), formatExpression(s), nullSafe])).toEqual([
    ["id", "id", false],
    ["k", "upper(k)", true],
  ]);
  expect(texts(split.targetOnly)).toEqual(["v > 1D", "CAST(id AS double) = v"]);
  expect(texts(split.sourceOnly)).toEqual(["v < 5D"]);
  expect(texts(split.rest)).toEqual(["v < v"]);
});

test("an or of equalities is no equality", () => {
  const split = splitMergeCondition(bound("target.id = source.id or target.k = source.k"), isTarget);
  expect(split.equalities).toEqual([]);
  expect(split.rest).toHaveLength(1);
});

test("what cannot raise is known", () => {
  expect(
    ["target.id = 1", "cast(target.info.a as long)", "upper(target.k)", "target.v + 1", "target.k like 'a%' and target.v is null"].map(
      (sql) => canFail(bound(sql)),
    ),
  ).toEqual(Array(5).fill(false));
  expect(["target.id + 1", "1 / target.v", "cast(target.k as int)", "cast(target.id as int)"].map((sql) => canFail(bound(sql)))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(canFail(bound("try_cast(target.k as int)"))).toBe(false);
});

test.each([
  ["int", "long", "safe"],
  ["long", "int", "checked"],
  ["int", "string", "safe"],
  ["string", "int", "no"],
  ["date", "timestamp", "safe"],
  ["boolean", "int", "no"],
  ["decimal(10,2)", "decimal(5,2)", "checked"],
  ["void", "int", "safe"],
])("a %s may be stored as %s: %s", (from, to, expected) => expect(canStoreAs(parseType(from), parseType(to))).toBe(expected));
