import { conjuncts } from "./conjuncts.js";
import type { BoundExpression } from "./expression.js";
import { referencedSlots } from "./references.js";

/** `target = source`; `nullSafe` for `<=>`, where null matches null. Each side refers to one relation only, both have one type. */
export interface MergeEquality {
  readonly target: BoundExpression;
  readonly source: BoundExpression;
  readonly nullSafe: boolean;
}

/** A merge condition, taken apart: all of it must be true for two rows to match. */
export interface MergeCondition {
  /** What a hash table can match. */
  readonly equalities: readonly MergeEquality[];
  /** Conditions on the target alone, which can prune its files. */
  readonly targetOnly: readonly BoundExpression[];
  readonly sourceOnly: readonly BoundExpression[];
  /** Conditions on both sides that are no equality, and constants. */
  readonly rest: readonly BoundExpression[];
}

type Side = "target" | "source" | "both" | "none";

/** Takes the condition of a merge apart. `isTargetSlot` says to which relation a slot of the scope belongs. */
export function splitMergeCondition(condition: BoundExpression, isTargetSlot: (slot: number) => boolean): MergeCondition {
  const equalities: MergeEquality[] = [];
  const targetOnly: BoundExpression[] = [];
  const sourceOnly: BoundExpression[] = [];
  const rest: BoundExpression[] = [];
  for (const conjunct of conjuncts(condition)) {
    const side = sideOf(conjunct, isTargetSlot);
    const equality = side === "both" ? equalityOf(conjunct, isTargetSlot) : undefined;
    if (equality !== undefined) equalities.push(equality);
    else if (side === "target") targetOnly.push(conjunct);
    else if (side === "source") sourceOnly.push(conjunct);
    else rest.push(conjunct);
  }
  return { equalities, targetOnly, sourceOnly, rest };
}

function sideOf(expression: BoundExpression, isTargetSlot: (slot: number) => boolean): Side {
  const sides = new Set([...referencedSlots(expression)].map((slot) => (isTargetSlot(slot) ? "target" : "source")));
  if (sides.size === 2) return "both";
  return sides.has("target") ? "target" : sides.has("source") ? "source" : "none";
}

function equalityOf(expression: BoundExpression, isTargetSlot: (slot: number) => boolean): MergeEquality | undefined {
  if (expression.kind !== "call" || (expression.name !== "=" && expression.name !== "<=>")) return undefined;
  const [left, right] = expression.args;
  if (left === undefined || right === undefined) return undefined;
  const [leftSide, rightSide] = [sideOf(left, isTargetSlot), sideOf(right, isTargetSlot)];
  const nullSafe = expression.name === "<=>";
  if (leftSide === "target" && rightSide === "source") return { target: left, source: right, nullSafe };
  if (leftSide === "source" && rightSide === "target") return { target: right, source: left, nullSafe };
  return undefined;
}
