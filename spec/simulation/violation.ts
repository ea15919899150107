/** The invariants, by what is broken. */
export type Rule =
  | "version-gap"
  | "version-rewritten"
  | "unknown-commit"
  | "committed-twice"
  | "refused-but-committed"
  | "acknowledged-but-missing"
  | "not-serial"
  | "live-file-missing"
  | "live-file-deleted"
  | "data-file-rewritten"
  | "file-twice"
  | "file-not-live"
  | "wrong-size-or-count"
  | "stale-view"
  | "version-changed"
  | "unexpected-error"
  | "unfounded-conflict"
  | "unfounded-doubt"
  | "stuck";

/** An invariant that does not hold. */
export class Violation extends Error {
  readonly rule: Rule;

  constructor(rule: Rule, message: string) {
    super(`${rule}: ${message}`);
    this.name = "Violation";
    this.rule = rule;
  }
}
