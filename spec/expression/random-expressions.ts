import fc from "fast-check";
import type { ExpressionNode } from "../../src/expression/expression.js";
import { call, conjoin } from "../../src/expression/parser/nodes.js";
import { decimal, types } from "../../src/schema/data-types.js";
import type { DataType } from "../../src/schema/types.js";
import type { Value } from "../../src/schema/value.js";

/** The columns that random expressions speak of. Few values, so that comparisons hit. */
export const columns: readonly { readonly name: string; readonly type: DataType }[] = [
  { name: "i", type: types.int },
  { name: "j", type: types.int },
  { name: "y", type: types.byte },
  { name: "l", type: types.long },
  { name: "k", type: types.long },
  { name: "d", type: types.double },
  { name: "e", type: types.double },
  { name: "f", type: types.float },
  { name: "m", type: decimal(9, 2) },
  { name: "n", type: decimal(24, 3) },
  { name: "s", type: types.string },
  { name: "t", type: types.string },
  { name: "b", type: types.boolean },
  { name: "dt", type: types.date },
  { name: "ts", type: types.timestamp },
];

const strings = ["", "a", "ab", "abc", "b", "ba", "B", "é", "z", "\uffee", "\u{1f600}", "a%", "a_b"];

/** A value of the type that is not null. */
export function valueArbitrary(type: DataType): fc.Arbitrary<Exclude<Value, null>> {
  switch (type.kind) {
    case "byte":
      return fc.integer({ min: -4, max: 4 });
    case "int":
      return fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -5, max: 5 }) }, fc.constantFrom(2147483647, -2147483648, 100000));
    case "long":
      return fc.oneof(
        { weight: 9, arbitrary: fc.bigInt({ min: -5n, max: 5n }) },
        fc.constantFrom(9007199254740993n, -9007199254740993n, 4294967296n, 9223372036854775807n),
      );
    case "double":
      return fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: -4, max: 4 }).map((n) => n / 2) },
        fc.constantFrom(NaN, NaN, Infinity, -Infinity, -0, 0, 1e15),
      );
    case "float":
      return fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -4, max: 4 }).map((n) => n / 2) }, fc.constantFrom(NaN, NaN, -0, 0));
    case "decimal":
      return fc.oneof({ weight: 6, arbitrary: fc.bigInt({ min: -500n, max: 500n }) }, fc.constantFrom(0n, 100n, 250n, 999999999n));
    case "string":
      return fc.constantFrom(...strings);
    case "boolean":
      return fc.boolean();
    case "date":
      return fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: 19000, max: 19100 }));
    default:
      return fc.oneof(
        fc.bigInt({ min: -2n, max: 2n }).map((days) => days * 86_400_000_000n),
        fc.bigInt({ min: -3_000_000n, max: 3_000_000n }),
      );
  }
}

export type RandomRow = readonly Value[];

/** Rows with a value for every column, a fifth of them null. */
export function rowsArbitrary(maxLength: number, minLength = 0): fc.Arbitrary<RandomRow[]> {
  const cells = columns.map((column) => fc.option(valueArbitrary(column.type), { freq: 5, nil: null }));
  return fc.array(fc.tuple(...cells), { minLength, maxLength });
}

const col = (name: string): ExpressionNode => ({ kind: "column", path: [name] });
const lit = (value: Value, type: DataType): ExpressionNode => ({ kind: "literal", value, type });

function columnOfKind(...kinds: readonly string[]): fc.Arbitrary<ExpressionNode> {
  return fc.constantFrom(...columns.filter((column) => kinds.includes(column.type.kind)).map((column) => col(column.name)));
}

function literalOfKind(...kinds: readonly string[]): fc.Arbitrary<ExpressionNode> {
  const list = columns.filter((column) => kinds.includes(column.type.kind));
  return fc.constantFrom(...list).chain(({ type }) => valueArbitrary(type).map((value) => lit(value, type)));
}

const families = [
  ["byte", "int", "long", "double", "float", "decimal"],
  ["double", "float"],
  ["int"],
  ["string"],
  ["date", "timestamp"],
  ["boolean"],
] as const;
const comparisonName = fc.constantFrom("=", "<>", "<", "<=", ">", ">=", "<=>");

function operands(kinds: readonly string[]): fc.Arbitrary<readonly [ExpressionNode, ExpressionNode]> {
  const column = columnOfKind(...kinds);
  const ranged = fc.oneof({ weight: 5, arbitrary: column }, castedColumn(kinds));
  const literal = fc.oneof({ weight: 12, arbitrary: literalOfKind(...kinds) }, fc.constant(lit(null, types.void)));
  return fc.oneof(
    { weight: 4, arbitrary: fc.tuple(ranged, literal) },
    { weight: 2, arbitrary: fc.tuple(literal, ranged) },
    { weight: 2, arbitrary: fc.tuple(ranged, ranged) },
  );
}

/** Casts that keep the order, and some that do not or that can fail. */
function castedColumn(kinds: readonly string[]): fc.Arbitrary<ExpressionNode> {
  const targets: Readonly<Record<string, readonly DataType[]>> = {
    byte: [types.long, types.double, decimal(12, 3)],
    int: [types.long, types.double, decimal(7, 0), types.byte],
    string: [types.string],
    date: [types.timestamp],
    boolean: [types.boolean],
  };
  const to = fc.constantFrom(...(targets[kinds[0] ?? ""] ?? [types.double]));
  const from = kinds[0] === "byte" ? columnOfKind("byte", "int", "long", "decimal", "float") : columnOfKind(...kinds);
  return fc
    .tuple(from, to, fc.boolean())
    .map(([child, type, lenient]) => ({ kind: "cast", child, to: type, onError: lenient ? "null" : "fail" }) as const);
}

const comparison: fc.Arbitrary<ExpressionNode> = fc
  .constantFrom(...families)
  .chain((kinds) => fc.tuple(comparisonName, operands(kinds)))
  .map(([name, args]) => call(name, args));

const membership = fc.constantFrom(...families).chain((kinds) => {
  const item = fc.oneof({ weight: 12, arbitrary: literalOfKind(...kinds) }, fc.constant(lit(null, types.void)));
  return fc
    .tuple(columnOfKind(...kinds), fc.array(item, { minLength: 0, maxLength: 6 }))
    .map(([value, list]) => call("in", [value, ...list]));
});

const range = fc
  .constantFrom(...families)
  .chain((kinds) => fc.tuple(columnOfKind(...kinds), literalOfKind(...kinds), literalOfKind(...kinds)))
  .map((args) => call("between", args));

const pattern = fc.constantFrom("a%", "ab%", "%", "a", "%b", "a_%", "", "é%", "a\\%", "z%", "\u{1f600}%");
const prefixTest = fc.oneof(
  fc.tuple(columnOfKind("string"), pattern).map(([value, text]) => call("like", [value, lit(text, types.string)])),
  fc
    .tuple(columnOfKind("string"), fc.constantFrom(...strings))
    .map(([value, text]) => call("startswith", [value, lit(text, types.string)])),
);

const anyValue = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...columns.map((column) => col(column.name))) },
  castedColumn(families[0]),
);
const nullTest = fc.tuple(fc.constantFrom("isnull", "isnotnull"), anyValue).map(([name, value]) => call(name, [value]));

const leaf = fc.oneof(
  { weight: 6, arbitrary: comparison },
  { weight: 2, arbitrary: membership },
  { weight: 2, arbitrary: range },
  { weight: 1, arbitrary: prefixTest },
  { weight: 1, arbitrary: nullTest },
  { weight: 1, arbitrary: columnOfKind("boolean") },
  { weight: 1, arbitrary: fc.constantFrom(lit(true, types.boolean), lit(null, types.boolean)) },
);

/** A condition on the columns. */
export const predicateArbitrary: fc.Arbitrary<ExpressionNode> = fc.letrec<{ node: ExpressionNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 4, arbitrary: leaf },
    { weight: 2, arbitrary: fc.array(tie("node"), { minLength: 2, maxLength: 3 }).map((args) => conjoin("and", args)) },
    { weight: 2, arbitrary: fc.array(tie("node"), { minLength: 2, maxLength: 3 }).map((args) => conjoin("or", args)) },
    { weight: 1, arbitrary: tie("node").map((arg) => call("not", [arg])) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom("istrue", "isfalse"), tie("node")).map(([name, arg]) => call(name, [arg])) },
  ),
})).node;
