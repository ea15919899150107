import { assert } from "../../base/assert.js";
import { decimalOfWords } from "../../schema/cells.js";
import { fitsPrecision, powerOfTen } from "../../schema/decimal-text.js";
import { wordsToNumber } from "../../schema/int64-words.js";
import type { DecimalType } from "../../schema/types.js";
import { divisionByZero, overflow, type ArithmeticFailure, type ArithmeticName } from "./arithmetic-failure.js";
import { fitsInt64, isSmall, storeBigInt } from "./int64.js";
import type { Operand } from "./operand.js";
import { decimalWordsOf, storeDecimal } from "./readers.js";
import { fixedVector, valuesFor } from "./results.js";

/** The most digits whose every number is a safe integer. */
export const SAFE_DIGITS = 15;

/**
 * `+ - * / % pmod` of decimals. The result type says how many digits are kept: the exact result is rounded half up to its scale,
 * and raises when it has too many digits.
 */
export function decimalArithmetic(name: ArithmeticName, left: Operand, right: Operand, failure: ArithmeticFailure): Operand {
  const { type, length } = failure.call;
  const [a, b] = [left.type, right.type];
  assert(a.kind === "decimal" && b.kind === "decimal" && type.kind === "decimal", "decimal arithmetic has decimal operands");
  const values = valuesFor(type, length) as Uint32Array;
  const out = new Int32Array(values.buffer);
  const small = Math.max(a.precision, b.precision, type.precision) <= SAFE_DIGITS;
  const exactScale = name === "*" ? a.scale + b.scale : Math.max(a.scale, b.scale);
  if (small && (name === "+" || name === "-" || name === "*") && exactScale === type.scale) smallLoop(name, left, right, out, failure);
  else exactLoop(name, left, right, out, failure);
  return fixedVector(type, values, length, failure.valid);
}

/** Operands and result have at most 15 digits: safe integers throughout. */
function smallLoop(name: "+" | "-" | "*", left: Operand, right: Operand, out: Int32Array, failure: ArithmeticFailure): void {
  const { values: x, step: dx } = decimalWordsOf(left);
  const { values: y, step: dy } = decimalWordsOf(right);
  const { length } = failure.call;
  const { scale } = failure.call.type as DecimalType;
  const factorX = name === "*" ? 1 : 10 ** (scale - (left.type as DecimalType).scale);
  const factorY = name === "*" ? 1 : 10 ** (scale - (right.type as DecimalType).scale);
  for (let row = 0, i = 0, j = 0; row < length; row++, i += dx, j += dy) {
    const a = wordsToNumber(x[i] as number, x[i + 1] as number) * factorX;
    const b = wordsToNumber(y[j] as number, y[j + 1] as number) * factorY;
    storeSmallDecimal(out, row, name === "+" ? a + b : name === "-" ? a - b : a * b);
  }
}

/** Stores a safe integer as a decimal. */
export function storeSmallDecimal(words: Int32Array, row: number, value: number): void {
  const high = Math.floor(value / 4294967296);
  words[4 * row] = value - high * 4294967296;
  words[4 * row + 1] = high;
  words[4 * row + 2] = words[4 * row + 3] = value < 0 ? -1 : 0;
}

function exactLoop(name: ArithmeticName, left: Operand, right: Operand, out: Int32Array, failure: ArithmeticFailure): void {
  const { values: x, step: dx } = decimalWordsOf(left);
  const { values: y, step: dy } = decimalWordsOf(right);
  const { length } = failure.call;
  const type = failure.call.type as DecimalType;
  const operation = exactOperation(name, left.type as DecimalType, right.type as DecimalType, type);
  const small = smallOperation(name, left.type as DecimalType, right.type as DecimalType, type);
  for (let row = 0, i = 0, j = 0; row < length; row++, i += dx, j += dy) {
    if (small !== undefined && isSafe(x, i) && isSafe(y, j)) {
      const result = small(wordsToNumber(x[i] as number, x[i + 1] as number), wordsToNumber(y[j] as number, y[j + 1] as number));
      if (!Number.isNaN(result)) {
        storeSmallDecimal(out, row, result);
        continue;
      }
    }
    const divisor = decimalOfWords(y, j);
    if (divisor === 0n && name !== "+" && name !== "-" && name !== "*") {
      divisionByZero(failure, row);
      continue;
    }
    const result = operation(decimalOfWords(x, i), divisor);
    if (!fitsPrecision(result, type.precision)) overflow(failure, row, type);
    else storeDecimal(out, row, result);
  }
}

/** Whether a decimal is within ±2^52. */
function isSafe(words: Int32Array, at: number): boolean {
  const high = words[at + 1] as number;
  const sign = high >> 31;
  return words[at + 2] === sign && words[at + 3] === sign && isSmall(high);
}

const LARGEST_EXACT = 2 ** 52;

/** The operation on safe integers, NaN where it needs more digits than a double has; `undefined` when it must round in other ways. */
function smallOperation(
  name: ArithmeticName,
  a: DecimalType,
  b: DecimalType,
  type: DecimalType,
): ((x: number, y: number) => number) | undefined {
  const limit = type.precision > SAFE_DIGITS ? LARGEST_EXACT : Math.min(LARGEST_EXACT, 10 ** type.precision - 1);
  const fitting = (value: number): number => (Math.abs(value) <= limit ? value : NaN);
  const scale = Math.max(a.scale, b.scale);
  const [factorX, factorY] = [10 ** (scale - a.scale), 10 ** (scale - b.scale)];
  if ((name === "+" || name === "-") && type.scale === scale && scale <= SAFE_DIGITS) {
    return (x, y) => {
      const [p, q] = [x * factorX, name === "+" ? y * factorY : -y * factorY];
      return Math.abs(p) <= LARGEST_EXACT && Math.abs(q) <= LARGEST_EXACT ? fitting(p + q) : NaN;
    };
  }
  if (name === "*" && type.scale === a.scale + b.scale) return (x, y) => fitting(x * y);
  const shift = type.scale + b.scale - a.scale;
  if (name !== "/" || shift < 0 || shift > SAFE_DIGITS) return undefined;
  const factor = 10 ** shift;
  return (x, y) => {
    const numerator = x * factor;
    if (y === 0 || Math.abs(numerator) > LARGEST_EXACT) return NaN;
    const quotient = Math.trunc(numerator / y);
    if (2 * Math.abs(numerator % y) < Math.abs(y)) return fitting(quotient);
    return fitting(numerator < 0 === y < 0 ? quotient + 1 : quotient - 1);
  };
}

/** The operation on unscaled values, its result at the scale of `type`. */
function exactOperation(name: ArithmeticName, a: DecimalType, b: DecimalType, type: DecimalType): (x: bigint, y: bigint) => bigint {
  const scale = Math.max(a.scale, b.scale);
  const [factorX, factorY] = [powerOfTen(scale - a.scale), powerOfTen(scale - b.scale)];
  switch (name) {
    case "+":
      return (x, y) => roundScale(x * factorX + y * factorY, scale, type.scale);
    case "-":
      return (x, y) => roundScale(x * factorX - y * factorY, scale, type.scale);
    case "*":
      return (x, y) => multiplyAsSpark(x * y, a.scale + b.scale, type.scale);
    case "/": {
      // Spark divides to 39 digits after the point, half up, and rounds that to the type.
      const shift = powerOfTen(Math.max(0, 39 + b.scale - a.scale));
      const unshift = powerOfTen(Math.max(0, a.scale - b.scale - 39));
      return (x, y) => roundScale(divideHalfUp(x * shift, y * unshift), 39, type.scale);
    }
    case "%":
      return (x, y) => roundScale((x * factorX) % (y * factorY), scale, type.scale);
    default:
      return (x, y) => {
        const divisor = y * factorY;
        const rest = (x * factorX) % divisor;
        return roundScale(rest < 0n ? (rest + divisor) % divisor : rest, scale, type.scale);
      };
  }
}

/** Spark rounds a product to 38 digits before it rounds it to the scale of the type. */
function multiplyAsSpark(product: bigint, scale: number, wanted: number): bigint {
  const digits = product === 0n ? 1 : String(product < 0n ? -product : product).length;
  if (digits <= 38) return roundScale(product, scale, wanted);
  const shortened = scale - (digits - 38);
  if (shortened < 0) return roundScale(product, scale, wanted);
  return roundScale(roundScale(product, scale, shortened), shortened, wanted);
}

/** The unscaled value at another scale, rounded half up (away from zero). */
export function roundScale(unscaled: bigint, from: number, to: number): bigint {
  if (to >= from) return unscaled * powerOfTen(to - from);
  return divideHalfUp(unscaled, powerOfTen(from - to));
}

export function divideHalfUp(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  const rest = a % b;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice < (b < 0n ? -b : b)) return quotient;
  return a < 0n === b < 0n ? quotient + 1n : quotient - 1n;
}

/** `div` of decimals: the whole part of the quotient, as a long. */
export function decimalDiv(left: Operand, right: Operand, failure: ArithmeticFailure): Operand {
  const [a, b] = [left.type as DecimalType, right.type as DecimalType];
  const { length, type } = failure.call;
  const scale = Math.max(a.scale, b.scale);
  const [factorX, factorY] = [powerOfTen(scale - a.scale), powerOfTen(scale - b.scale)];
  const { values: x, step: dx } = decimalWordsOf(left);
  const { values: y, step: dy } = decimalWordsOf(right);
  const values = new BigInt64Array(length);
  const out = new Int32Array(values.buffer);
  for (let row = 0, i = 0, j = 0; row < length; row++, i += dx, j += dy) {
    const divisor = decimalOfWords(y, j) * factorY;
    if (divisor === 0n) {
      divisionByZero(failure, row);
      continue;
    }
    const quotient = (decimalOfWords(x, i) * factorX) / divisor;
    if (!fitsInt64(quotient)) overflow(failure, row, type);
    else storeBigInt(out, row, quotient);
  }
  return fixedVector(type, values, length, failure.valid);
}
