/** What a killed writer was about to do, as its journal has it. */
export interface MixedStatement {
  readonly kind: "append" | "ingest" | "merge" | "update" | "delete" | "overwrite";
  /** Keys `from` to `to`, `to` not included, are what it updates, deletes or overwrites. */
  readonly from: number;
  readonly to: number;
  readonly keys: readonly number[];
  readonly value: number;
}

export type JournalEntry =
  | { readonly event: "life"; readonly number: number }
  | { readonly event: "begin"; readonly number: number; readonly statement: MixedStatement }
  | { readonly event: "done"; readonly number: number; readonly version: number; readonly skipped: boolean }
  | { readonly event: "failed"; readonly number: number; readonly code: string; readonly message: string };

/** The lines of a journal; one that a kill cut in two says nothing. */
export function readJournal(text: string): readonly JournalEntry[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{") && line.endsWith("}"))
    .map((line) => JSON.parse(line) as JournalEntry);
}

/** Value by key; appended keys are new. */
export type Rows = ReadonlyMap<number, number>;

export function applyMixed(rows: Rows, { kind, from, to, keys, value }: MixedStatement): Rows {
  const after = new Map(rows);
  const hit = [...rows].filter(([k]) => k >= from && k < to);
  if (kind === "update") for (const [k, v] of hit) after.set(k, (v * 31 + 7) % 1_000_003);
  if (kind === "delete" || kind === "overwrite") for (const [k] of hit) after.delete(k);
  if (kind !== "update" && kind !== "delete") for (const k of keys) after.set(k, value);
  return after;
}

export function textOf(rows: Rows): string {
  return [...rows]
    .map(([k, v]) => `${k}:${v}`)
    .sort()
    .join(" ");
}
