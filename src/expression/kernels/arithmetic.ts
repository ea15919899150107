import type { DataType } from "../../schema/types.js";
import { divisionByZero, overflow, type ArithmeticFailure, type ArithmeticName } from "./arithmetic-failure.js";
import { bitOf, clearBit, jointValidity, type Bits } from "./bitmap.js";
import { decimalArithmetic, decimalDiv } from "./decimal.js";
import { evaluationError } from "./failure.js";
import { longArithmetic } from "./long-arithmetic.js";
import type { KernelCall, Operand } from "./operand.js";
import { numbersOf, type NumberArray } from "./readers.js";
import { fixedVector, nullScalar, valuesFor } from "./results.js";

/**
 * Arithmetic as Spark's ANSI mode does it: both operands have one type (for `/` double or decimal, for `div` any), overflow and
 * division by zero raise.
 */
export function arithmetic(name: ArithmeticName, left: Operand, right: Operand, call: KernelCall): Operand {
  const valid = jointValidity([left, right]);
  if (valid === "none") return nullScalar(call.type);
  const { kind } = left.type;
  const failure: ArithmeticFailure = { valid, call };
  if (kind === "decimal" && left.type.kind === "decimal" && right.type.kind === "decimal") {
    return name === "div" ? decimalDiv(left, right, failure) : decimalArithmetic(name, left, right, failure);
  }
  if (kind === "long") return longArithmetic(name, left, right, failure);
  const values = valuesFor(call.type, call.length);
  if (kind === "float" || kind === "double") floatingLoop(name, left, right, values as Float64Array, failure);
  else integerLoop(name, left, right, values as Int32Array, failure);
  return fixedVector(call.type, values, call.length, valid);
}

/** Float and double; a Float32Array rounds what is stored to float. */
function floatingLoop(name: ArithmeticName, left: Operand, right: Operand, out: Float64Array, failure: ArithmeticFailure): void {
  const { values: x, step: dx } = numbersOf(left);
  const { values: y, step: dy } = numbersOf(right);
  const { length } = failure.call;
  switch (name) {
    case "+":
      for (let row = 0, i = 0, j = 0; row < length; row++, i += dx, j += dy) out[row] = (x[i] as number) + (y[j] as number);
      return;
    case "-":
      for (let row = 0, i = 0, j = 0; row < length; row++, i += dx, j += dy) out[row] = (x[i] as number) - (y[j] as number);
      return;
    case "*":
      for (let row = 0, i = 0, j = 0; row < length; row++, i += dx, j += dy) out[row] = (x[i] as number) * (y[j] as number);
      return;
    default:
      divideFloating(name, { x, dx, y, dy }, out, failure);
  }
}

interface Pair {
  readonly x: NumberArray;
  readonly dx: number;
  readonly y: NumberArray;
  readonly dy: number;
}

function divideFloating(name: ArithmeticName, pair: Pair, out: Float64Array, failure: ArithmeticFailure): void {
  const { x, dx, y, dy } = pair;
  const { length } = failure.call;
  for (let row = 0, i = 0, j = 0; row < length; row++, i += dx, j += dy) {
    const a = x[i] as number;
    const b = y[j] as number;
    if (b === 0) divisionByZero(failure, row);
    out[row] = name === "/" ? a / b : name === "%" ? a % b : positiveModulo(a, b);
  }
}

function positiveModulo(a: number, b: number): number {
  const rest = a % b;
  return rest < 0 ? (rest + b) % b : rest;
}

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  byte: [-128, 127],
  short: [-32768, 32767],
  int: [-2147483648, 2147483647],
};

/** byte, short and int: a double holds every result that fits, and shows every one that does not. */
function integerLoop(name: ArithmeticName, left: Operand, right: Operand, out: Int32Array, failure: ArithmeticFailure): void {
  const { values: x, step: dx } = numbersOf(left);
  const { values: y, step: dy } = numbersOf(right);
  const { length, type } = failure.call;
  const [min, max] = RANGES[type.kind] ?? [-2147483648, 2147483647];
  if (name !== "+" && name !== "-" && name !== "*") {
    for (let row = 0, i = 0, j = 0; row < length; row++, i += dx, j += dy) {
      const a = x[i] as number;
      const b = y[j] as number;
      if (b === 0) divisionByZero(failure, row);
      else out[row] = name === "%" ? a % b : positiveModulo(a, b);
    }
    return;
  }
  for (let row = 0, i = 0, j = 0; row < length; row++, i += dx, j += dy) {
    const a = x[i] as number;
    const b = y[j] as number;
    const result = name === "+" ? a + b : name === "-" ? a - b : a * b;
    if (result < min || result > max) overflow(failure, row, type);
    out[row] = result;
  }
}

/** `-x`. */
export function negate(child: Operand, call: KernelCall): Operand {
  const zero: Operand =
    child.type.kind === "long" || child.type.kind === "decimal"
      ? { kind: "scalar", type: child.type, value: 0n }
      : { kind: "scalar", type: child.type, value: -0 };
  return arithmetic("-", zero, child, call);
}

/** A validity that a kernel may clear bits of, for the rows where it finds no result. */
export function clearable(valid: Bits | undefined, length: number): { bits: Bits; clear(row: number): void } {
  const bits = valid === undefined ? new Uint8Array((length + 7) >> 3).fill(0xff) : valid.slice();
  return { bits, clear: (row) => clearBit(bits, row) };
}
