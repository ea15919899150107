import { syntaxError } from "./syntax-error.js";
import { unescapeString } from "./string-escapes.js";

/** A word of SQL text. `start` and `end` are offsets in UTF-16 units. */
export type Token =
  | { readonly kind: "word"; readonly text: string; readonly upper: string; readonly start: number; readonly end: number }
  | { readonly kind: "quoted"; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: "string"; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: "binary"; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: "number"; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: "operator"; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: "end"; readonly text: ""; readonly start: number; readonly end: number };

// The colon stands only within types: struct<a: int>.
const OPERATORS: readonly string[] = [
  "<=>",
  "<=",
  ">=",
  "<>",
  "!=",
  "==",
  "||",
  "::",
  ":",
  "=",
  "<",
  ">",
  "+",
  "-",
  "*",
  "/",
  "%",
  "(",
  ")",
  "[",
  "]",
  ",",
  ".",
  "!",
];
const WORD = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}_]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?:BD|bd|Bd|bD|[LSYDFlsydf])?(?![\p{L}\p{Nd}_])/uy;
const SPACE = /(?:\s|--[^\n]*(?:\n|$))+/uy;

/** Words of `sql`, the last one of kind `end`. Comments (`-- …`, `/* … *\/`, nested too) are skipped. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = skipSpace(sql, 0);
  while (at < sql.length) {
    const token = nextToken(sql, at);
    tokens.push(token);
    at = skipSpace(sql, token.end);
  }
  tokens.push({ kind: "end", text: "", start: sql.length, end: sql.length });
  return tokens;
}

function nextToken(sql: string, start: number): Token {
  const char = sql[start] ?? "";
  const next = sql[start + 1] ?? "";
  if (char === "'" || char === '"') {
    const { raw, end } = quotedText(sql, start, char);
    return { kind: "string", text: unescapeString(raw, char), start, end };
  }
  if ((char === "r" || char === "R") && (next === "'" || next === '"')) {
    const close = sql.indexOf(next, start + 2);
    if (close < 0) throw syntaxError(sql, start, "the raw string that begins here is not closed");
    return { kind: "string", text: sql.slice(start + 2, close), start, end: close + 1 };
  }
  if ((char === "x" || char === "X") && (next === "'" || next === '"')) {
    const { raw, end } = quotedText(sql, start + 1, next);
    if (!/^[0-9a-fA-F]*$/.test(raw)) throw syntaxError(sql, start, "a binary literal X'…' holds hexadecimal digits only");
    return { kind: "binary", text: raw, start, end };
  }
  if (char === "`") {
    const { raw, end } = quotedText(sql, start, char);
    if (raw === "") throw syntaxError(sql, start, "an identifier in backquotes must not be empty");
    return { kind: "quoted", text: raw.replaceAll("``", "`"), start, end };
  }
  const number = match(NUMBER, sql, start);
  if (number !== undefined) return { kind: "number", text: number, start, end: start + number.length };
  const word = match(WORD, sql, start);
  if (word !== undefined) return { kind: "word", text: word, upper: word.toUpperCase(), start, end: start + word.length };
  for (const operator of OPERATORS) {
    if (sql.startsWith(operator, start)) return { kind: "operator", text: operator, start, end: start + operator.length };
  }
  if (/\d/.test(char))
    throw syntaxError(sql, start, "this number is followed by letters; put identifiers that begin with a digit in backquotes");
  throw syntaxError(sql, start, `unexpected character ${JSON.stringify(String.fromCodePoint(sql.codePointAt(start) ?? 0))}`);
}

/** The text between quotes, with its escapes; a doubled quote does not close it. */
function quotedText(sql: string, start: number, quote: string): { raw: string; end: number } {
  for (let at = start + 1; at < sql.length; at++) {
    const char = sql[at];
    if (char === "\\" && quote !== "`") at++;
    else if (char === quote) {
      if (sql[at + 1] !== quote) return { raw: sql.slice(start + 1, at), end: at + 1 };
      at++;
    }
  }
  const what = quote === "`" ? "identifier" : "string";
  throw syntaxError(sql, start, `the ${what} that begins here is not closed: expected ${quote}`);
}

function skipSpace(sql: string, start: number): number {
  let at = start;
  for (;;) {
    SPACE.lastIndex = at;
    if (SPACE.test(sql)) at = SPACE.lastIndex;
    if (!sql.startsWith("/*", at)) return at;
    at = skipBlockComment(sql, at);
  }
}

function skipBlockComment(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length; at++) {
    if (sql.startsWith("/*", at)) {
      depth++;
      at++;
    } else if (sql.startsWith("*/", at)) {
      at++;
      if (--depth === 0) return at + 1;
    }
  }
  throw syntaxError(sql, start, "the comment that begins here is not closed: expected */");
}

function match(pattern: RegExp, sql: string, start: number): string | undefined {
  pattern.lastIndex = start;
  return pattern.exec(sql)?.[0];
}
