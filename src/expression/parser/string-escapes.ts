const SIMPLE: Readonly<Record<string, string>> = { "0": "\0", b: "\b", n: "\n", r: "\r", t: "\t", Z: "\u001a" };

/**
 * The value of a SQL string literal, without its quotes: `\n`-style escapes, `\uXXXX`, `\UXXXXXXXX`, octal `\ooo`, doubled quotes.
 * `\%` and `\_` keep their backslash, so that LIKE patterns can be written without doubling it; before any other
 * character the backslash is dropped. (Spark's `unescapeSQLString`.)
 */
export function unescapeString(raw: string, quote: string): string {
  if (!raw.includes("\\") && !raw.includes(quote)) return raw;
  let text = "";
  for (let at = 0; at < raw.length; at++) {
    const char = raw[at] ?? "";
    if (char === quote) {
      text += quote;
      at++;
    } else if (char !== "\\" || at + 1 >= raw.length) {
      text += char;
    } else {
      const escape = readEscape(raw, at + 1);
      text += escape.text;
      at += escape.length;
    }
  }
  return text;
}

/** The escape whose backslash is before `at`, and how many characters it takes. */
function readEscape(raw: string, at: number): { text: string; length: number } {
  const unicode = /^u([0-9a-fA-F]{4})|^U([0-9a-fA-F]{8})/.exec(raw.slice(at, at + 9));
  if (unicode !== null) {
    const point = Number.parseInt(unicode[1] ?? unicode[2] ?? "", 16);
    if (point <= 0x10ffff)
      return { text: unicode[1] === undefined ? String.fromCodePoint(point) : String.fromCharCode(point), length: unicode[0].length };
  }
  const octal = /^[01][0-7]{2}/.exec(raw.slice(at, at + 3));
  if (octal !== null) return { text: String.fromCharCode(Number.parseInt(octal[0], 8)), length: 3 };
  const char = raw[at] ?? "";
  if (char === "%" || char === "_") return { text: `\\${char}`, length: 1 };
  return { text: SIMPLE[char] ?? char, length: 1 };
}

/** `text` as a SQL string literal; the inverse of `unescapeString`. */
export function quoteString(text: string): string {
  let out = "'";
  let at = 0;
  for (const char of text) {
    at += char.length;
    const code = char.charCodeAt(0);
    if (char === "'") out += "''";
    // `\%` and `\_` stand for themselves in a literal, so their backslash needs no escape of its own.
    else if (char === "\\") out += text[at] === "%" || text[at] === "_" ? "\\" : "\\\\";
    else if (char === "\n") out += "\\n";
    else if (code < 0x20 || (char.length === 1 && code >= 0xd800 && code <= 0xdfff)) out += `\\u${code.toString(16).padStart(4, "0")}`;
    else out += char;
  }
  return `${out}'`;
}

/** `name` as it must be written in SQL: in backquotes unless it is a plain word. */
export function quoteIdentifier(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name.toUpperCase()) ? name : `\`${name.replaceAll("`", "``")}\``;
}

/** Words that mean something else than a column where an expression begins. */
export const RESERVED: ReadonlySet<string> = new Set([
  "NOT",
  "NULL",
  "TRUE",
  "FALSE",
  "CASE",
  "WHEN",
  "THEN",
  "ELSE",
  "END",
  "CAST",
  "TRY_CAST",
  "INTERVAL",
  "EXISTS",
  "SELECT",
  "AND",
  "OR",
  "IN",
  "BETWEEN",
  "LIKE",
  "ILIKE",
  "RLIKE",
  "REGEXP",
  "IS",
  "DIV",
  "DISTINCT",
  "FROM",
  "WHERE",
  "ESCAPE",
]);
