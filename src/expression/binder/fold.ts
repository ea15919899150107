import { LakeError } from "../../base/errors.js";
import { isNested } from "../../schema/data-types.js";
import { cellReader } from "../../schema/cells.js";
import { evaluate } from "../evaluate.js";
import type { BoundExpression } from "../expression.js";
import { functionNamed } from "../functions/registry.js";

const NO_COLUMNS = {
  length: 1,
  column: (): never => {
    throw new LakeError("internal/assertion", "This is a bug in laketable: a constant has no columns.");
  },
};

/** The literal that an operation on literals alone comes to. One that raises stays, to raise for the rows that need it. */
export function fold(expression: BoundExpression): BoundExpression {
  if (!isConstant(expression) || isNested(expression.type)) return expression;
  try {
    const value = cellReader(expression.type, evaluate(expression, NO_COLUMNS))(0);
    return { kind: "literal", value, type: expression.type };
  } catch (error) {
    if (LakeError.is(error, "expression/evaluation")) return expression;
    throw error;
  }
}

function isConstant(expression: BoundExpression): boolean {
  if (expression.kind === "cast") return expression.child.kind === "literal";
  if (expression.kind !== "call" || functionNamed(expression.name)?.volatile === true) return false;
  return expression.args.every((arg) => arg.kind === "literal");
}
