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
  let at = 0;
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? "";
  };
  const skipSpace = (): void => {
    at += match(spacePattern).length;
  };
  const peekWord = (): string => {
    skipSpace();
    return match(wordPattern);
  };
  const found = (): string => {
    skipSpace();
    return at >= text.length ? "the end" : `"${match(wordPattern) || String.fromCodePoint(text.codePointAt(at) ?? 0)}"`;
  };
  const error = (problem: string, position?: number): LakeError => {
    skipSpace();
    const place = position ?? at;
    const excerpt = `${text.slice(Math.max(0, place - 60), place)}⟪here⟫${text.slice(place, place + 60)}`;
    return new LakeError("schema/invalid", `Cannot read the ${what} text at position ${place}: ${problem}. ${excerpt}`, { text, position: place });
  };
  const take = (symbol: string): boolean => {
    skipSpace();
    if (!text.startsWith(symbol, at)) return false;
    at += symbol.length;
    return true;
  };
  const takeWord = (word: string): boolean => {
    const next = peekWord();
    if (next.toLowerCase() !== word) return false;
    at += next.length;
    return true;
  };
  const word = (wanted: string): string => {
    const next = peekWord();
    if (next === "") throw error(`expected ${wanted}, found ${found()}`);
    at += next.length;
    return next;
  };
  /** The text up to the closing `quote`; `escape` says how the quote stands inside. */
  const quoted = (quote: string, backslash: boolean): string => {
    const start = at;
    at += 1;
    let result = "";
    for (; at < text.length; at += 1) {
      const char = text.charAt(at);
      if (backslash && char === "\\" && at + 1 < text.length) {
        at += 1;
        result += unescape(text.charAt(at));
      } else if (char !== quote) {
        result += char;
      } else if (text.charAt(at + 1) === quote) {
        at += 1;
        result += quote;
      } else {
        at += 1;
        return result;
      }
    }
    throw error(`the quote ${quote} that starts here has no end`, start);
  };
  return {
    position: () => (skipSpace(), at),
    take,
    takeWord,
    word,
    error,
    expect: (symbol, rule) => {
      if (!take(symbol)) throw error(`expected "${symbol}", found ${found()}; ${rule}`);
    },
    takeNotNull: () => {
      if (!takeWord("not")) return false;
      if (!takeWord("null")) throw error(`expected "null" after "not", found ${found()}`);
      return true;
    },
    name: () => {
      skipSpace();
      if (text.charAt(at) !== "`") return word("a name (names with other characters stand in backquotes)");
      return quoted("`", false);
    },
    string: () => {
      skipSpace();
      const quote = text.charAt(at);
      if (quote !== "'" && quote !== '"') throw error(`expected a text in quotes, found ${found()}`);
      return quoted(quote, true);
    },
    integer: (wanted) => {
      const next = peekWord();
      if (!/^[0-9]{1,9}$/.test(next)) throw error(`expected ${wanted}, found ${found()}`);
      at += next.length;
      return Number(next);
    },
    expectEnd: () => {
      skipSpace();
      if (at < text.length) throw error(`expected the end, found ${found()}`);
    },
  };
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
