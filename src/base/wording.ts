/** How a front end says what messages talk about. */
export interface Words {
  /** What is not in here is said as the library says it. */
  readonly terms: Readonly<Partial<Record<TermName, string>>>;
  /** A row of the data that was given, counted from 0. It begins a sentence. */
  row(index: number): string;
  /** A text as a value where an expression is expected. */
  textValue(text: string): string;
}

const libraryTerms = {
  "if-exists": 'ifExists: "open" or "replace"',
  "max-attempts": "maxAttempts",
  "memory-limit": "memoryLimit",
  "merge-schema": "{ mergeSchema: true }",
  "long-value": "a bigint or a safe integer",
  "binary-value": "a Uint8Array",
  "timestamp-value": 'a Date, a bigint of microseconds, or a text with a zone such as "2026-01-31T10:20:30.123456Z"',
  "timestamp-ntz-value":
    'a Date (its UTC fields), a bigint of microseconds, or a text without a zone such as "2026-01-31T10:20:30.123456"',
} as const;

/** What front ends call by names of their own: an option of a call is a flag on the command line, a `Uint8Array` is base64. */
export type TermName = keyof typeof libraryTerms | "create-table";

/** The words of the library itself. */
export const libraryWords: Words = {
  terms: {},
  row: (index) => `Row ${index}`,
  textValue: (text) => `lit(${JSON.stringify(text)})`,
};

export interface Term {
  readonly term: TermName;
  /** As the library says it. */
  readonly text: string;
}

export interface RowNumber {
  readonly row: number;
}

export interface TextValue {
  readonly textValue: string;
}

/** A message in pieces, some of which front ends word. */
export type Wording = readonly (string | Term | RowNumber | TextValue)[];

export function term(name: keyof typeof libraryTerms): Term {
  return { term: name, text: libraryTerms[name] };
}

/** How a table is made is called by another name in every format. */
export function createTableTerm(text: string): Term {
  return { term: "create-table", text };
}

export function say(pieces: Wording, words: Words): string {
  return pieces
    .map((piece) => {
      if (typeof piece === "string") return piece;
      if ("row" in piece) return words.row(piece.row);
      return "textValue" in piece ? words.textValue(piece.textValue) : (words.terms[piece.term] ?? piece.text);
    })
    .join("");
}
