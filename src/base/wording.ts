/** How a front end says what messages talk about. */
export interface Words {
  readonly terms: Readonly<Record<TermName, string>>;
  /** A row of the data that was given, counted from 0. It begins a sentence. */
  row(index: number): string;
}

const libraryTerms = {
  "create-table": "DeltaTable.create",
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
export type TermName = keyof typeof libraryTerms;

/** The words of the library itself. */
export const libraryWords: Words = { terms: libraryTerms, row: (index) => `Row ${index}` };

export interface Term {
  readonly term: TermName;
}

export interface RowNumber {
  readonly row: number;
}

/** A message in pieces, some of which front ends word. */
export type Wording = readonly (string | Term | RowNumber)[];

export function term(name: TermName): Term {
  return { term: name };
}

export function say(pieces: Wording, words: Words): string {
  return pieces
    .map((piece) => (typeof piece === "string" ? piece : "row" in piece ? words.row(piece.row) : words.terms[piece.term]))
    .join("");
}
