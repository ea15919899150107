import { LakeError } from "../../base/errors.js";
import { functionNames } from "../functions/registry.js";
import { nearest } from "./nearest.js";

const AGGREGATES: ReadonlySet<string> = new Set([
  "count", "sum", "avg", "mean", "min", "max", "first", "last", "any", "every", "some", "bool_and", "bool_or", "collect_list", "collect_set",
  "stddev", "stddev_pop", "stddev_samp", "variance", "var_pop", "var_samp", "corr", "approx_count_distinct", "percentile", "median", "mode",
  "array_agg", "listagg", "string_agg", "count_if", "max_by", "min_by", "any_value", "grouping",
]);
const WINDOWS: ReadonlySet<string> = new Set(["row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "nth_value"]);

const REGULAR: ReadonlySet<string> = new Set(["rlike", "regexp", "regexp_like", "regexp_replace", "regexp_extract", "regexp_extract_all", "regexp_count", "split"]);
const RANDOM: ReadonlySet<string> = new Set(["rand", "random", "randn", "uuid", "shuffle", "monotonically_increasing_id"]);

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
  if (REGULAR.has(name)) {
    const message = `${written} takes a regular expression of Java, whose meaning JavaScript's do not share (in ${expression}). Use like, startswith, contains or split_part.`;
    return new LakeError("expression/unknown-function", message, context);
  }
  if (RANDOM.has(name)) {
    const message = `${written} gives another value each time, and an expression here must not (in ${expression}). Pass the value in as a literal.`;
    return new LakeError("expression/unknown-function", message, context);
  }
  const guess = nearest(name, functionNames());
  const hint = guess === undefined ? "Compute it in JavaScript, or with the functions that there are." : `Did you mean ${guess}?`;
  return new LakeError("expression/unknown-function", `There is no function ${written} (in ${expression}). ${hint}`, context);
}
