import type { ExpressionNode } from "./expression.js";
import { call, conjoin } from "./parser/nodes.js";
import { parsePrimary } from "./parser/primary.js";
import { syntaxError } from "./parser/syntax-error.js";
import { tokenStream, MAX_DEPTH, type TokenStream } from "./parser/token-stream.js";

/**
 * Parses one SQL expression with Spark's grammar and precedence.
 *
 * `and` and `or` chains become one call with all their operands, so that long ones do not nest.
 *
 * @throws expression/syntax  with the text, a caret at the place and what was expected there
 * @see https://spark.apache.org/docs/latest/sql-ref-syntax.html and SqlBaseParser.g4 of Spark 4
 */
export function parseExpression(sql: string): ExpressionNode {
  const stream = tokenStream(sql);
  if (stream.peek().kind === "end") throw syntaxError(sql, 0, "the text is empty; write an expression such as a = 1");
  const node = parseBoolean(stream);
  if (stream.peek().kind !== "end") throw stream.fail("an operator or the end of the expression");
  return node;
}

/** An assignment such as `score = score * 2`, for lists of them separated by commas. */
export interface ParsedAssignment {
  readonly path: readonly string[];
  readonly value: ExpressionNode;
}

/** Parses `a = 1, b.c = upper(x)`. @throws expression/syntax */
export function parseAssignments(sql: string): ParsedAssignment[] {
  const stream = tokenStream(sql);
  const list: ParsedAssignment[] = [];
  do {
    const target = parsePrimary(stream, parseBoolean);
    if (target.kind !== "column") throw syntaxError(sql, target.position ?? 0, "expected a column before =");
    stream.expectOperator("=", '"=" after the column');
    list.push({ path: target.path, value: parseBoolean(stream) });
  } while (stream.takeOperator(","));
  if (stream.peek().kind !== "end") throw stream.fail('"," or the end of the assignments');
  return list;
}

function parseBoolean(stream: TokenStream): ExpressionNode {
  stream.enter();
  const operands = [parseAnd(stream)];
  const position = stream.peek().start;
  while (stream.takeWord("OR")) operands.push(parseAnd(stream));
  stream.leave();
  return conjoin("or", operands, position);
}

function parseAnd(stream: TokenStream): ExpressionNode {
  const operands = [parseNot(stream)];
  const position = stream.peek().start;
  while (stream.takeWord("AND")) operands.push(parseNot(stream));
  return conjoin("and", operands, position);
}

function parseNot(stream: TokenStream): ExpressionNode {
  const token = stream.peek();
  if (!stream.takeWord("NOT") && !stream.takeOperator("!")) return parsePredicate(stream);
  stream.enter();
  const child = parseNot(stream);
  stream.leave();
  return call("not", [child], token.start);
}

/** What follows a value: IN, BETWEEN, LIKE, RLIKE, IS. */
function parsePredicate(stream: TokenStream): ExpressionNode {
  let left = parseBinary(stream, 0);
  for (let length = 0; ; length++) {
    if (length > MAX_DEPTH) throw stream.fail("fewer predicates in a row");
    const position = stream.peek().start;
    if (stream.takeWord("IS")) {
      left = parseIs(stream, left, position);
      continue;
    }
    const negated = stream.isWord("NOT") && ["IN", "BETWEEN", "LIKE", "ILIKE", "RLIKE", "REGEXP"].some((word) => stream.isWord(word, 1));
    if (negated) stream.next();
    const predicate = parseNegatable(stream, left, position);
    if (predicate === undefined) return left;
    left = negated ? call("not", [predicate], position) : predicate;
  }
}

function parseNegatable(stream: TokenStream, left: ExpressionNode, position: number): ExpressionNode | undefined {
  if (stream.takeWord("IN")) return call("in", [left, ...parseInList(stream)], position);
  if (stream.takeWord("BETWEEN")) {
    const low = parseBinary(stream, 0);
    stream.expectWord("AND", "AND between the two bounds of BETWEEN");
    return call("between", [left, low, parseBinary(stream, 0)], position);
  }
  for (const name of ["LIKE", "ILIKE"]) {
    if (!stream.takeWord(name)) continue;
    if (stream.isWord("ANY") || stream.isWord("ALL") || stream.isWord("SOME"))
      throw stream.fail(`one pattern (${name} ${stream.peek().text} is not supported)`);
    const pattern = parseBinary(stream, 0);
    if (!stream.takeWord("ESCAPE")) return call(name.toLowerCase(), [left, pattern], position);
    const escape = stream.peek();
    const node = parseBinary(stream, 0);
    if (escape.kind !== "string" || [...escape.text].length !== 1) throw stream.fail("a string of one character after ESCAPE", escape);
    return call(name.toLowerCase(), [left, pattern, node], position);
  }
  if (stream.takeWord("RLIKE") || stream.takeWord("REGEXP")) return call("rlike", [left, parseBinary(stream, 0)], position);
  return undefined;
}

function parseInList(stream: TokenStream): ExpressionNode[] {
  stream.expectOperator("(", '"(" after IN');
  if (stream.isWord("SELECT") || stream.isWord("WITH")) {
    throw syntaxError(
      stream.sql,
      stream.peek().start,
      "subqueries are not supported; list the values, or merge with the other table as source",
    );
  }
  if (stream.takeOperator(")")) return [];
  const values = [parseBoolean(stream)];
  while (stream.takeOperator(",")) values.push(parseBoolean(stream));
  stream.expectOperator(")", '"," or ")" in the list of IN');
  return values;
}

function parseIs(stream: TokenStream, left: ExpressionNode, position: number): ExpressionNode {
  const negated = stream.takeWord("NOT");
  const truth = (node: ExpressionNode): ExpressionNode => (negated ? call("not", [node], position) : node);
  if (stream.takeWord("NULL")) return call(negated ? "isnotnull" : "isnull", [left], position);
  if (stream.takeWord("TRUE")) return truth(call("istrue", [left], position));
  if (stream.takeWord("FALSE")) return truth(call("isfalse", [left], position));
  if (stream.takeWord("UNKNOWN")) return call(negated ? "isnotnull" : "isnull", [left], position);
  if (stream.takeWord("DISTINCT")) {
    stream.expectWord("FROM", "FROM after IS DISTINCT");
    const same = call("<=>", [left, parseBinary(stream, 0)], position);
    return negated ? same : call("not", [same], position);
  }
  throw stream.fail("NULL, TRUE, FALSE or DISTINCT FROM after IS");
}

/** Binding power and canonical name of the binary operators; Spark gives `||` the power of `+`. */
const BINARY: ReadonlyMap<string, { readonly power: number; readonly name: string }> = new Map([
  ["=", { power: 1, name: "=" }],
  ["==", { power: 1, name: "=" }],
  ["<>", { power: 1, name: "<>" }],
  ["!=", { power: 1, name: "<>" }],
  ["<", { power: 1, name: "<" }],
  ["<=", { power: 1, name: "<=" }],
  [">", { power: 1, name: ">" }],
  [">=", { power: 1, name: ">=" }],
  ["<=>", { power: 1, name: "<=>" }],
  ["+", { power: 2, name: "+" }],
  ["-", { power: 2, name: "-" }],
  ["||", { power: 2, name: "||" }],
  ["*", { power: 3, name: "*" }],
  ["/", { power: 3, name: "/" }],
  ["%", { power: 3, name: "%" }],
  ["DIV", { power: 3, name: "div" }],
]);

function parseBinary(stream: TokenStream, minPower: number): ExpressionNode {
  let left = parseUnary(stream);
  for (let length = 0; ; length++) {
    const token = stream.peek();
    const key = token.kind === "operator" ? token.text : token.kind === "word" && token.upper === "DIV" ? "DIV" : "";
    const operator = BINARY.get(key);
    if (operator === undefined || operator.power <= minPower) return left;
    if (length > MAX_DEPTH)
      throw syntaxError(stream.sql, token.start, `more than ${MAX_DEPTH} operators in a row; split the expression up`);
    stream.next();
    left = call(operator.name, [left, parseBinary(stream, operator.power)], token.start);
  }
}

function parseUnary(stream: TokenStream): ExpressionNode {
  const token = stream.peek();
  const minus = stream.isOperator("-");
  // A minus before a number is part of it: the smallest int and long have no positive counterpart.
  if ((minus && stream.peek(1).kind === "number") || (!minus && !stream.isOperator("+"))) return parsePrimary(stream, parseBoolean);
  stream.next();
  stream.enter();
  const child = parseUnary(stream);
  stream.leave();
  return minus ? call("negate", [child], token.start) : child;
}
