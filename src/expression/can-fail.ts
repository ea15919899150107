import { castCanFail } from "./cast.js";
import type { BoundExpression } from "./expression.js";
import { functionNamed } from "./functions/registry.js";
import { compileLike } from "./kernels/like-pattern.js";

const known = new WeakMap<BoundExpression, boolean>();

/** Whether evaluating the expression may raise for some value. False is a promise; true may be too careful. */
export function canFail(expression: BoundExpression): boolean {
  const before = known.get(expression);
  if (before !== undefined) return before;
  const answer = compute(expression);
  known.set(expression, answer);
  return answer;
}

function compute(expression: BoundExpression): boolean {
  switch (expression.kind) {
    case "literal":
    case "reference":
      return false;
    case "cast":
      return canFail(expression.child) || (expression.onError === "fail" && castCanFail(expression.child.type, expression.type));
    case "case": {
      const inBranches = expression.branches.some(({ when, then }) => canFail(when) || canFail(then));
      return inBranches || (expression.otherwise !== undefined && canFail(expression.otherwise));
    }
    case "call": {
      if (expression.args.some(canFail)) return true;
      if (expression.name === "coalesce") return false;
      const definition = functionNamed(expression.name);
      return definition?.total !== true && !isTotalOnTypes(expression) && !hasSoundPattern(expression);
    }
  }
}

/** Floating-point sums and products become infinite, they do not raise. */
function isTotalOnTypes(expression: Extract<BoundExpression, { kind: "call" }>): boolean {
  const { kind } = expression.type;
  return (kind === "double" || kind === "float") && ["+", "-", "*", "negate"].includes(expression.name);
}

/** A LIKE raises for its pattern alone. */
function hasSoundPattern(expression: Extract<BoundExpression, { kind: "call" }>): boolean {
  const [, pattern, escape] = expression.args;
  if ((expression.name !== "like" && expression.name !== "ilike") || pattern?.kind !== "literal") return false;
  return compileLike(String(pattern.value), escape?.kind === "literal" ? String(escape.value) : "\\") !== undefined;
}
