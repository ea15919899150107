/**
 * What messages talk about and front ends call by names of their own: an option of a call is a flag on the command line. The
 * words here are the library's; another front end has a table of its own.
 */
export const libraryWords = {
  "create-table": "DeltaTable.create",
  "if-exists": 'ifExists: "open" or "replace"',
  "max-attempts": "maxAttempts",
  "memory-limit": "memoryLimit",
  "merge-schema": "{ mergeSchema: true }",
} as const;

export type TermName = keyof typeof libraryWords;
export type Words = Readonly<Record<TermName, string>>;

export interface Term {
  readonly term: TermName;
}

/** A message in pieces, its terms not yet worded. */
export type Wording = readonly (string | Term)[];

export function term(name: TermName): Term {
  return { term: name };
}

export function say(pieces: Wording, words: Words): string {
  return pieces.map((piece) => (typeof piece === "string" ? piece : words[piece.term])).join("");
}
