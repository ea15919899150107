import type { ArrowBatchLike, ArrowTableLike } from "../schema/arrow-shape.js";
import type { BatchInput } from "../schema/batch-input.js";

/**
 * A merge source `B` for a table that takes rows `I`: where its rows have a column of the table, the value is one that the table
 * takes. Columns may be missing, and there may be others, for conditions.
 */
export type MergeSource<B extends BatchInput<object>, I> = B &
  (B extends Iterable<infer E>
    ? Iterable<SourceItem<E, I>>
    : B extends AsyncIterable<infer E>
      ? AsyncIterable<SourceItem<E, I>>
      : unknown);

type SourceItem<E, I> = E extends ArrowBatchLike | ArrowTableLike
  ? E
  : { [K in keyof E]: K extends keyof I ? (unknown extends E[K] ? unknown : I[K]) : E[K] };
