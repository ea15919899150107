import { LakeError } from "../../base/errors.js";
import { types } from "../../schema/data-types.js";
import { parseType } from "../../schema/type-text.js";
import type { DataType } from "../../schema/types.js";
import type { ExpressionNode } from "../expression.js";
import { parseCall } from "./call.js";
import { parseInterval } from "./interval.js";
import { binaryLiteral, literal, numberLiteral, typedLiteral } from "./literal.js";
import { call } from "./nodes.js";
import { RESERVED } from "./string-escapes.js";
import { syntaxError } from "./syntax-error.js";
import { MAX_DEPTH, type ParseInner, type TokenStream } from "./token-stream.js";

/** A value without operators around it, then `.field`, `[index]` and `::type` after it. */
export function parsePrimary(stream: TokenStream, inner: ParseInner): ExpressionNode {
  let node = parseAtom(stream, inner);
  for (let length = 0; ; length++) {
    const token = stream.peek();
    if (length > MAX_DEPTH) throw syntaxError(stream.sql, token.start, "too many accessors in a row");
    if (stream.takeOperator("::")) {
      node = { kind: "cast", child: node, to: parseTypeName(stream), onError: "fail", position: token.start };
    } else if (stream.takeOperator("[")) {
      node = call("getitem", [node, inner(stream)], token.start);
      stream.expectOperator("]", '"]" after the index');
    } else if (stream.takeOperator(".")) {
      node = call("getfield", [node, literal(fieldName(stream), types.string)], token.start);
    } else {
      return node;
    }
  }
}

function fieldName(stream: TokenStream): string {
  const token = stream.next();
  if (token.kind === "word" || token.kind === "quoted") return token.text;
  throw stream.fail("the name of a field", token);
}

function parseAtom(stream: TokenStream, inner: ParseInner): ExpressionNode {
  const token = stream.next();
  switch (token.kind) {
    case "number":
      return numberLiteral(stream.sql, token.text, token.start, false);
    case "string": {
      let text = token.text;
      for (let next = stream.peek(); next.kind === "string"; next = stream.peek()) text += stream.next().text;
      return literal(text, types.string, token.start);
    }
    case "binary":
      return binaryLiteral(token.text, token.start);
    case "quoted":
      return stream.isOperator("(") ? parseCall(stream, token.text, token.start, inner) : parsePath(stream, token.text, token.start);
    case "word":
      return parseWord(stream, token, inner);
    case "operator": {
      const next = stream.peek();
      if (token.text === "-" && next.kind === "number") return numberLiteral(stream.sql, stream.next().text, token.start, true);
      if (token.text === "(") return parseParentheses(stream, inner);
      throw stream.fail(EXPECTED_VALUE, token);
    }
    case "end":
      throw stream.fail(EXPECTED_VALUE, token);
  }
}

const EXPECTED_VALUE = "a column, a value or a function";

function parseParentheses(stream: TokenStream, inner: ParseInner): ExpressionNode {
  if (stream.isWord("SELECT") || stream.isWord("WITH")) throw subquery(stream);
  const node = inner(stream);
  if (stream.isOperator(",")) throw stream.fail('")" (row values are not supported; compare the columns one by one)');
  stream.expectOperator(")", 'an operator or ")"');
  return node;
}

function subquery(stream: TokenStream): LakeError {
  return syntaxError(
    stream.sql,
    stream.peek().start,
    "subqueries are not supported; list the values, or merge with the other table as source",
  );
}

type Word = Extract<ReturnType<TokenStream["peek"]>, { kind: "word" }>;

function parseWord(stream: TokenStream, token: Word, inner: ParseInner): ExpressionNode {
  const next = stream.peek();
  if (next.kind === "string") {
    const typed = typedLiteral(stream.sql, token.upper, next.text, token.start);
    if (typed !== undefined) {
      stream.next();
      return typed;
    }
  }
  switch (token.upper) {
    case "NULL":
      return literal(null, types.void, token.start);
    case "TRUE":
    case "FALSE":
      return literal(token.upper === "TRUE", types.boolean, token.start);
    case "CASE":
      return parseCase(stream, token.start, inner);
    case "CAST":
    case "TRY_CAST":
      return parseCast(stream, token, inner);
    case "INTERVAL":
      return parseInterval(stream, token.start);
    case "EXISTS":
      if (stream.isOperator("(")) throw subquery(stream);
      break;
  }
  if (stream.isOperator("(")) return parseCall(stream, token.text, token.start, inner);
  if (RESERVED.has(token.upper)) throw stream.fail(`${EXPECTED_VALUE} (a column of this name is written \`${token.text}\`)`, token);
  return parsePath(stream, token.text, token.start);
}

/** `a.b.c`, and after the last name perhaps `(`, which only plain functions have. */
function parsePath(stream: TokenStream, first: string, position: number): ExpressionNode {
  const path = [first];
  while (stream.takeOperator(".")) {
    if (stream.isOperator("*")) throw stream.fail("the name of a field (* is not an expression)");
    path.push(fieldName(stream));
  }
  if (path.length > 1 && stream.isOperator("(")) throw stream.fail("an operator (functions have no qualified names here)");
  return { kind: "column", path, position };
}

function parseCast(stream: TokenStream, token: Word, inner: ParseInner): ExpressionNode {
  stream.expectOperator("(", `"(" after ${token.upper}`);
  const child = inner(stream);
  stream.expectWord("AS", `AS and a type in ${token.upper}`);
  const to = parseTypeName(stream);
  stream.expectOperator(")", '")" after the type');
  return { kind: "cast", child, to, onError: token.upper === "CAST" ? "fail" : "null", position: token.start };
}

/** The words of a type: a name, then what stands in `(…)` or `<…>`. */
function parseTypeName(stream: TokenStream): DataType {
  const first = stream.next();
  if (first.kind !== "word") throw stream.fail("the name of a type", first);
  if (stream.isOperator("(")) {
    while (!stream.takeOperator(")")) if (stream.next().kind === "end") throw stream.fail('")" after the type');
  } else if (stream.takeOperator("<")) {
    skipAngles(stream);
  } else {
    // `struct<>` has no fields, and its angles are one operator.
    stream.takeOperator("<>");
  }
  const text = stream.sql.slice(first.start, stream.lastEnd());
  try {
    return parseType(text);
  } catch (error) {
    if (!LakeError.is(error)) throw error;
    throw syntaxError(stream.sql, first.start, `${text} is not a type (${error.message.split("\n")[0] ?? ""})`);
  }
}

function skipAngles(stream: TokenStream): void {
  for (let depth = 1; depth > 0;) {
    const token = stream.next();
    if (token.kind === "end") throw stream.fail('">" after the type', token);
    if (token.kind === "operator" && token.text === "<") depth++;
    if (token.kind === "operator" && token.text === ">") depth--;
  }
}

function parseCase(stream: TokenStream, position: number, inner: ParseInner): ExpressionNode {
  const subject = stream.isWord("WHEN") ? undefined : inner(stream);
  const branches: { when: ExpressionNode; then: ExpressionNode }[] = [];
  while (stream.takeWord("WHEN")) {
    const at = stream.peek().start;
    const condition = inner(stream);
    stream.expectWord("THEN", "THEN after the condition");
    branches.push({ when: subject === undefined ? condition : call("=", [subject, condition], at), then: inner(stream) });
  }
  if (branches.length === 0) throw stream.fail("WHEN");
  const otherwise = stream.takeWord("ELSE") ? inner(stream) : undefined;
  stream.expectWord("END", "WHEN, ELSE or END");
  return { kind: "case", branches, otherwise, position };
}
