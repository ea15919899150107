import { parse } from "lossless-json";

/** A JSON number as it was written. */
export class NumberToken {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Digits that a double might not hold, and exponents that might leave its range. A match in a string only costs time. */
const needsTokens = /[\d.]{16}|\d[eE]/;

/** JSON whose numbers are exact: plain where a double gives back what was written, else `NumberToken`s. @throws SyntaxError */
export function parseExact(text: string): unknown {
  return needsTokens.test(text) ? parse(text, null, (token) => new NumberToken(token)) : JSON.parse(text);
}
