import type { Bounds } from "../bounds.js";

/** What a condition may come to in some row: a set of bits. A set too large is sound, one too small is not. */
export type Outcome = number;

export const TRUE = 1;
export const FALSE = 2;
export const NULL = 4;
export const ANY = TRUE | FALSE | NULL;

export type OutcomeOf = (bounds: Bounds) => Outcome;

export const anything: OutcomeOf = () => ANY;

export function outcome(canBeTrue: boolean, canBeFalse: boolean, canBeNull: boolean): Outcome {
  return (canBeTrue ? TRUE : 0) | (canBeFalse ? FALSE : 0) | (canBeNull ? NULL : 0);
}

export function negated(of: Outcome): Outcome {
  return (of & NULL) | ((of & TRUE) << 1) | ((of & FALSE) >> 1);
}

/** `a and b`, each row of which may combine any of their outcomes. */
export function both(a: Outcome, b: Outcome): Outcome {
  const isNull = ((a & NULL) !== 0 && (b & (TRUE | NULL)) !== 0) || ((b & NULL) !== 0 && (a & (TRUE | NULL)) !== 0);
  return (a & b & TRUE) | ((a | b) & FALSE) | (isNull ? NULL : 0);
}

export function either(a: Outcome, b: Outcome): Outcome {
  return negated(both(negated(a), negated(b)));
}
