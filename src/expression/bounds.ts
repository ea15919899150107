import type { Value } from "../schema/value.js";

/**
 * What is known of the values of one leaf column in a file, row group or page. All of it is optional: what is absent is unknown.
 *
 * `min` and `max` are true bounds: no non-null, non-NaN value lies outside them; they need not occur. `exact` says that both do occur.
 * NaN is greater than every number (Spark's order) and is **not** covered by `max` of a float or double column unless
 * `max` is NaN itself; pruning has to allow for it.
 */
export interface ColumnBounds {
  readonly min?: Value;
  readonly max?: Value;
  readonly nullCount?: number;
  readonly exact?: boolean;
}

/** The bounds of one file, row group or page. */
export interface Bounds {
  /** Rows, when known. */
  readonly rowCount: number | undefined;
  /** By names from the top-level column down, in the schema's spelling; `undefined`: nothing is known. */
  column(path: readonly string[]): ColumnBounds | undefined;
}
