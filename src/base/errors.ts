import { libraryWords, say, type Wording } from "./wording.js";

/** Every code a `LakeError` can carry. The part before the slash names the layer that found the problem. */
export type LakeErrorCode =
  // storage: bytes at paths
  | "storage/not-found"
  | "storage/already-exists"
  | "storage/no-such-bucket"
  | "storage/permission-denied"
  | "storage/unauthenticated"
  | "storage/wrong-region"
  | "storage/no-space"
  | "storage/unavailable"
  | "storage/invalid-path"
  | "storage/unknown-scheme"
  | "storage/location-not-allowed"
  | "storage/unsupported"
  | "storage/io"
  // schema: types, values, evolution
  | "schema/invalid"
  | "schema/unknown-column"
  | "schema/unknown-field"
  | "schema/duplicate-column"
  | "schema/type-mismatch"
  | "schema/not-null"
  | "schema/overflow"
  | "schema/invalid-value"
  | "schema/incompatible"
  // expression: SQL text and builders
  | "expression/syntax"
  | "expression/unknown-column"
  | "expression/ambiguous-column"
  | "expression/unknown-function"
  | "expression/type-mismatch"
  | "expression/evaluation"
  // parquet: file bytes
  | "parquet/corrupt"
  | "parquet/unsupported"
  | "parquet/codec"
  // delta: the log
  | "delta/not-a-table"
  | "delta/table-exists"
  | "delta/unsupported-feature"
  | "delta/conflict"
  | "delta/commit-unknown"
  | "delta/no-such-version"
  | "delta/timestamp-out-of-range"
  | "delta/no-change-feed"
  | "delta/log-gap"
  | "delta/corrupt-log"
  | "delta/corrupt-checkpoint"
  | "delta/invalid-property"
  | "delta/append-only"
  | "delta/constraint-violated"
  // merge
  | "merge/multiple-matches"
  | "merge/invalid-condition"
  | "merge/invalid-clause"
  // the handle and its options
  | "table/read-only"
  | "table/nested-write"
  | "usage/invalid-option"
  | "usage/invalid-timestamp"
  | "usage/aborted"
  | "memory/budget-exceeded"
  // our own bugs
  | "internal/assertion";

/** Facts of a failure, JSON-able so that logs and `--json` can carry them. */
export type ErrorContext = Readonly<Record<string, unknown>>;

/**
 * The only error this package throws on purpose.
 *
 * `message` says what happened, why, and what to do. `context` holds the facts the message was made of, `cause` the
 * error underneath, if any.
 */
export class LakeError extends Error {
  readonly code: LakeErrorCode;
  readonly context: ErrorContext;
  /**
   * The message in pieces, for front ends with words of their own.
   * @internal
   */
  declare readonly wording: Wording;

  constructor(code: LakeErrorCode, message: string | Wording, context: ErrorContext = {}, cause?: unknown) {
    const wording = typeof message === "string" ? [message] : message;
    super(say(wording, libraryWords), cause === undefined ? undefined : { cause });
    this.name = "LakeError";
    this.code = code;
    this.context = context;
    // Not an enumerable field: what logs an error whole shows its message once.
    Object.defineProperty(this, "wording", { value: wording });
  }

  static is(error: unknown, code?: LakeErrorCode): error is LakeError {
    return error instanceof LakeError && (code === undefined || error.code === code);
  }
}
