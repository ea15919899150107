import { types } from "../../schema/data-types.js";
import type { ExpressionNode } from "../expression.js";
import { literal } from "./literal.js";
import { call } from "./nodes.js";
import { syntaxError } from "./syntax-error.js";
import type { ParseInner, TokenStream } from "./token-stream.js";

/** A function call; the stream stands before its "(". */
export function parseCall(stream: TokenStream, written: string, position: number, inner: ParseInner): ExpressionNode {
  const name = written.toLowerCase();
  stream.expectOperator("(", '"("');
  refuseAggregateForms(stream, name);
  const node = SPECIAL[name]?.(stream, position, inner) ?? call(name, parseArguments(stream, inner), position);
  if (stream.isWord("OVER")) {
    throw syntaxError(stream.sql, stream.peek().start, `window functions (${name} … OVER) are not supported in an expression on one row`);
  }
  if (stream.isWord("FILTER") && stream.isOperator("(", 1)) {
    throw syntaxError(stream.sql, stream.peek().start, `aggregates (${name} … FILTER) are not supported in an expression on one row`);
  }
  return node;
}

function refuseAggregateForms(stream: TokenStream, name: string): void {
  if (stream.isOperator("*"))
    throw syntaxError(stream.sql, stream.peek().start, `aggregates (${name}(*)) are not supported in an expression on one row`);
  if (stream.isWord("SELECT")) throw syntaxError(stream.sql, stream.peek().start, "subqueries are not supported");
  if (stream.isWord("DISTINCT")) {
    throw syntaxError(stream.sql, stream.peek().start, `aggregates (${name}(DISTINCT …)) are not supported in an expression on one row`);
  }
}

function parseArguments(stream: TokenStream, inner: ParseInner): ExpressionNode[] {
  if (stream.takeOperator(")")) return [];
  const args = [inner(stream)];
  while (stream.takeOperator(",")) args.push(inner(stream));
  stream.expectOperator(")", '"," or ")" after the argument');
  return args;
}

type Special = (stream: TokenStream, position: number, inner: ParseInner) => ExpressionNode | undefined;

/** Functions with words between their arguments. */
const SPECIAL: Readonly<Record<string, Special>> = {
  substring: parseSubstring,
  substr: parseSubstring,
  trim: parseTrim,
  position: parsePosition,
  extract: parseExtract,
};

function parseSubstring(stream: TokenStream, position: number, inner: ParseInner): ExpressionNode {
  const args = [inner(stream)];
  if (stream.takeWord("FROM")) {
    args.push(inner(stream));
    if (stream.takeWord("FOR")) args.push(inner(stream));
  } else {
    while (stream.takeOperator(",")) args.push(inner(stream));
  }
  stream.expectOperator(")", '"," or ")" after the argument');
  return call("substring", args, position);
}

const TRIMS: Readonly<Record<string, string>> = { BOTH: "trim", LEADING: "ltrim", TRAILING: "rtrim" };

/** `trim(x)`, `trim(LEADING 'x' FROM y)`, `trim('x' FROM y)`; with two arguments the characters come first, as in Spark. */
function parseTrim(stream: TokenStream, position: number, inner: ParseInner): ExpressionNode {
  const side = stream.peek();
  let name = "trim";
  if (side.kind === "word" && TRIMS[side.upper] !== undefined && !stream.isOperator(")", 1) && !stream.isOperator(",", 1)) {
    name = TRIMS[side.upper] ?? name;
    stream.next();
    if (stream.takeWord("FROM")) return finish(stream, call(name, [inner(stream)], position));
  }
  const args = [inner(stream)];
  if (stream.takeWord("FROM")) args.push(inner(stream));
  else while (stream.takeOperator(",")) args.push(inner(stream));
  return finish(stream, call(name, args, position));
}

/** `position('a' IN b)` and `position('a', b[, start])`. */
function parsePosition(stream: TokenStream, position: number, inner: ParseInner): ExpressionNode {
  // The general parser would take `'a' IN …` for the predicate.
  const token = stream.peek();
  if (token.kind === "string" && stream.isWord("IN", 1)) {
    stream.next();
    stream.next();
    return finish(stream, call("locate", [literal(token.text, types.string, token.start), inner(stream)], position));
  }
  const args = [inner(stream)];
  while (stream.takeOperator(",")) args.push(inner(stream));
  return finish(stream, call("locate", args, position));
}

function parseExtract(stream: TokenStream, position: number, inner: ParseInner): ExpressionNode {
  const field = stream.next();
  if (field.kind !== "word" && field.kind !== "string") throw stream.fail("a field such as YEAR", field);
  stream.expectWord("FROM", "FROM after the field");
  return finish(stream, call("date_part", [literal(field.text, types.string), inner(stream)], position));
}

function finish(stream: TokenStream, node: ExpressionNode): ExpressionNode {
  stream.expectOperator(")", '")" after the argument');
  return node;
}
