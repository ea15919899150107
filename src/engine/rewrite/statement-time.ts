import { assert } from "../../base/assert.js";
import { evaluate } from "../../expression/evaluate.js";
import type { BoundExpression } from "../../expression/expression.js";
import { functionNamed } from "../../expression/functions/registry.js";
import { rewrite } from "../../expression/references.js";
import { cellReader } from "../../schema/cells.js";
import type { DataType } from "../../schema/types.js";

/**
 * The expression with `current_timestamp` and its like replaced by the time `nowMs`: all files and batches of a statement see one
 * time, and conditions on it can prune.
 */
export function atTime(expression: BoundExpression, nowMs: number): BoundExpression {
  return rewrite(expression, (node) => {
    if (node.kind !== "call" || node.args.length > 0 || !isTime(node.type) || functionNamed(node.name)?.volatile !== true) return node;
    const input = {
      length: 1,
      column: () => assert(false, "the time depends on no column") as never,
      nowMicros: BigInt(Math.trunc(nowMs)) * 1000n,
    };
    return { kind: "literal", value: cellReader(node.type, evaluate(node, input))(0), type: node.type };
  });
}

function isTime({ kind }: DataType): boolean {
  return kind === "timestamp" || kind === "timestamp_ntz" || kind === "date";
}
