import type { RowOptions } from "../schema/row-options.js";
import type { RowOf } from "../schema/row-type.js";
import type { ReadOptions } from "./options.js";

type Form<K extends keyof RowOptions> = NonNullable<RowOptions[K]>;

/** Options of `rows` and `toArray`; columns and spellings are known to the type of the rows. */
export interface RowsOptions<
  C extends string = string,
  L extends Form<"long"> = Form<"long">,
  D extends Form<"decimal"> = Form<"decimal">,
  T extends Form<"timestamp"> = Form<"timestamp">,
  M extends Form<"map"> = Form<"map">,
> extends Omit<ReadOptions, "columns"> {
  /** Top-level columns to read, in this order. Default: all. */
  readonly columns?: readonly C[] | undefined;
  /** Default: `"bigint"`. `"number"` throws `schema/overflow` for values that a double would round. */
  readonly long?: L | undefined;
  /** Default: `"string"`, with all digits of the scale. `"number"` is the nearest double. */
  readonly decimal?: D | undefined;
  /** Default: `"string"`, ISO 8601 with 6 digits. `"date"`: a `Date`, rounded down to ms; `"micros"`: a bigint of µs. */
  readonly timestamp?: T | undefined;
  /** Default: `"map"`, a `Map`. `"object"`: a plain object. */
  readonly map?: M | undefined;
}

/**
 * The rows that such a read yields: the chosen columns of `R`, in the chosen spellings where the table's schema literal `S` is
 * known to the compiler. Without it a spelling other than the default leaves values `unknown`.
 */
export type SelectedRow<R, S, C extends string, L, D, T, M> = Columns<
  [L, D, T, M] extends ["bigint", "string", "string", "map"]
    ? R
    : unknown extends S
      ? { [K in keyof R]: unknown }
      : RowOf<S, { long: L; decimal: D; timestamp: T; map: M } & RowOptions>,
  C
>;

/** Names are matched without regard to case, as reads do. */
type Columns<R, C extends string> = string extends C
  ? R
  : string extends keyof R
    ? R
    : { [K in keyof R as Lowercase<K & string> extends Lowercase<C> ? K : never]: R[K] };
