import { types } from "../schema/data-types.js";
import type { BoundExpression } from "./expression.js";

/** The conditions that must all be true for the expression to be; the literal true has none. */
export function conjuncts(expression: BoundExpression): BoundExpression[] {
  if (expression.kind === "call" && expression.name === "and") return expression.args.flatMap(conjuncts);
  if (expression.kind === "literal" && expression.value === true) return [];
  return [expression];
}

/** One condition that is true when all of `list` are; `true` for an empty list. */
export function conjunction(list: readonly BoundExpression[]): BoundExpression {
  const [only] = list;
  if (only === undefined) return { kind: "literal", value: true, type: types.boolean };
  return list.length === 1 ? only : { kind: "call", name: "and", args: list.flatMap(conjuncts), type: types.boolean };
}
