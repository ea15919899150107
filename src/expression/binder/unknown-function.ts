import { LakeError } from "../../base/errors.js";
import { functionNames } from "../functions/registry.js";
import { nearest } from "./nearest.js";

const AGGREGATES: ReadonlySet<string> = new Set([
  "count", "sum", "avg", "mean", "min", "max", "first", "last", "any", "every", "some", "bool_and", "bool_or", "collect_list", "collect_set",
  "stddev", "stddev_pop", "stddev_samp", "variance", "var_pop", "var_samp", "corr", "approx_count_distinct", "percentile", "median", "mode",
  "array_agg", "listagg", "string_agg", "count_if", "max_by", "min_by", "any_value", "grouping",
]);
const WINDOWS: ReadonlySet<string> = new Set(["row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "nth_value"]);

export function unknownFunction(written: string, expression: string): LakeError {
  const name = written.toLowerCase();
  const context = { function: written, expression };
  if (AGGREGATES.has(name)) {
    const message = `${written} is an aggregate, and an expression here sees one row at a time (in ${expression}). Aggregate the rows before or after.`;
    return new LakeError("expression/unknown-function", message, context);
  }
  if (WINDOWS.has(name)) {
    const message = `${written} is a window function, and an expression here sees one row at a time (in ${expression}).`;
    return new LakeError("expression/unknown-function", message, context);
  }
  const guess = nearest(name, functionNames());
  const hint = guess === undefined ? "Compute it in JavaScript, or with the functions that there are." : `Did you mean ${guess}?`;
  return new LakeError("expression/unknown-function", `There is no function ${written} (in ${expression}). ${hint}`, context);
}
