import { LakeError } from "../base/errors.js";

/** Walks over the text of a type or schema. Every refusal is `schema/invalid` and shows the place. */
export interface TypeLexer {
  /** Offset of the next token. */
  position(): number;
  /** Takes `symbol` if it is next. */
  take(symbol: string): boolean;
  /** Takes `symbol` or refuses, saying `rule`. */
  expect(symbol: string, rule: string): void;
  /** Takes a word without quotes. */
  word(what: string): string;
  /** Takes `word` (given in lower case) if it is next, in any case. */
  takeWord(word: string): boolean;
  /** Takes `not null` if it is next. */
  takeNotNull(): boolean;
  /** Takes a name, plain or in backquotes. */
  name(): string;
  /** Takes a string in single or double quotes. */
  string(): string;
  integer(what: string): number;
  expectEnd(): void;
  error(problem: string, position?: number): LakeError;
}

const wordPattern = /[\p{L}\p{N}_]+/uy;
const spacePattern = /\s*/uy;

/** @param what names the text in messages: "type", "column", "schema" */
export function createTypeLexer(text: string, what: string): TypeLexer {
  const cursor: Cursor = { text, what, at: 0 };
  return {
    position: () => {
      skipSpace(cursor);
      return cursor.at;
    },
    take: (symbol) => take(cursor, symbol),
    expect: (symbol, rule) => {
      if (!take(cursor, symbol)) throw refusal(cursor, `expected "${symbol}", found ${found(cursor)}; ${rule}`);
    },
    word: (wanted) => takeAnyWord(cursor, wanted),
    takeWord: (word) => takeWord(cursor, word),
    takeNotNull: () => {
      if (!takeWord(cursor, "not")) return false;
      if (!takeWord(cursor, "null")) throw refusal(cursor, `expected "null" after "not", found ${found(cursor)}`);
      return true;
    },
    name: () => {
      skipSpace(cursor);
      if (text.charAt(cursor.at) === "`") return takeQuoted(cursor, "`", false);
      return takeAnyWord(cursor, "a name (names with other characters stand in backquotes)");
    },
    string: () => {
      skipSpace(cursor);
      const quote = text.charAt(cursor.at);
      if (quote !== "'" && quote !== '"') throw refusal(cursor, `expected a text in quotes, found ${found(cursor)}`);
      return takeQuoted(cursor, quote, true);
    },
    integer: (wanted) => {
      const word = peekWord(cursor);
      if (!/^[0-9]{1,9}$/.test(word)) throw refusal(cursor, `expected ${wanted}, found ${found(cursor)}`);
      cursor.at += word.length;
      return Number(word);
    },
    expectEnd: () => {
      skipSpace(cursor);
      if (cursor.at < text.length) throw refusal(cursor, `expected the end, found ${found(cursor)}`);
    },
    error: (problem, position) => refusal(cursor, problem, position),
  };
}

interface Cursor {
  readonly text: string;
  readonly what: string;
  at: number;
}

/** What the (sticky) pattern finds at the cursor. */
function match(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at;
  return pattern.exec(cursor.text)?.[0] ?? "";
}

function skipSpace(cursor: Cursor): void {
  cursor.at += match(cursor, spacePattern).length;
}

function peekWord(cursor: Cursor): string {
  skipSpace(cursor);
  return match(cursor, wordPattern);
}

function take(cursor: Cursor, symbol: string): boolean {
  skipSpace(cursor);
  if (!cursor.text.startsWith(symbol, cursor.at)) return false;
  cursor.at += symbol.length;
  return true;
}

function takeWord(cursor: Cursor, word: string): boolean {
  const next = peekWord(cursor);
  if (next.toLowerCase() !== word) return false;
  cursor.at += next.length;
  return true;
}

function takeAnyWord(cursor: Cursor, wanted: string): string {
  const next = peekWord(cursor);
  if (next === "") throw refusal(cursor, `expected ${wanted}, found ${found(cursor)}`);
  cursor.at += next.length;
  return next;
}

/** The text up to the closing `quote`, which stands inside when doubled, or after a backslash where that escapes. */
function takeQuoted(cursor: Cursor, quote: string, backslash: boolean): string {
  const { text } = cursor;
  const start = cursor.at;
  let result = "";
  for (cursor.at += 1; cursor.at < text.length; cursor.at += 1) {
    const char = text.charAt(cursor.at);
    if (backslash && char === "\\" && cursor.at + 1 < text.length) {
      cursor.at += 1;
      result += unescape(text.charAt(cursor.at));
    } else if (char !== quote) {
      result += char;
    } else if (text.charAt(cursor.at + 1) === quote) {
      cursor.at += 1;
      result += quote;
    } else {
      cursor.at += 1;
      return result;
    }
  }
  throw refusal(cursor, `the quote ${quote} that starts here has no end`, start);
}

/** What stands at the cursor, for messages. */
function found(cursor: Cursor): string {
  skipSpace(cursor);
  if (cursor.at >= cursor.text.length) return "the end";
  return `"${match(cursor, wordPattern) || String.fromCodePoint(cursor.text.codePointAt(cursor.at) ?? 0)}"`;
}

function refusal(cursor: Cursor, problem: string, position?: number): LakeError {
  skipSpace(cursor);
  const { text, what } = cursor;
  const place = position ?? cursor.at;
  const excerpt = `${text.slice(Math.max(0, place - 60), place)}⟪here⟫${text.slice(place, place + 60)}`;
  const message = `Cannot read the ${what} text at position ${place}: ${problem.replace(/\.$/, "")}. Found in: ${excerpt}`;
  return new LakeError("schema/invalid", message, { text, position: place });
}

/** The escapes of Spark's string literals. */
function unescape(char: string): string {
  switch (char) {
    case "n":
      return "\n";
    case "t":
      return "\t";
    case "r":
      return "\r";
    case "0":
      return "\0";
    case "b":
      return "\b";
    default:
      return char;
  }
}
