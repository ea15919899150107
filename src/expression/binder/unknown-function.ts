import { LakeError } from "../../base/errors.js";
import { functionNames } from "../functions/registry.js";
import { nearest } from "./nearest.js";

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}

const AGGREGATES = words(
  "count sum avg mean min max first last any every some bool_and bool_or collect_list collect_set stddev stddev_pop stddev_samp " +
    "variance var_pop var_samp corr approx_count_distinct percentile median mode array_agg listagg string_agg count_if max_by min_by " +
    "any_value grouping",
);
const WINDOWS = words("row_number rank dense_rank percent_rank cume_dist ntile lag lead nth_value");
const REGULAR = words("rlike regexp regexp_like regexp_replace regexp_extract regexp_extract_all regexp_count split");
const RANDOM = words("rand random randn uuid shuffle monotonically_increasing_id");

/** Why there is no such function: what it is in Spark, or the name it is near to. */
export function unknownFunction(written: string, expression: string): LakeError {
  const message = `${problemOf(written)} The expression is: ${expression}`;
  return new LakeError("expression/unknown-function", message, { function: written, expression });
}

function problemOf(written: string): string {
  const name = written.toLowerCase();
  if (AGGREGATES.has(name))
    return `${written} is an aggregate, and an expression here sees one row at a time. Aggregate the rows before or after.`;
  if (WINDOWS.has(name))
    return `${written} is a window function, and an expression here sees one row at a time. Number or compare the rows before.`;
  if (REGULAR.has(name)) {
    const why = `${written} takes a regular expression of Java, whose meaning JavaScript's do not share.`;
    return `${why} Use like, startswith, contains or split_part.`;
  }
  if (RANDOM.has(name))
    return `${written} gives another value each time, and an expression here must not. Pass the value in as a literal.`;
  const guess = nearest(name, functionNames());
  const hint = guess === undefined ? "Compute it in JavaScript, or with the functions that there are." : `Did you mean ${guess}?`;
  return `There is no function ${written}. ${hint}`;
}
