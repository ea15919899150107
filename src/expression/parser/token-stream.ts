import type { ExpressionNode } from "../expression.js";
import { LakeError } from "../../base/errors.js";
import type { Token } from "./lexer.js";
import { tokenize } from "./lexer.js";
import { syntaxError } from "./syntax-error.js";

/** Where a parser stands in its text. */
/** Parses a whole expression inside another. */
export type ParseInner = (stream: TokenStream) => ExpressionNode;

export interface TokenStream {
  readonly sql: string;
  peek(ahead?: number): Token;
  next(): Token;
  isOperator(text: string, ahead?: number): boolean;
  /** Unquoted words are told apart without regard to case. */
  isWord(upper: string, ahead?: number): boolean;
  takeOperator(text: string): boolean;
  takeWord(upper: string): boolean;
  expectOperator(text: string, what: string): Token;
  expectWord(upper: string, what: string): Token;
  /** Offset where the token taken last ends. */
  lastEnd(): number;
  fail(what: string, token?: Token): LakeError;
  /** Counts a level of nesting; `leave` once it is parsed. */
  enter(): void;
  leave(): void;
}

/** Deeper expressions would exhaust the call stack somewhere on their way through bind, evaluate and format. */
export const MAX_DEPTH = 400;

export function tokenStream(sql: string): TokenStream {
  const tokens = tokenize(sql);
  let at = 0;
  let depth = 0;
  const end = tokens[tokens.length - 1] as Token;
  const peek = (ahead = 0): Token => tokens[at + ahead] ?? end;
  const next = (): Token => {
    const token = peek();
    at++;
    return token;
  };
  const fail = (what: string, token: Token = peek()): LakeError =>
    syntaxError(sql, token.start, `expected ${what}, found ${describe(token)}`);
  const isOperator = (text: string, ahead = 0): boolean => {
    const token = peek(ahead);
    return token.kind === "operator" && token.text === text;
  };
  const isWord = (upper: string, ahead = 0): boolean => {
    const token = peek(ahead);
    return token.kind === "word" && token.upper === upper;
  };
  return {
    sql,
    peek,
    next,
    isOperator,
    isWord,
    fail,
    takeOperator: (text) => isOperator(text) && next() !== end,
    takeWord: (upper) => isWord(upper) && next() !== end,
    expectOperator: (text, what) => {
      if (!isOperator(text)) throw fail(what);
      return next();
    },
    expectWord: (upper, what) => {
      if (!isWord(upper)) throw fail(what);
      return next();
    },
    lastEnd: () => (at === 0 ? 0 : (tokens[Math.min(at, tokens.length) - 1] ?? end).end),
    enter: () => {
      if (++depth > MAX_DEPTH) throw syntaxError(sql, peek().start, `the expression nests deeper than ${MAX_DEPTH} levels; split it up`);
    },
    leave: () => {
      depth--;
    },
  };
}

function describe(token: Token): string {
  switch (token.kind) {
    case "end":
      return "the end of the text";
    case "string":
      return "a string";
    case "binary":
      return "a binary literal";
    case "quoted":
      return `\`${token.text}\``;
    default:
      return JSON.stringify(token.text);
  }
}
