import type { Data } from "apache-arrow";

/**
 * A column of a batch: one chunk of Arrow data.
 *
 * The rules every kernel keeps (apache-arrow's own, easy to trip over):
 * - `values` and `valueOffsets` already start at the first row of a slice; `offset` applies to the **bitmaps** only
 *   (`nullBitmap`, and `values` of Bool).
 * - `nullCount` is computed lazily from the bitmap when it is -1; a `nullBitmap` may be absent or empty when there are no nulls.
 * - `valueOffsets` of a slice need not start at 0.
 * - No kernel changes its input.
 */
export type Column = Data;
