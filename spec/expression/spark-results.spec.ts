import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import type { Column } from "../../src/columnar/column.js";
import { bind } from "../../src/expression/bind.js";
import { castColumn } from "../../src/expression/cast.js";
import { evaluate, type EvaluationInput } from "../../src/expression/evaluate.js";
import type { ExpressionNode } from "../../src/expression/expression.js";
import { parseExpression } from "../../src/expression/parse.js";
import type { Scope } from "../../src/expression/scope.js";
import { cellReader } from "../../src/schema/cells.js";
import { field, types } from "../../src/schema/data-types.js";
import { formatType } from "../../src/schema/type-text.js";
import { columnOf } from "./evaluate-sql.js";
import { sparkDifferences } from "./spark-differences.js";

/** What Spark 4.1 answered; see make-spark-results.py. `value` is the result cast to a string. */
interface SparkResult {
  readonly sql: string;
  readonly type?: string;
  readonly value?: string | null;
  readonly error?: string;
}

const results = JSON.parse(readFileSync(new URL("spark-results.json", import.meta.url), "utf8")) as readonly SparkResult[];
const differences = new Map(sparkDifferences.map((difference) => [difference.sql, difference.ours]));

const WORDS: Readonly<Record<string, string>> = { bigint: "long", smallint: "short", tinyint: "byte" };

function sparkType(text: string): string {
  return text.replace(/bigint|smallint|tinyint/g, (word) => WORDS[word] ?? word);
}

interface Answer {
  readonly type: string;
  readonly values: readonly (string | null)[];
}

/** The answer, or the error when the expression is refused. */
function answerTo(node: ExpressionNode, scope: Scope, input: EvaluationInput): Answer | LakeError {
  try {
    const expression = bind(node, scope);
    const text = castColumn(evaluate(expression, input), expression.type, types.string, { onError: "fail", structs: "position" });
    const read = cellReader(types.string, text);
    // Nullability is no part of what Spark's typeof shows.
    const type = formatType(expression.type).replaceAll(" not null", "");
    return { type, values: Array.from({ length: input.length }, (_, row) => read(row) as string | null) };
  } catch (error) {
    if (LakeError.is(error) && error.code.startsWith("expression/")) return error;
    throw error;
  }
}

/** Every literal that may be a column as one: the same expression on columns, in a batch that is a slice. */
function literalsAsColumns(node: ExpressionNode, columns: { scope: Scope["columns"][number][]; data: Column[] }): ExpressionNode {
  const inner = (child: ExpressionNode): ExpressionNode => literalsAsColumns(child, columns);
  switch (node.kind) {
    case "literal": {
      if (node.value === null) return node;
      const name = `c${columns.scope.length}`;
      columns.scope.push({ field: field(name, node.type) });
      columns.data.push(columnOf(node.type, [null, node.value, node.value, null]).slice(1, 2));
      return { kind: "column", path: [name] };
    }
    case "column":
      return node;
    case "cast":
      return { ...node, child: inner(node.child) };
    case "case": {
      const branches = node.branches.map(({ when, then }) => ({ when: inner(when), then: inner(then) }));
      return { ...node, branches, otherwise: node.otherwise === undefined ? undefined : inner(node.otherwise) };
    }
    case "call": {
      const constant = CONSTANT_ARGUMENTS[node.name] ?? [];
      return { ...node, args: node.args.map((arg, index) => (constant.includes(index) ? arg : inner(arg))) };
    }
  }
}

const CONSTANT_ARGUMENTS: Readonly<Record<string, readonly number[]>> = {
  round: [1],
  bround: [1],
  date_part: [0],
  getfield: [1],
  interval: [0, 1, 2],
  months_between: [2],
  named_struct: [0, 2, 4],
  like: [2],
  // Fields of struct(…) are named after columns.
  struct: [0, 1, 2],
};

/** Java before 19 spells some doubles with more digits than they need, and functions of analysis differ in the last digit. */
function sameValue(type: string, ours: string | null, theirs: string | null): boolean {
  if (ours === theirs || ours === null || theirs === null) return ours === theirs;
  if (type === "float") return Math.fround(Number(ours)) === Math.fround(Number(theirs));
  if (type !== "double") return false;
  const [a, b] = [Number(ours), Number(theirs)];
  return Math.abs(a - b) <= 2 * Number.EPSILON * Math.abs(b);
}

const oneRow: EvaluationInput = {
  length: 1,
  column: () => {
    throw new Error("there are no columns");
  },
};

test("expressions have the type and value that Spark gives them", () => {
  const wrong: string[] = [];
  for (const { sql, type = "", value = null, error } of results) {
    const answer = answerTo(parsed(sql), { columns: [] }, oneRow);
    const shown = answer instanceof LakeError ? answer.message : `${answer.type} ${answer.values[0]}`;
    const agrees =
      answer instanceof LakeError
        ? error !== undefined
        : error === undefined && answer.type === sparkType(type) && sameValue(type, answer.values[0] ?? null, value);
    const expected = differences.get(sql);
    if (expected === undefined && !agrees) wrong.push(`${sql}: Spark ${error ?? `${type} ${value}`}, ours ${shown}`);
    if (expected !== undefined && (agrees || answer instanceof LakeError !== (expected === "refuses")))
      wrong.push(`${sql} is no longer a difference: ${shown}`);
  }
  expect(wrong).toEqual([]);
  expect(results.length).toBeGreaterThan(2000);
});

test("an expression on columns has the value of the same expression on literals", () => {
  const wrong: string[] = [];
  let compared = 0;
  for (const { sql } of results) {
    const node = parsed(sql);
    const expected = answerTo(node, { columns: [] }, oneRow);
    const columns: { scope: Scope["columns"][number][]; data: Column[] } = { scope: [], data: [] };
    const onColumns = literalsAsColumns(node, columns);
    const answer = answerTo(onColumns, { columns: columns.scope }, { length: 2, column: (slot) => columns.data[slot] as Column });
    if (expected instanceof LakeError || answer instanceof LakeError) {
      if (expected instanceof LakeError !== answer instanceof LakeError) wrong.push(`${sql}: ${String(expected)} / ${String(answer)}`);
      continue;
    }
    // A whole literal beside a decimal has fewer digits than a column.
    if (expected.type !== answer.type) continue;
    compared++;
    if (answer.values.some((value) => value !== expected.values[0]))
      wrong.push(`${sql}: ${expected.values[0]} / ${answer.values.join(", ")}`);
  }
  expect(wrong).toEqual([]);
  expect(compared).toBeGreaterThan(1500);
});

/** Syntax errors count as refusals. */
function parsed(sql: string): ExpressionNode {
  try {
    return parseExpression(sql);
  } catch (error) {
    if (!LakeError.is(error, "expression/syntax")) throw error;
    return { kind: "call", name: "syntax error", args: [] };
  }
}
