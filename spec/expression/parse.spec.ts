import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { col, lit, sql, toNode } from "../../src/expression/build.js";
import type { ExpressionNode } from "../../src/expression/expression.js";
import { formatExpression } from "../../src/expression/format.js";
import { parseAssignments, parseExpression } from "../../src/expression/parse.js";
import { call, conjoin } from "../../src/expression/parser/nodes.js";
import { array, decimal, field, map, struct, types } from "../../src/schema/data-types.js";
import type { DataType } from "../../src/schema/types.js";
import type { Value } from "../../src/schema/value.js";

/** Positions are no part of what an expression means. */
function withoutPositions(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutPositions);
  if (node === null || typeof node !== "object" || node instanceof Uint8Array) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => key !== "position" && value !== undefined)
      .map(([key, value]) => [key, withoutPositions(value)]),
  );
}

const name = fc.oneof(
  fc.constantFrom("a", "b", "col1", "select", "not", "date", "a b", "ü", "`", "a.b", "Case"),
  fc.string({ minLength: 1, maxLength: 4, unit: "binary" }),
);
const literalOf = (type: DataType, value: fc.Arbitrary<Value>): fc.Arbitrary<ExpressionNode> =>
  value.map((each) => ({ kind: "literal", value: each, type }));
const micros = fc.bigInt({ min: -62135596800000000n, max: 253402300799999999n });

const literal: fc.Arbitrary<ExpressionNode> = fc.oneof(
  literalOf(types.int, fc.integer()),
  literalOf(types.long, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  literalOf(types.byte, fc.integer({ min: -128, max: 127 })),
  literalOf(types.short, fc.integer({ min: -32768, max: 32767 })),
  literalOf(types.double, fc.double({ noNaN: true, noDefaultInfinity: true })),
  literalOf(types.float, fc.float({ noNaN: true, noDefaultInfinity: true })),
  literalOf(types.string, fc.string({ unit: "binary", maxLength: 8 })),
  literalOf(types.string, fc.constantFrom("it's", "\\", "\\%", "\\\\%", 'say "hi"', "\n\t\u0001", "a\\'b", "--", "/*")),
  literalOf(types.boolean, fc.boolean()),
  literalOf(types.void, fc.constant(null)),
  literalOf(types.date, fc.integer({ min: -719162, max: 2932896 })),
  literalOf(types.timestamp, micros),
  literalOf(types.timestamp_ntz, micros),
  literalOf(types.binary, fc.uint8Array({ maxLength: 5 })),
  fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).chain((unscaled) => {
    const digits = String(unscaled).replace("-", "").length;
    return fc
      .integer({ min: 0, max: digits })
      .map((scale): ExpressionNode => ({ kind: "literal", value: unscaled, type: decimal(digits, scale) }));
  }),
);

const castType = fc.constantFrom<DataType>(
  types.int,
  types.string,
  decimal(12, 2),
  array(types.int),
  map(types.string, array(types.double)),
  struct([field("x y", types.long), field("z", struct([]))]),
);

const expression = fc.letrec<{ node: ExpressionNode }>((tie) => {
  const node = tie("node");
  const binary = fc.constantFrom("=", "<>", "<", "<=", ">", ">=", "<=>", "+", "-", "||", "*", "/", "%", "div", "like", "ilike", "rlike");
  return {
    node: fc.oneof(
      { maxDepth: 5, depthIdentifier: "sql" },
      literal,
      fc.array(name, { minLength: 1, maxLength: 3 }).map((path): ExpressionNode => ({ kind: "column", path })),
      fc.tuple(binary, node, node).map(([op, a, b]) => call(op, [a, b])),
      fc
        .tuple(fc.constantFrom("and" as const, "or" as const), fc.array(node, { minLength: 2, maxLength: 4 }))
        .map(([op, args]) => conjoin(op, args)),
      fc
        .tuple(fc.constantFrom("not", "negate", "isnull", "isnotnull", "istrue", "isfalse", "upper"), node)
        .map(([op, a]) => call(op, [a])),
      fc.array(node, { minLength: 1, maxLength: 4 }).map((args) => call("in", args)),
      fc.tuple(node, node, node).map((args) => call("between", args)),
      fc.tuple(node, node).map(([a, b]) => call("like", [a, b, { kind: "literal", value: "#", type: types.string }])),
      fc
        .tuple(fc.constantFrom("coalesce", "substring", "trim", "if", "my_function"), fc.array(node, { minLength: 1, maxLength: 3 }))
        .map(([f, args]) => call(f, args)),
      fc.tuple(node, node).map((args) => call("getitem", args)),
      fc.tuple(node, name).map(([a, text]) => call("getfield", [a, { kind: "literal", value: text, type: types.string }])),
      fc
        .tuple(node, castType, fc.constantFrom("fail" as const, "null" as const))
        .map(([child, to, onError]): ExpressionNode => ({ kind: "cast", child, to, onError })),
      fc
        .tuple(fc.array(fc.record({ when: node, then: node }), { minLength: 1, maxLength: 2 }), fc.option(node, { nil: undefined }))
        .map(([branches, otherwise]): ExpressionNode => ({ kind: "case", branches, otherwise })),
    ),
  };
}).node;

test("an expression comes back from its text", () => {
  fc.assert(
    fc.property(expression, (node) => {
      expect(withoutPositions(parseExpression(formatExpression(node)))).toEqual(withoutPositions(node));
    }),
    { numRuns: 3000 },
  );
});

test("any text parses or is refused with its place", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc
          .array(fc.constantFrom("a", "1", "(", ")", "and", "not", "'x'", "=", "-", ".", "case", "in", "::", "[", "interval"))
          .map((words) => words.join(" ")),
      ),
      (text) => {
        try {
          parseExpression(text);
        } catch (error) {
          expect(LakeError.is(error, "expression/syntax")).toBe(true);
          expect((error as LakeError).message).toContain("^");
        }
      },
    ),
    { numRuns: 3000 },
  );
});

/** The shape of an expression, fully in parentheses. */
function shape(text: string): string {
  const show = (node: ExpressionNode): string => {
    switch (node.kind) {
      case "literal":
        return String(node.value);
      case "column":
        return node.path.join(".");
      case "call":
        return `(${[node.name, ...node.args.map(show)].join(" ")})`;
      case "cast":
        return `(cast ${show(node.child)} ${node.to.kind})`;
      case "case":
        return "(case)";
    }
  };
  return show(parseExpression(text));
}

describe("precedence", () => {
  test.each([
    ["a or b and c or not d = e", "(or a (and b c) (not (= d e)))"],
    ["a + b * c - d", "(- (+ a (* b c)) d)"],
    ["-a * b", "(* (negate a) b)"],
    ["-1::string", "(cast -1 string)"],
    ["a || b + c", "(+ (|| a b) c)"],
    ["a = b is null", "(isnull (= a b))"],
    ["not a is null", "(not (isnull a))"],
    ["a between 1 and 2 and b", "(and (between a 1 2) b)"],
    ["a not in (1, 2) or not b like 'x'", "(or (not (in a 1 2)) (not (like b x)))"],
    ["a.b.c[0].d", "(getfield (getitem a.b.c 0) d)"],
    ["a = 1 = b", "(= (= a 1) b)"],
    ["2 - -1", "(- 2 -1)"],
    ["a -- comment\n + /* b /* nested */ */ c", "(+ a c)"],
    ["`a b`.`c``d`", "a b.c`d"],
    ["date", "date"],
    ["IF(a, 1, 2)", "(if a 1 2)"],
    ["x is not distinct from y", "(<=> x y)"],
  ])("%s", (text, expected) => expect(shape(text)).toBe(expected));
});

describe("refusals say what was expected, and where", () => {
  test.each([
    ["", /empty/],
    ["a = ", /expected a column, a value or a function, found the end of the text.*\n {2}a = \n {6}\^/s],
    ["a b", /expected an operator or the end of the expression, found "b"/],
    ["(a", /expected an operator or "\)"/],
    ["'abc", /string that begins here is not closed/],
    ["count(*)", /aggregates/],
    ["count(distinct a)", /aggregates/],
    ["sum(a) over (partition by b)", /window functions/],
    ["a in (select 1)", /subqueries/],
    ["exists (select 1)", /subqueries/],
    ["(select 1)", /subqueries/],
    ["(a, b) = (1, 2)", /row values/],
    ["a between 1", /AND between the two bounds/],
    ["cast(a as nonsense)", /is not a type/],
    ["case when a then 1", /WHEN, ELSE or END/],
    ["1abc", /followed by letters/],
    ["a & b", /unexpected character "&"/],
    ["300Y", /does not fit byte/],
    ["date '2024-02-30'", /is not a date/],
    ["timestamp '2024-01-01 10:00 Europe/Paris'", /regions are not supported/],
    ["when", /`when`/],
    ["a like any ('x')", /LIKE any is not supported/],
    ["interval 3", /number and a unit/],
  ])("%s", (text, message) => {
    expect(() => parseExpression(text)).toThrow(message);
    expect(() => parseExpression(text)).toThrow(LakeError);
  });

  test("nesting that would exhaust the stack is refused, long flat chains are not", () => {
    expect(() => parseExpression("(".repeat(5000) + "1" + ")".repeat(5000))).toThrow(/nests deeper/);
    expect(() => parseExpression(`${"not ".repeat(5000)}a`)).toThrow(/nests deeper/);
    expect(() => parseExpression(Array.from({ length: 5000 }, () => "a").join(" + "))).toThrow(/in a row/);
    const long = parseExpression(Array.from({ length: 20_000 }, (_, i) => `a = ${i}`).join(" or "));
    expect(long.kind === "call" && long.args.length).toBe(20_000);
  });
});

describe("builders", () => {
  test("col and its methods make what the SQL makes", () => {
    const built = col("a.b")
      .gt(10)
      .and(col("s").like("x%"), col("n").isNull().not())
      .or(col("c").in(1, 2, 3), col("c").in([4]));
    expect(String(built)).toBe("a.b > 10 AND s LIKE 'x%' AND NOT n IS NULL OR c IN (1, 2, 3) OR c IN (4)");
    expect(String(col("a").plus(1).times(col("b")).dividedBy(2).minus(lit(1n)))).toBe("(a + 1) * b / 2 - 1L");
    expect(String(col("`x.y`.z").eqNullSafe(null))).toBe("`x.y`.z <=> NULL");
    expect(String(col("a").between(1, 2).and(col("b").cast("decimal(12,2)").ne(0.5)))).toBe(
      "a BETWEEN 1 AND 2 AND CAST(b AS decimal(12,2)) <> 0.5D",
    );
    expect(String(col("my column").ge(new Date("2024-01-01T00:00:00Z")))).toBe("`my column` >= TIMESTAMP '2024-01-01 00:00:00'");
  });
  test("values in sql`…` are literals, never text", () => {
    const evil = "x' OR '1'='1";
    const node = sql`name = ${evil} and age > ${18} and ${col("a").eq(1)} and b in (${1n}, ${null})`.node;
    expect(formatExpression(node)).toBe("name = 'x'' OR ''1''=''1' AND age > 18 AND a = 1 AND b IN (1L, NULL)");
    expect(() => sql`a = 1 ${"or"} b = 2`).toThrow(LakeError);
    expect(sql`a = ${"${0"}`.node).toEqual(sql`a = ${"${0"}`.node);
  });
  test("lit takes its type from the value, or as told", () => {
    const typeOf = (value: Parameters<typeof lit>[0], type?: string): DataType => {
      const { node } = lit(value, type);
      return node.kind === "literal" ? node.type : types.void;
    };
    expect([1, 2 ** 31, 1.5, NaN, 1n, 2n ** 64n, "x", true, null].map((value) => typeOf(value))).toEqual([
      types.int,
      types.long,
      types.double,
      types.double,
      types.long,
      decimal(20, 0),
      types.string,
      types.boolean,
      types.void,
    ]);
    expect(lit("2024-01-31", "date").node).toMatchObject({ value: 19753, type: types.date });
    expect(lit("12.5", "decimal(12,2)").node).toMatchObject({ value: 1250n });
    expect(lit(5, "byte").node).toMatchObject({ value: 5, type: types.byte });
    expect(() => lit(300, "byte")).toThrow(LakeError);
    expect(() => lit(undefined as never)).toThrow(/no SQL type/);
  });
  test("expressions are frozen", () => {
    const { node } = col("a").eq(1);
    expect(Object.isFrozen(node)).toBe(true);
    expect(node.kind === "call" && Object.isFrozen(node.args)).toBe(true);
    expect(Object.isFrozen(toNode("a = 1"))).toBe(true);
  });
  test("assignments", () => {
    expect(parseAssignments("score = score * 2, a.b = 'x'").map(({ path, value }) => [path, formatExpression(value)])).toEqual([
      [["score"], "score * 2"],
      [["a", "b"], "'x'"],
    ]);
  });
});
