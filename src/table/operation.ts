/** What a commit did, in neutral words; the format spells it as its log wants it. SQL texts are as the user gave them. */
export type Operation =
  | { readonly kind: "create"; readonly replace: boolean }
  | { readonly kind: "append" }
  | { readonly kind: "overwrite"; readonly where: string | undefined; readonly overwriteSchema: boolean }
  | { readonly kind: "delete"; readonly where: string | undefined }
  | { readonly kind: "update"; readonly where: string | undefined }
  | {
      readonly kind: "merge";
      readonly on: string;
      readonly matched: readonly MergeClauseText[];
      readonly notMatched: readonly MergeClauseText[];
      readonly notMatchedBySource: readonly MergeClauseText[];
    }
  | { readonly kind: "set-properties"; readonly properties: Readonly<Record<string, string>> };

export interface MergeClauseText {
  readonly action: "update" | "delete" | "insert";
  readonly where: string | undefined;
}

/** The closed set of counts that every write resolves to. Zeros included. */
export interface WriteMetrics {
  readonly rowsInserted: number;
  readonly rowsUpdated: number;
  readonly rowsDeleted: number;
  readonly rowsCopied: number;
  readonly filesAdded: number;
  readonly filesRemoved: number;
  readonly bytesAdded: number;
  readonly bytesRemoved: number;
  readonly durationMs: number;
}

/** Further counts for the log entry, where an operation has them. */
export interface OperationDetails {
  readonly sourceRows?: number;
  /** Rows deleted or updated by not-matched-by-source clauses. */
  readonly rowsDeletedBySource?: number;
  readonly rowsUpdatedBySource?: number;
  readonly scanMs?: number;
  readonly rewriteMs?: number;
}

export const noMetrics: WriteMetrics = Object.freeze({
  rowsInserted: 0,
  rowsUpdated: 0,
  rowsDeleted: 0,
  rowsCopied: 0,
  filesAdded: 0,
  filesRemoved: 0,
  bytesAdded: 0,
  bytesRemoved: 0,
  durationMs: 0,
});
