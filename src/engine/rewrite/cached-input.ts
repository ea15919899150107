import { assert } from "../../base/assert.js";
import type { Column } from "../../columnar/column.js";
import { take } from "../../columnar/take.js";
import type { EvaluationInput } from "../../expression/evaluate.js";

/** An input whose columns are made when an expression first asks for them, and once. */
export function cachedInput(length: number, make: (slot: number) => Column): EvaluationInput {
  const made = new Map<number, Column>();
  return {
    length,
    column: (slot) => {
      const known = made.get(slot);
      if (known !== undefined) return known;
      const column = make(slot);
      assert(column.length === length, `column ${slot} of an input has its ${length} rows`);
      made.set(slot, column);
      return column;
    },
  };
}

/** Some rows of an input. */
export function inputAt(input: EvaluationInput, rows: Int32Array): EvaluationInput {
  return cachedInput(rows.length, (slot) => take(input.column(slot), rows));
}
