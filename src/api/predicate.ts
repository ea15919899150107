import { LakeError } from "../base/errors.js";
import { toNode } from "../expression/build.js";
import type { ExpressionNode } from "../expression/expression.js";
import type { Predicate } from "./options.js";

/** The predicate of a read, where leaving it out and `undefined` both mean every row. */
export function predicateNode(where: Predicate | undefined): ExpressionNode | undefined {
  return where === undefined ? undefined : toNode(where);
}

/**
 * The predicate of a write. `undefined` is refused where it was passed on purpose: a variable that was never set must not
 * become "every row".
 *
 * @throws usage/invalid-option
 */
export function chosenRows(call: string, options: { readonly where?: Predicate }): ExpressionNode | undefined {
  if ("where" in options && options.where === undefined) {
    throw new LakeError(
      "usage/invalid-option",
      `${call} was given where: undefined. Leave the option out if every row is meant, or pass the predicate.`,
      { call, option: "where" },
    );
  }
  return predicateNode(options.where);
}
