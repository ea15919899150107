import type { DuckDBConnection } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { bind } from "../../src/expression/bind.js";
import { evaluate } from "../../src/expression/evaluate.js";
import type { ExpressionNode } from "../../src/expression/expression.js";
import { formatExpression } from "../../src/expression/format.js";
import { call, conjoin } from "../../src/expression/parser/nodes.js";
import { tableScope } from "../../src/expression/scope.js";
import { cellReader } from "../../src/schema/cells.js";
import { decimal, field, struct, types } from "../../src/schema/data-types.js";
import type { DataType } from "../../src/schema/types.js";
import type { Value } from "../../src/schema/value.js";
import { comparable, duckLiteral, duckSql, duckType, openDuckdb } from "./duckdb.js";
import { duckdbDifferences } from "./duckdb-differences.js";
import { columnOf, valueOf } from "./evaluate-sql.js";
import { columns, rowsArbitrary, valueArbitrary } from "./random-expressions.js";

type Kind = "number" | "whole" | "real" | "fixed" | "text" | "truth" | "day" | "moment";

const lit = (value: Value, type: DataType): ExpressionNode => ({ kind: "literal", value, type });
const cast = (child: ExpressionNode, to: DataType): ExpressionNode => ({ kind: "cast", child, to, onError: "fail" });
const nonZero = (node: ExpressionNode, zero: ExpressionNode): ExpressionNode => call("nullif", [node, zero]);
const zero = lit(0, types.int);

function leaves(names: readonly string[], type: DataType): fc.Arbitrary<ExpressionNode> {
  const column = fc.constantFrom(...names).map((name): ExpressionNode => ({ kind: "column", path: [name] }));
  const literal = fc.option(valueArbitrary(type), { freq: 8, nil: null }).map((value) => lit(value, type));
  return fc.oneof({ weight: 3, arbitrary: column }, literal);
}

const small = (min: number, max: number): fc.Arbitrary<ExpressionNode> => fc.integer({ min, max }).map((value) => lit(value, types.int));
const word = fc.constantFrom("a", "b", "x", "é", "ab").map((text) => lit(text, types.string));
const order = fc.constantFrom("=", "<>", "<", "<=", ">", ">=", "<=>");

/** Typed expressions of the forms that mean the same in both engines. */
const typed = fc.letrec<Record<Kind, ExpressionNode>>((tie) => {
  const of = (kind: Kind): fc.Arbitrary<ExpressionNode> => tie(kind);
  const make = (name: string, ...args: readonly fc.Arbitrary<ExpressionNode>[]): fc.Arbitrary<ExpressionNode> =>
    fc.tuple(...args).map((list) => call(name, list));
  const choice = (kind: Kind): readonly fc.Arbitrary<ExpressionNode>[] => [
    make("coalesce", of(kind), of(kind)),
    make("nullif", of(kind), of(kind)),
    make("if", of("truth"), of(kind), of(kind)),
    make("greatest", of(kind), of(kind)),
    make("least", of(kind), of(kind)),
    fc.tuple(of("truth"), of(kind), of("truth"), of(kind)).map(([a, x, b, y]): ExpressionNode => ({
      kind: "case",
      branches: [
        { when: a, then: x },
        { when: b, then: y },
      ],
      otherwise: undefined,
    })),
  ];
  const grow = (leaf: fc.Arbitrary<ExpressionNode>, ...rest: readonly fc.Arbitrary<ExpressionNode>[]): fc.Arbitrary<ExpressionNode> =>
    fc.oneof({ maxDepth: 3, depthIdentifier: "expression" }, { weight: 2, arbitrary: leaf }, ...rest);
  const compared = (kind: Kind): fc.Arbitrary<ExpressionNode> =>
    fc.tuple(order, of(kind), of(kind)).map(([name, a, b]) => call(name, [a, b]));
  return {
    number: fc.oneof(of("whole"), of("real"), of("fixed")),
    whole: grow(
      leaves(["i", "j"], types.int),
      ...choice("whole"),
      fc
        .tuple(fc.constantFrom("+", "-", "*"), of("whole"), of("whole"))
        .map(([name, a, b]) => call(name, [cast(a, types.long), cast(b, types.long)])),
      fc.tuple(fc.constantFrom("%", "div"), of("whole"), of("whole")).map(([name, a, b]) => call(name, [a, nonZero(b, zero)])),
      make("length", of("text")),
      make("instr", of("text"), word),
      make("year", of("day")),
      make("month", of("day")),
      make("quarter", of("day")),
      make("dayofyear", of("day")),
      make("datediff", of("day"), of("day")),
      make("hour", of("moment")),
    ),
    real: grow(
      leaves(["d", "e"], types.double),
      ...choice("real"),
      fc.tuple(fc.constantFrom("+", "-", "*"), of("real"), of("real")).map(([name, a, b]) => call(name, [a, b])),
      fc.tuple(of("whole"), of("whole")).map(([a, b]) => call("/", [a, nonZero(b, zero)])),
      fc.tuple(of("real"), of("real")).map(([a, b]) => call("/", [a, nonZero(b, lit(0, types.double))])),
      make("abs", of("real")),
      of("whole").map((node) => cast(node, types.double)),
      of("fixed").map((node) => cast(node, types.double)),
    ),
    fixed: grow(
      leaves(["m"], decimal(9, 2)),
      fc
        .tuple(fc.constantFrom("+", "-"), leaves(["m"], decimal(9, 2)), leaves(["n"], decimal(24, 3)))
        .map(([name, a, b]) => call(name, [a, b])),
      fc.tuple(leaves(["m"], decimal(9, 2)), leaves(["m"], decimal(9, 2))).map((args) => call("*", args)),
      make("coalesce", of("fixed"), leaves(["m"], decimal(9, 2))),
      of("fixed").map((node) => cast(node, decimal(38, 1))),
    ),
    text: grow(
      leaves(["s", "t"], types.string),
      ...choice("text"),
      make("||", of("text"), of("text")),
      make("upper", of("text")),
      make("lower", of("text")),
      make("trim", of("text")),
      make("reverse", of("text")),
      make("substring", of("text"), small(1, 4), small(0, 3)),
      make("left", of("text"), small(0, 3)),
      make("right", of("text"), small(0, 3)),
      make("replace", of("text"), word, word),
      make("lpad", of("text"), small(0, 5), word),
      make("rpad", of("text"), small(0, 5), word),
      of("whole").map((node) => cast(node, types.string)),
      of("day").map((node) => cast(node, types.string)),
    ),
    truth: grow(
      leaves(["b"], types.boolean),
      ...(["number", "text", "day", "moment", "truth"] as const).map(compared),
      fc.tuple(fc.constantFrom("and" as const, "or" as const), of("truth"), of("truth")).map(([name, a, b]) => conjoin(name, [a, b])),
      make("not", of("truth")),
      fc.tuple(fc.constantFrom("isnull", "isnotnull"), fc.oneof(of("number"), of("text"), of("day"))).map(([name, a]) => call(name, [a])),
      make("between", of("whole"), of("whole"), of("whole")),
      make("between", of("text"), of("text"), of("text")),
      make("in", of("whole"), of("whole"), small(-3, 3), small(-3, 3), small(-3, 3)),
      make("in", of("text"), word, word, of("text"), word),
      fc
        .tuple(of("text"), fc.constantFrom("a%", "%b", "_", "a_%", "%a%", "", "é_"))
        .map(([a, pattern]) => call("like", [a, lit(pattern, types.string)])),
      make("startswith", of("text"), word),
      make("endswith", of("text"), word),
      make("contains", of("text"), word),
    ),
    day: grow(leaves(["dt"], types.date), ...choice("day"), make("date_add", of("day"), small(-40, 40)), make("last_day", of("day"))),
    moment: grow(
      leaves(["ts"], types.timestamp),
      ...choice("moment"),
      of("day").map((node) => cast(node, types.timestamp)),
    ),
  };
});

const schema = struct(columns.map((column) => field(column.name, column.type)));
const rows = fc.sample(rowsArbitrary(24, 24), { seed: 20_24, numRuns: 1 })[0] ?? [];
const data = columns.map((column, index) =>
  columnOf(
    column.type,
    rows.map((row) => row[index] ?? null),
  ),
);

let duckdb: DuckDBConnection;

beforeAll(async () => {
  duckdb = await openDuckdb();
  await duckdb.run(
    `CREATE TABLE r (row_number INTEGER, ${columns.map((column) => `"${column.name}" ${duckType(column.type)}`).join(", ")})`,
  );
  const tuples = rows.map(
    (row, index) => `(${index}, ${row.map((value, at) => duckLiteral(value, columns[at]?.type ?? types.int)).join(", ")})`,
  );
  await duckdb.run(`INSERT INTO r VALUES ${tuples.join(", ")}`);
});

afterAll(() => duckdb.closeSync());

/** DuckDB's values, a list for each expression; `"error"` for an expression that raises. */
async function duckdbValues(expressions: readonly ExpressionNode[]): Promise<(string[] | "error")[]> {
  try {
    const list = expressions.map((node, index) => `${duckSql(node)} AS e${index}`).join(", ");
    const reader = await duckdb.runAndReadAll(`SELECT ${list} FROM r ORDER BY row_number`);
    return reader.getColumns().map((column) => column.map((value) => comparable(value)));
  } catch (error) {
    // One expression that raises fails the whole query: ask for each half alone.
    if (expressions.length === 1) return ["error"];
    void error;
    const half = expressions.length >> 1;
    return [...(await duckdbValues(expressions.slice(0, half))), ...(await duckdbValues(expressions.slice(half)))];
  }
}

function ourValues(node: ExpressionNode): string[] | "error" {
  try {
    const expression = bind(node, tableScope(schema));
    const read = cellReader(
      expression.type,
      evaluate(expression, { length: rows.length, column: (slot) => data[slot] ?? columnOf(types.int, []) }),
    );
    return rows.map((_, row) => comparable(read(row), expression.type));
  } catch (error) {
    if (LakeError.is(error, "expression/evaluation")) return "error";
    throw error;
  }
}

test("DuckDB gives random expressions the same values", async () => {
  const kinds: readonly Kind[] = ["truth", "whole", "real", "fixed", "text", "day", "moment"];
  const expressions = kinds.flatMap((kind) => fc.sample(typed[kind], { seed: 7, numRuns: kind === "truth" ? 300 : 100 }));
  const theirs: (string[] | "error")[] = [];
  for (let at = 0; at < expressions.length; at += 25) theirs.push(...(await duckdbValues(expressions.slice(at, at + 25))));
  const wrong: string[] = [];
  let compared = 0;
  expressions.forEach((node, index) => {
    const [ours, duck] = [ourValues(node), theirs[index]];
    if (ours === "error" || duck === "error" || duck === undefined) {
      if (ours !== duck) wrong.push(`${formatExpression(node)}: ours ${String(ours)}, DuckDB ${String(duck)}`);
      return;
    }
    compared++;
    const row = ours.findIndex((value, at) => value !== duck[at]);
    if (row >= 0) wrong.push(`${formatExpression(node)} in row ${row}: ours ${ours[row]}, DuckDB ${duck[row]}`);
  });
  expect(wrong.slice(0, 10)).toEqual([]);
  expect(compared).toBeGreaterThan(700);
});

test.each(duckdbDifferences)("$topic follows Spark, not DuckDB", async ({ sql, spark, duckdbSql, duckdb: expected }) => {
  const reader = await duckdb.runAndReadAll(`SELECT CAST(${duckdbSql} AS VARCHAR)`);
  expect(reader.getColumns()[0]?.[0] ?? null).toBe(expected);
  if (spark === "error") expect(() => valueOf(`cast(${sql} as string)`)).toThrow(LakeError);
  else expect(valueOf(`cast(${sql} as string)`)).toBe(spark);
  expect(spark).not.toBe(expected);
});
