/**
 * A number of a JSON text. Tokens of up to 15 significant digits are plain numbers, which hold them exactly; longer ones keep
 * their text, because a double would lose digits of a long or decimal.
 */
export type ExactNumber = number | NumberText;

export interface NumberText {
  readonly numberText: string;
}

export type ExactJson = null | boolean | string | ExactNumber | readonly ExactJson[] | { readonly [name: string]: ExactJson };

export function isNumberText(value: unknown): value is NumberText {
  return typeof value === "object" && value !== null && "numberText" in value && numberTexts.has(value);
}

/** Tells number texts from objects of the document that happen to have the same key. */
const numberTexts = new WeakSet<object>();

/** Also true of some texts without such a number: those are merely parsed the slower way. */
const longToken = /\d{16}|[\d.]{17}/;

/** Parses JSON without losing digits of numbers. Duplicate names: the last one counts, as with `JSON.parse`. @throws SyntaxError */
export function parseExactJson(text: string): ExactJson {
  if (!longToken.test(text)) return JSON.parse(text) as ExactJson;
  const parser = new ExactParser(text);
  return parser.document();
}

/** Compact JSON text of `value`; number texts and bigints come out digit for digit. */
export function stringifyExactJson(value: unknown): string {
  if (typeof value === "bigint") return value.toString();
  if (isNumberText(value)) return value.numberText;
  if (Array.isArray(value)) return `[${value.map(stringifyExactJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${stringifyExactJson(member)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const stringPattern = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const blankPattern = /[ \t\n\r]*/y;

class ExactParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): ExactJson {
    const value = this.#value();
    this.#blank();
    if (this.#at !== this.#text.length) throw this.#error("the end");
    return value;
  }

  #value(): ExactJson {
    this.#blank();
    const char = this.#text[this.#at];
    if (char === "{") return this.#object();
    if (char === "[") return this.#array();
    if (char === '"') return this.#string();
    for (const [word, value] of words) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return exactNumber(this.#token(numberPattern, "a value"));
  }

  #object(): ExactJson {
    const members: Record<string, ExactJson> = Object.create(null);
    this.#at++;
    if (this.#skip("}")) return members;
    for (;;) {
      this.#blank();
      const name = this.#string();
      if (!this.#skip(":")) throw this.#error(":");
      members[name] = this.#value();
      if (this.#skip("}")) return members;
      if (!this.#skip(",")) throw this.#error(", or }");
    }
  }

  #array(): ExactJson {
    const items: ExactJson[] = [];
    this.#at++;
    if (this.#skip("]")) return items;
    for (;;) {
      items.push(this.#value());
      if (this.#skip("]")) return items;
      if (!this.#skip(",")) throw this.#error(", or ]");
    }
  }

  #string(): string {
    return JSON.parse(this.#token(stringPattern, "a string")) as string;
  }

  #token(pattern: RegExp, wanted: string): string {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) throw this.#error(wanted);
    this.#at = pattern.lastIndex;
    return match[0];
  }

  #skip(char: string): boolean {
    this.#blank();
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #blank(): void {
    blankPattern.lastIndex = this.#at;
    blankPattern.exec(this.#text);
    this.#at = blankPattern.lastIndex;
  }

  #error(wanted: string): SyntaxError {
    return new SyntaxError(`Expected ${wanted} at position ${this.#at} of the JSON text`);
  }
}

const words: readonly (readonly [string, null | boolean])[] = [
  ["null", null],
  ["true", true],
  ["false", false],
];

function exactNumber(token: string): ExactNumber {
  const digits = token
    .replace(/[eE].*$/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+/, "");
  if (digits.length <= 15) return Number(token);
  const text: NumberText = Object.freeze({ numberText: token });
  numberTexts.add(text);
  return text;
}
