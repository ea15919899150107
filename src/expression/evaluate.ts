import { assert } from "../base/assert.js";
import type { Column } from "../columnar/column.js";
import { take } from "../columnar/take.js";
import { toArrowType } from "../schema/arrow-mapping.js";
import { assembleNull } from "../columnar/assemble.js";
import type { DataType } from "../schema/types.js";
import { castColumn } from "./cast.js";
import { canFail } from "./can-fail.js";
import type { BoundExpression } from "./expression.js";
import { formatExpression } from "./format.js";
import { functionNamed } from "./functions/registry.js";
import { bitOf, countBits, newBits, notBits, rowsOfBits, validBits, type Bits } from "./kernels/bitmap.js";
import { fieldColumn } from "./kernels/field-column.js";
import { allRows, combineParts, type Part } from "./kernels/choose.js";
import { truthOf, truthVector, type Truth } from "./kernels/logic.js";
import { scalar, toColumn, valueReader, vector, type Operand } from "./kernels/operand.js";

/** The rows an expression is evaluated on. */
export interface EvaluationInput {
  readonly length: number;
  /** The column of a slot of the scope; asked for only when an expression needs it. */
  column(slot: number): Column;
  /** The time of the statement, µs since the epoch, for `current_timestamp` and `current_date`: one time for all of its rows. */
  readonly nowMicros?: bigint | undefined;
}

/**
 * Evaluates a bound expression on a batch, as Spark does in ANSI mode: overflow, bad casts and division by zero raise, in the rows
 * that need the value. A branch of `case`, `if`, `coalesce`, `and` and `or` that no row takes is not evaluated.
 *
 * @throws expression/evaluation  naming the expression and what to write instead
 */
export function evaluate(expression: BoundExpression, input: EvaluationInput): Column {
  const operand = evaluateOperand(expression, input);
  return operand.type.kind === "void" ? assembleNull(toArrowType(operand.type), input.length) : toColumn(operand, input.length);
}

/** The rows for which a predicate is true (not false, not null), ascending. */
export function selectRows(predicate: BoundExpression, input: EvaluationInput): Int32Array | "all" {
  const operand = evaluateOperand(predicate, input);
  if (operand.kind === "scalar") return operand.value === true ? "all" : new Int32Array(0);
  const { isTrue } = truthOf(operand, input.length);
  const rows = rowsOfBits(isTrue, input.length);
  return rows.length === input.length ? "all" : rows;
}

function evaluateOperand(expression: BoundExpression, input: EvaluationInput): Operand {
  switch (expression.kind) {
    case "literal":
      return scalar(expression.type, expression.value);
    case "reference":
      return vector(expression.type, referencedColumn(expression, input));
    case "cast":
      return evaluateCast(expression, input);
    case "case":
      return evaluateCase(expression, input);
    case "call":
      return evaluateCall(expression, input);
  }
}

type Reference = Extract<BoundExpression, { kind: "reference" }>;

/** The column of a slot, or of a field within it, null where a struct around it is. */
function referencedColumn(reference: Reference, input: EvaluationInput): Column {
  let column = input.column(reference.slot);
  for (const name of reference.path.slice(1)) column = fieldColumn(column, name);
  return column;
}

type CallExpression = Extract<BoundExpression, { kind: "call" }>;

function evaluateCall(expression: CallExpression, input: EvaluationInput): Operand {
  const { name } = expression;
  if (name === "and" || name === "or") return evaluateJunction(expression, input);
  if (name === "coalesce") return evaluateCoalesce(expression, input);
  const definition = functionNamed(name);
  assert(definition?.kernel !== undefined, `the bound function ${name} has a kernel`);
  const args = expression.args.map((arg) => evaluateOperand(arg, input));
  const isScalar = args.every((arg) => arg.kind === "scalar") && definition.volatile !== true;
  // On scalars alone one row is computed; on no rows nothing, so that nothing can raise.
  const length = isScalar ? Math.min(1, input.length) : input.length;
  const result = definition.kernel(args, {
    length,
    type: expression.type,
    describe: () => formatExpression(expression),
    nowMicros: input.nowMicros,
  });
  return isScalar ? firstValue(result, input.length) : result;
}

/** A result of one row as a scalar, where its type has scalars. */
function firstValue(result: Operand, length: number): Operand {
  if (result.kind === "scalar") return result;
  if (length === 0) return result;
  const { kind } = result.type;
  if (kind === "struct" || kind === "array" || kind === "map" || kind === "variant")
    return vector(result.type, take(result.column, new Int32Array(length)));
  return scalar(result.type, valueReader(result)(0));
}

type CastExpression = Extract<BoundExpression, { kind: "cast" }>;

function evaluateCast(expression: CastExpression, input: EvaluationInput): Operand {
  const child = evaluateOperand(expression.child, input);
  const { type } = expression;
  if (child.kind === "scalar" && child.value === null) return scalar(type, null);
  const describe = (): string => formatExpression(expression);
  const cast = (column: Column): Column =>
    castColumn(column, child.type, type, { onError: expression.onError, structs: "position", describe });
  if (child.kind === "vector") return vector(type, cast(child.column));
  return input.length === 0 ? vector(type, cast(toColumn(child, 0))) : firstValue(vector(type, cast(toColumn(child, 1))), input.length);
}

/**
 * `and` and `or` from the left. An operand that can raise is evaluated only on rows that the ones before it leave open, and so is
 * any operand once these are few.
 */
function evaluateJunction(expression: CallExpression, input: EvaluationInput): Operand {
  const { length } = input;
  const isAnd = expression.name === "and";
  let truth: Truth | undefined;
  for (const arg of expression.args) {
    // Rows that are false settle an `and`, rows that are true an `or`.
    const settled = truth === undefined ? undefined : isAnd ? truth.isFalse : truth.isTrue;
    const open = settled === undefined ? length : length - countBits(settled, length);
    if (open === 0 && truth !== undefined) break;
    const partial = settled !== undefined && open < length && (open * 8 < length || canFail(arg));
    const next = partial
      ? scatteredTruth(arg, input, rowsOfBits(notBits(settled), length), isAnd)
      : truthOf(evaluateOperand(arg, input), length);
    truth = truth === undefined ? next : joinTruths(truth, next, isAnd);
  }
  return truthVector(truth ?? { isTrue: newBits(length), isFalse: newBits(length) }, length);
}

function joinTruths(a: Truth, b: Truth, isAnd: boolean): Truth {
  const bytes = a.isTrue.length;
  const [isTrue, isFalse] = [new Uint8Array(bytes), new Uint8Array(bytes)];
  for (let i = 0; i < bytes; i++) {
    const aTrue = a.isTrue[i] as number;
    const bTrue = b.isTrue[i] as number;
    const aFalse = a.isFalse[i] as number;
    const bFalse = b.isFalse[i] as number;
    isTrue[i] = isAnd ? aTrue & bTrue : aTrue | bTrue;
    isFalse[i] = isAnd ? aFalse | bFalse : aFalse & bFalse;
  }
  return { isTrue, isFalse };
}

/** The truth of an operand on some rows; the others get what leaves the outcome of the rest alone. */
function scatteredTruth(arg: BoundExpression, input: EvaluationInput, rows: Int32Array, isAnd: boolean): Truth {
  const truth = truthOf(evaluateOperand(arg, selectInput(input, rows)), rows.length);
  const neutral = newBits(input.length).fill(0xff);
  const [isTrue, isFalse] = [isAnd ? neutral : newBits(input.length), isAnd ? newBits(input.length) : neutral];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    const mask = 1 << (row & 7);
    const clear = ~mask;
    isTrue[row >> 3] = ((isTrue[row >> 3] as number) & clear) | (bitOf(truth.isTrue, i) ? mask : 0);
    isFalse[row >> 3] = ((isFalse[row >> 3] as number) & clear) | (bitOf(truth.isFalse, i) ? mask : 0);
  }
  return { isTrue, isFalse };
}

/** The same input with only some of its rows. */
function selectInput(input: EvaluationInput, rows: Int32Array): EvaluationInput {
  const taken = new Map<number, Column>();
  return {
    length: rows.length,
    nowMicros: input.nowMicros,
    column: (slot) => {
      const known = taken.get(slot) ?? take(input.column(slot), rows);
      taken.set(slot, known);
      return known;
    },
  };
}

/** Evaluates `expression` for `rows` of the result, on them alone when it may raise elsewhere or when they are few. */
function partOf(expression: BoundExpression, input: EvaluationInput, rows: Int32Array): Part {
  const all = rows.length === input.length || (!canFail(expression) && (isCheap(expression) || rows.length * 4 > input.length));
  if (all) return { operand: evaluateOperand(expression, input), rows, compact: false };
  return { operand: evaluateOperand(expression, selectInput(input, rows)), rows, compact: true };
}

function isCheap(expression: BoundExpression): boolean {
  return expression.kind === "literal" || expression.kind === "reference";
}

type CaseExpression = Extract<BoundExpression, { kind: "case" }>;

function evaluateCase(expression: CaseExpression, input: EvaluationInput): Operand {
  const { length } = input;
  let open = allRows(length);
  const parts: Part[] = [];
  for (const { when, then } of expression.branches) {
    if (open.length === 0) break;
    const condition = partOf(when, input, open);
    const [hits, misses] = splitRows(condition, open, length);
    if (hits.length > 0) parts.push(partOf(then, input, hits));
    open = misses;
  }
  if (expression.otherwise !== undefined && open.length > 0) parts.push(partOf(expression.otherwise, input, open));
  return whole(expression.type, length, parts);
}

/** The result when one part has all rows is that part's operand, scalars included. */
function whole(type: DataType, length: number, parts: readonly Part[]): Operand {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && only.rows.length === length) return only.operand;
  return combineParts(type, length, parts);
}

/** The open rows for which a condition holds, and the others. */
function splitRows(condition: Part, open: Int32Array, length: number): readonly [Int32Array, Int32Array] {
  const truth: Bits = truthOf(condition.operand, condition.compact ? open.length : length).isTrue;
  const [hits, misses] = [new Int32Array(open.length), new Int32Array(open.length)];
  let hitCount = 0;
  for (let i = 0; i < open.length; i++) {
    const row = open[i] as number;
    const bit = condition.compact ? i : row;
    if ((((truth[bit >> 3] as number) >> (bit & 7)) & 1) === 1) hits[hitCount++] = row;
    else misses[i - hitCount] = row;
  }
  return [hits.subarray(0, hitCount), misses.subarray(0, open.length - hitCount)];
}

function evaluateCoalesce(expression: CallExpression, input: EvaluationInput): Operand {
  const { length } = input;
  let open = allRows(length);
  const parts: Part[] = [];
  for (const arg of expression.args) {
    if (open.length === 0) break;
    const part = partOf(arg, input, open);
    const [found, missing] = splitNulls(part, open);
    if (found.rows.length > 0) parts.push(found);
    open = missing;
  }
  return whole(expression.type, length, parts);
}

/** The rows of a part that have a value, and the rows that are still open. */
function splitNulls(part: Part, open: Int32Array): readonly [Part, Int32Array] {
  const { operand, compact } = part;
  const none = new Int32Array(0);
  if (operand.kind === "scalar") return operand.value === null ? [{ ...part, rows: none }, open] : [part, none];
  const valid = validBits(operand.column);
  if (valid === undefined) return [part, none];
  const isValid = (i: number): boolean => {
    const bit = compact ? i : (open[i] as number);
    return (((valid[bit >> 3] as number) >> (bit & 7)) & 1) === 1;
  };
  const indexes = allRows(open.length);
  const found = indexes.filter(isValid);
  const missing = indexes.filter((i) => !isValid(i)).map((i) => open[i] as number);
  const rows = found.map((i) => open[i] as number);
  if (!compact) return [{ operand, rows, compact }, missing];
  return [{ operand: vector(operand.type, take(operand.column, found)), rows, compact }, missing];
}
