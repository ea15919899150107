import { assignability, type Assignability } from "../schema/assignability.js";
import type { DataType } from "../schema/types.js";

/**
 * Whether an expression of type `from` may be written into a column of type `to`, by Spark's ANSI store assignment: `"safe"`
 * always, `"checked"` with each value checked by the cast (long → int), `"no"` never (string → int needs a cast of the user's).
 *
 * @see https://spark.apache.org/docs/latest/sql-ref-ansi-compliance.html#store-assignment
 */
export function canStoreAs(from: DataType, to: DataType): Assignability {
  return assignability(from, to);
}
