import type { KeyBounds } from "../../columnar/key-bounds.js";
import { conjunction } from "../../expression/conjuncts.js";
import type { BoundExpression } from "../../expression/expression.js";
import type { MergeCondition } from "../../expression/merge-condition.js";
import type { DataType } from "../../schema/types.js";
import type { Value } from "../../schema/value.js";

const boolean: DataType = { kind: "boolean" };

export const nothing: BoundExpression = { kind: "literal", value: false, type: boolean };

/**
 * What a target row has to satisfy to match any source row, in the target's columns alone: the bounds of the source's keys, or the
 * keys themselves when they are few, and the parts of the condition that look at the target only. It prunes files, and says which
 * rows the merge depends on.
 */
export function targetPredicate(
  condition: MergeCondition,
  keyBounds: readonly KeyBounds[],
  sourceCount: number,
): BoundExpression | undefined {
  if (sourceCount === 0) return nothing;
  const keyed = condition.equalities.map(({ target, nullSafe }, index) => {
    const bounds = keyBounds[index];
    return bounds === undefined ? undefined : keyPredicate(target, bounds, nullSafe);
  });
  const parts = [...keyed.filter((part) => part !== undefined), ...condition.targetOnly];
  return parts.length === 0 ? undefined : conjunction(parts);
}

function keyPredicate(key: BoundExpression, bounds: KeyBounds, nullSafe: boolean): BoundExpression {
  const within = valuesPredicate(key, bounds);
  return nullSafe && bounds.hasNull ? call("or", [call("isnull", [key]), within]) : within;
}

function valuesPredicate(key: BoundExpression, { type, min, max, distinct }: KeyBounds): BoundExpression {
  if (min === undefined || max === undefined) return nothing;
  const literal = (value: Value): BoundExpression => ({ kind: "literal", value, type });
  if (distinct !== undefined) return call("in", [key, ...distinct.map(literal)]);
  return call("and", [call(">=", [key, literal(min)]), call("<=", [key, literal(max)])]);
}

function call(name: string, args: readonly BoundExpression[]): BoundExpression {
  return { kind: "call", name, args, type: boolean };
}
