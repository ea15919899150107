import type { Value } from "../../schema/value.js";
import { boundOf, mayBeNull, mayHaveValue, orderOf, type RangedOperand } from "./column-range.js";
import { ANY, FALSE, NULL, TRUE, outcome, type Outcome, type OutcomeOf } from "./outcome.js";

/** How the values of some rows may lie to others: bits. */
const LESS = 1;
const EQUAL = 2;
const GREATER = 4;

/** Which of these a comparison is true for. */
const TRUE_FOR: Readonly<Record<string, number>> = {
  "=": EQUAL,
  "<=>": EQUAL,
  "<>": LESS | GREATER,
  "<": LESS,
  "<=": LESS | EQUAL,
  ">": GREATER,
  ">=": GREATER | EQUAL,
};

/**
 * `operand name literal`.
 *
 * @param notNaN where the whole predicate is true, the operand is known not to be NaN
 */
export function pruneComparison(name: string, operand: RangedOperand, literal: Value, notNaN: boolean): OutcomeOf {
  const nullSafe = name === "<=>";
  if (literal === null) return nullSafe ? pruneIsNull(operand) : () => NULL;
  const wanted = TRUE_FOR[name] ?? 0;
  const order = orderOf(operand.type);
  const literalIsNaN = typeof literal === "number" && Number.isNaN(literal);
  const nan = !operand.mayBeNaN ? 0 : literalIsNaN ? EQUAL : GREATER;
  const { path } = operand;
  return (bounds) => {
    const known = bounds.column(path);
    if (known === undefined) return ANY;
    const hasNull = mayBeNull(operand, known);
    if (!mayHaveValue(known, bounds)) return nullSafe ? FALSE : NULL;
    const min = boundOf(operand, known.min);
    const max = boundOf(operand, known.max);
    const toMin = min === undefined ? -1 : order(min, literal);
    const toMax = max === undefined ? 1 : order(max, literal);
    const numbers = (toMin < 0 ? LESS : 0) | (toMin <= 0 && toMax >= 0 ? EQUAL : 0) | (toMax > 0 ? GREATER : 0);
    const all = numbers | nan;
    const canBeTrue = ((notNaN ? numbers : all) & wanted) !== 0;
    const canBeFalse = (all & ~wanted) !== 0 || (nullSafe && hasNull);
    return outcome(canBeTrue, canBeFalse, hasNull && !nullSafe);
  };
}

function pruneIsNull(operand: RangedOperand): OutcomeOf {
  return (bounds) => {
    const known = bounds.column(operand.path);
    return known === undefined ? TRUE | FALSE : outcome(mayBeNull(operand, known), mayHaveValue(known, bounds), false);
  };
}

/** `left name right`, both columns. */
export function pruneColumns(name: string, left: RangedOperand, right: RangedOperand): OutcomeOf {
  const order = orderOf(left.type);
  const nullSafe = name === "<=>";
  const wanted = TRUE_FOR[name] ?? 0;
  return (bounds): Outcome => {
    const [a, b] = [bounds.column(left.path), bounds.column(right.path)];
    if (a === undefined || b === undefined) return ANY;
    const [leftNull, rightNull] = [mayBeNull(left, a), mayBeNull(right, b)];
    if (!mayHaveValue(a, bounds) || !mayHaveValue(b, bounds)) return nullSafe ? TRUE | FALSE : NULL;
    const [aMin, aMax] = [boundOf(left, a.min), boundOf(left, a.max)];
    const [bMin, bMax] = [boundOf(right, b.min), boundOf(right, b.max)];
    const canBeLess = right.mayBeNaN || aMin === undefined || bMax === undefined || order(aMin, bMax) < 0;
    const canBeGreater = left.mayBeNaN || aMax === undefined || bMin === undefined || order(aMax, bMin) > 0;
    const reaches = aMin === undefined || bMax === undefined || order(aMin, bMax) <= 0;
    const isReached = aMax === undefined || bMin === undefined || order(aMax, bMin) >= 0;
    const canBeEqual = (left.mayBeNaN && right.mayBeNaN) || (reaches && isReached);
    const all = (canBeLess ? LESS : 0) | (canBeEqual ? EQUAL : 0) | (canBeGreater ? GREATER : 0);
    const anyNull = leftNull || rightNull;
    if (nullSafe) return outcome((all & EQUAL) !== 0 || (leftNull && rightNull), true, false);
    return outcome((all & wanted) !== 0, (all & ~wanted) !== 0, anyNull);
  };
}
