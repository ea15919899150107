import type { ExpressionNode } from "../../expression/expression.js";

/** One clause of a merge, as the user gave it. Clauses of one kind are tried in their order; the first that applies wins. */
export type MergeClause = MatchedClause | NotMatchedClause | NotMatchedBySourceClause;

interface Conditional {
  /** The clause applies only where it is true. */
  readonly where?: ExpressionNode | undefined;
}

export type Assignments = Readonly<Record<string, ExpressionNode>>;

/** For target rows that a source row matches. */
export type MatchedClause =
  | ({ readonly on: "matched"; readonly action: "update"; readonly set: Assignments } & Conditional)
  | ({ readonly on: "matched"; readonly action: "update-all" | "delete" } & Conditional);

/** For source rows that match no target row. */
export type NotMatchedClause =
  | ({ readonly on: "not-matched"; readonly action: "insert"; readonly values: Assignments } & Conditional)
  | ({ readonly on: "not-matched"; readonly action: "insert-all" } & Conditional);

/** For target rows that no source row matches. */
export type NotMatchedBySourceClause =
  | ({ readonly on: "not-matched-by-source"; readonly action: "update"; readonly set: Assignments } & Conditional)
  | ({ readonly on: "not-matched-by-source"; readonly action: "delete" } & Conditional);
