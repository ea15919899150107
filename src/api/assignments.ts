import { LakeError } from "../base/errors.js";
import { Expression, lit, toNode } from "../expression/build.js";
import type { ExpressionNode } from "../expression/expression.js";
import type { Assignment } from "./options.js";

/**
 * `set` and `values` of an update or merge: a string is SQL, an `Expression` itself, any other value a literal.
 *
 * @throws usage/invalid-option when it is no plain object or assigns nothing
 */
export function assignmentNodes(
  call: string,
  option: string,
  assignments: Readonly<Record<string, Assignment>> | undefined,
): Readonly<Record<string, ExpressionNode>> {
  if (typeof assignments !== "object" || assignments === null || Object.keys(assignments).length === 0) {
    throw new LakeError(
      "usage/invalid-option",
      `${call} needs ${option}: an object of columns and their new values, for example { ${option}: { score: "score * 2" } }.`,
      { call, option },
    );
  }
  return Object.fromEntries(Object.entries(assignments).map(([column, value]) => [column, assignmentNode(call, column, value)]));
}

function assignmentNode(call: string, column: string, value: Assignment): ExpressionNode {
  if (value === undefined) {
    throw new LakeError(
      "usage/invalid-option",
      `${call} was given undefined for the column "${column}". Pass null for a null, or leave the column out.`,
      { call, column },
    );
  }
  return typeof value === "string" || value instanceof Expression ? toNode(value) : lit(value).node;
}
