import { fitsSafeInteger, storeSafeInteger, wordsToNumber } from "../../schema/int64-words.js";
import { divisionByZero, overflow, type ArithmeticFailure, type ArithmeticName } from "./arithmetic-failure.js";
import { fitsInt64, isSmall, storeBigInt, toBigInt, type Words } from "./int64.js";
import type { Operand } from "./operand.js";
import { longsOf, type Strided } from "./readers.js";
import { fixedVector } from "./results.js";

/** Arithmetic of longs on 32-bit words; only results beyond 2^53 take the way through BigInt. */
export function longArithmetic(name: ArithmeticName, left: Operand, right: Operand, failure: ArithmeticFailure): Operand {
  const { length } = failure.call;
  const values = new BigInt64Array(length);
  const out = new Int32Array(values.buffer);
  const [a, b] = [longsOf(left), longsOf(right)];
  if (name === "+") addLoop(a, b, out, failure);
  else if (name === "-") subtractLoop(a, b, out, failure);
  else if (name === "*") multiplyLoop(a, b, out, failure);
  else divideLoop(name, a, b, out, failure);
  return fixedVector(failure.call.type, values, length, failure.valid);
}

function addLoop(a: Strided<Words>, b: Strided<Words>, out: Words, failure: ArithmeticFailure): void {
  const { values: x, step: dx } = a;
  const { values: y, step: dy } = b;
  const { length, type } = failure.call;
  for (let row = 0, i = 0, j = 0; row < length; row++, i += dx, j += dy) {
    const low = ((x[i] as number) >>> 0) + ((y[j] as number) >>> 0);
    const high = (x[i + 1] as number) + (y[j + 1] as number) + (low > 4294967295 ? 1 : 0);
    if (high < -2147483648 || high > 2147483647) overflow(failure, row, type);
    out[2 * row] = low | 0;
    out[2 * row + 1] = high | 0;
  }
}

function subtractLoop(a: Strided<Words>, b: Strided<Words>, out: Words, failure: ArithmeticFailure): void {
  const { values: x, step: dx } = a;
  const { values: y, step: dy } = b;
  const { length, type } = failure.call;
  for (let row = 0, i = 0, j = 0; row < length; row++, i += dx, j += dy) {
    const low = ((x[i] as number) >>> 0) - ((y[j] as number) >>> 0);
    const high = (x[i + 1] as number) - (y[j + 1] as number) - (low < 0 ? 1 : 0);
    if (high < -2147483648 || high > 2147483647) overflow(failure, row, type);
    out[2 * row] = low | 0;
    out[2 * row + 1] = high | 0;
  }
}

function multiplyLoop(a: Strided<Words>, b: Strided<Words>, out: Words, failure: ArithmeticFailure): void {
  const { values: x, step: dx } = a;
  const { values: y, step: dy } = b;
  const { length, type } = failure.call;
  for (let row = 0, i = 0, j = 0; row < length; row++, i += dx, j += dy) {
    const xLow = x[i] as number;
    const xHigh = x[i + 1] as number;
    const yLow = y[j] as number;
    const yHigh = y[j + 1] as number;
    const product = wordsToNumber(xLow, xHigh) * wordsToNumber(yLow, yHigh);
    // A product below 2^53 has factors below 2^53 (or a zero), so that everything was exact.
    if (product > -9007199254740992 && product < 9007199254740992 && bothSafe(xLow, xHigh, yLow, yHigh)) {
      storeSafeInteger(out, row, product);
      continue;
    }
    const exact = toBigInt(xLow, xHigh) * toBigInt(yLow, yHigh);
    if (!fitsInt64(exact)) overflow(failure, row, type);
    storeBigInt(out, row, exact);
  }
}

function bothSafe(xLow: number, xHigh: number, yLow: number, yHigh: number): boolean {
  return fitsSafeInteger(xLow, xHigh) && fitsSafeInteger(yLow, yHigh);
}

/** `div`, `%` and `pmod`. */
function divideLoop(name: ArithmeticName, a: Strided<Words>, b: Strided<Words>, out: Words, failure: ArithmeticFailure): void {
  const { values: x, step: dx } = a;
  const { values: y, step: dy } = b;
  const { length, type } = failure.call;
  for (let row = 0, i = 0, j = 0; row < length; row++, i += dx, j += dy) {
    const xLow = x[i] as number;
    const xHigh = x[i + 1] as number;
    const yLow = y[j] as number;
    const yHigh = y[j + 1] as number;
    if (yLow === 0 && yHigh === 0) {
      divisionByZero(failure, row);
    } else if (isSmall(xHigh) && isSmall(yHigh)) {
      const p = wordsToNumber(xLow, xHigh);
      const q = wordsToNumber(yLow, yHigh);
      // Below 2^52 the quotient of doubles cannot round up to the next whole number.
      const rest = p % q;
      storeSafeInteger(out, row, name === "div" ? Math.trunc(p / q) : name === "%" || rest >= 0 ? rest : (rest + q) % q);
    } else {
      const exact = divideExactly(name, toBigInt(xLow, xHigh), toBigInt(yLow, yHigh));
      if (!fitsInt64(exact)) overflow(failure, row, type);
      storeBigInt(out, row, exact);
    }
  }
}

function divideExactly(name: ArithmeticName, p: bigint, q: bigint): bigint {
  if (name === "div") return p / q;
  const rest = p % q;
  return name === "%" || rest >= 0n ? rest : (rest + q) % q;
}
