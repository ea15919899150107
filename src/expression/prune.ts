import { isFloating } from "../schema/data-types.js";
import type { Value } from "../schema/value.js";
import type { Bounds } from "./bounds.js";
import type { BoundExpression } from "./expression.js";
import { compileLike } from "./kernels/like-pattern.js";
import { boundOf, mayBeNull, mayHaveValue, orderOf, rangedOperand, type RangedOperand } from "./prune/column-range.js";
import { pruneComparison, pruneColumns } from "./prune/comparison.js";
import { ANY, FALSE, NULL, TRUE, anything, both, either, negated, outcome, type OutcomeOf } from "./prune/outcome.js";

/**
 * Compiles a predicate into a test on bounds: false only when no row within the bounds can make the predicate true. Whatever it
 * cannot reason about it takes for possible; a row that would raise counts as one that does not match.
 *
 * It knows `= <> < <= > >= <=> in between like startswith`, null tests, `not and or`, boolean columns, and sees through casts that
 * keep the order. NaN is above every bound of a float or double.
 */
export function compilePruner(predicate: BoundExpression): (bounds: Bounds) => boolean {
  const outcomeOf = compile(predicate, NOTHING);
  return (bounds) => bounds.rowCount !== 0 && (outcomeOf(bounds) & TRUE) !== 0;
}

/** Operands that another conjunct keeps from being NaN. */
type NotNaN = ReadonlySet<string>;
const NOTHING: NotNaN = new Set();

type Call = Extract<BoundExpression, { kind: "call" }>;

function compile(expression: BoundExpression, notNaN: NotNaN): OutcomeOf {
  switch (expression.kind) {
    case "literal": {
      const constant = expression.value === null ? NULL : expression.value === true ? TRUE : FALSE;
      return () => constant;
    }
    case "reference":
      return compileBooleanColumn(expression);
    case "cast":
    case "case":
      return anything;
    case "call":
      return compileCall(expression, notNaN);
  }
}

function compileCall(call: Call, notNaN: NotNaN): OutcomeOf {
  const [first, second] = call.args;
  switch (call.name) {
    case "and":
      return compileAnd(call, notNaN);
    case "or": {
      const parts = call.args.map((arg) => compile(arg, NOTHING));
      return (bounds) => parts.reduce((all, part) => (all === TRUE ? all : either(all, part(bounds))), FALSE);
    }
    case "not": {
      const child = first === undefined ? anything : compile(first, NOTHING);
      return (bounds) => negated(child(bounds));
    }
    case "istrue":
    case "isfalse": {
      const child = first === undefined ? anything : compile(first, NOTHING);
      const wanted = call.name === "istrue" ? TRUE : FALSE;
      return (bounds) => {
        const of = child(bounds);
        return outcome((of & wanted) !== 0, (of & ~wanted) !== 0, false);
      };
    }
    case "isnull":
    case "isnotnull":
      return compileNullTest(first, call.name === "isnull");
    case "in":
      return compileIn(call);
    case "like":
    case "startswith":
      return compilePrefix(call);
    default:
      return first === undefined || second === undefined ? anything : compileComparison(call.name, first, second, notNaN);
  }
}

/**
 * `x >= low and x <= high`: the second conjunct excludes NaN, so that for the first the upper bound counts. What a conjunct
 * excludes holds only where it is true, so that it narrows nothing but where the whole may be true.
 */
function compileAnd(call: Call, notNaN: NotNaN): OutcomeOf {
  const bounded = new Set(notNaN);
  for (const arg of call.args) {
    const key = boundedFromAbove(arg);
    if (key !== undefined) bounded.add(key);
  }
  const parts = call.args.map((arg) => compile(arg, bounded));
  return (bounds) => {
    let all = TRUE;
    for (const part of parts) {
      all = both(all, part(bounds));
      if (all === FALSE) return FALSE;
    }
    return all;
  };
}

/** The operand that a true `operand < number`, `operand = number` keeps from being NaN. */
function boundedFromAbove(expression: BoundExpression): string | undefined {
  if (expression.kind !== "call" || expression.args.length !== 2) return undefined;
  const [left, right] = expression.args;
  const flipped = expression.name === ">" || expression.name === ">=";
  if (!flipped && !["<", "<=", "=", "<=>"].includes(expression.name)) return undefined;
  const [column, limit] = flipped ? [right, left] : [left, right];
  if (column === undefined || limit?.kind !== "literal" || !isFloating(limit.type) || Number.isNaN(limit.value)) return undefined;
  return rangedOperand(column)?.key;
}

function compileBooleanColumn(expression: BoundExpression): OutcomeOf {
  const operand = rangedOperand(expression);
  if (operand === undefined || operand.type.kind !== "boolean") return anything;
  return (bounds) => {
    const known = bounds.column(operand.path);
    if (known === undefined) return ANY;
    const hasValue = mayHaveValue(known, bounds);
    return outcome(hasValue && known.max !== false, hasValue && known.min !== true, mayBeNull(operand, known));
  };
}

function compileNullTest(child: BoundExpression | undefined, isNull: boolean): OutcomeOf {
  if (child?.kind === "literal") {
    const holds = (child.value === null) === isNull ? TRUE : FALSE;
    return () => holds;
  }
  const operand = child === undefined ? undefined : rangedOperand(child);
  if (operand === undefined) return () => TRUE | FALSE;
  return (bounds) => {
    const known = bounds.column(operand.path);
    if (known === undefined) return TRUE | FALSE;
    const [nulls, values] = [mayBeNull(operand, known), mayHaveValue(known, bounds)];
    return isNull ? outcome(nulls, values, false) : outcome(values, nulls, false);
  };
}

const FLIPPED: Readonly<Record<string, string>> = { "=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<=", "<=>": "<=>" };

function compileComparison(name: string, left: BoundExpression, right: BoundExpression, notNaN: NotNaN): OutcomeOf {
  const flipped = FLIPPED[name];
  if (flipped === undefined) return anything;
  if (left.kind === "literal") return right.kind === "literal" ? anything : compileComparison(flipped, right, left, notNaN);
  const operand = rangedOperand(left);
  if (operand === undefined) return anything;
  if (right.kind === "literal") return pruneComparison(name, operand, right.value, notNaN.has(operand.key));
  const other = rangedOperand(right);
  return other === undefined ? anything : pruneColumns(name, operand, other);
}

/** A list of literals is sorted once; a file then costs one binary search. */
function compileIn(call: Call): OutcomeOf {
  const [value, ...list] = call.args;
  const operand = value === undefined ? undefined : rangedOperand(value);
  if (operand === undefined || !list.every((item) => item.kind === "literal")) return anything;
  const literals = list.map((item) => (item.kind === "literal" ? item.value : null));
  const order = orderOf(operand.type);
  const sorted = literals.filter((each): each is Exclude<Value, null> => each !== null).sort(order);
  const hasNull = sorted.length < literals.length;
  const hasNaN = operand.mayBeNaN && sorted.some((each) => Number.isNaN(each));
  if (literals.length === 0) return () => FALSE;
  return (bounds) => {
    const known = bounds.column(operand.path);
    if (known === undefined) return ANY;
    if (!mayHaveValue(known, bounds)) return NULL;
    const [min, max] = [boundOf(operand, known.min), boundOf(operand, known.max)];
    const next = sorted[min === undefined ? 0 : firstAtLeast(sorted, min, order)];
    const canBeTrue = hasNaN || (next !== undefined && (max === undefined || order(next, max) <= 0));
    return outcome(canBeTrue, !hasNull && !isOnly(min, max, next, operand), hasNull || mayBeNull(operand, known));
  };

  function isOnly(min: Value | undefined, max: Value | undefined, next: Value | undefined, of: RangedOperand): boolean {
    if (min === undefined || max === undefined || next === undefined || of.mayBeNaN) return false;
    return order(min, max) === 0 && order(next, min) === 0;
  }
}

function firstAtLeast(sorted: readonly Value[], wanted: Value, order: (a: Value, b: Value) => number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order(sorted[middle] as Value, wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `like 'abc%'` and `startswith(x, 'abc')`: the texts that begin with a prefix lie together. */
function compilePrefix(call: Call): OutcomeOf {
  const [value, pattern, escape] = call.args;
  const operand = value === undefined ? undefined : rangedOperand(value);
  if (operand === undefined || operand.type.kind !== "string" || pattern?.kind !== "literal") return anything;
  if (pattern.value === null) return () => NULL;
  const text = String(pattern.value);
  if (call.name === "startswith") return prefixOutcome(operand, text, true);
  if (escape !== undefined && escape.kind !== "literal") return anything;
  const compiled = compileLike(text, escape === undefined ? "\\" : String(escape.value));
  if (compiled === undefined) return anything;
  if (compiled.isExact) return pruneComparison("=", operand, compiled.prefix, false);
  return prefixOutcome(operand, compiled.prefix, compiled.isPrefix);
}

/** @param isAll every text with the prefix matches */
function prefixOutcome(operand: RangedOperand, prefix: string, isAll: boolean): OutcomeOf {
  const order = orderOf(operand.type);
  return (bounds) => {
    const known = bounds.column(operand.path);
    if (known === undefined) return ANY;
    if (!mayHaveValue(known, bounds)) return NULL;
    const [min, max] = [known.min, known.max];
    const minBegins = typeof min === "string" && min.startsWith(prefix);
    const before = typeof max === "string" && order(max, prefix) < 0;
    const after = typeof min === "string" && !minBegins && order(min, prefix) > 0;
    const all = isAll && minBegins && typeof max === "string" && max.startsWith(prefix);
    return outcome(!before && !after, !all, mayBeNull(operand, known));
  };
}
