import { types } from "../../schema/data-types.js";
import { allOnes, andBits, jointValidity, newBits, notBits, rowsOfBits, validBits, type Bits } from "./bitmap.js";
import { combineParts } from "./choose.js";
import { compare } from "./comparison.js";
import { truthOf } from "./logic.js";
import type { Kernel, KernelCall, Operand } from "./operand.js";
import { numbersOf } from "./readers.js";
import { booleanVector } from "./results.js";

/** `greatest` and `least`: nulls are passed over, NaN is the greatest number. */
export function extremum(name: "greatest" | "least", args: readonly Operand[], call: KernelCall): Operand {
  const [first, ...rest] = args;
  let best = first as Operand;
  for (const next of rest) best = pickOf(name, best, next, call);
  return best;
}

function pickOf(name: "greatest" | "least", best: Operand, next: Operand, call: KernelCall): Operand {
  const { length } = call;
  const [bestValid, nextValid] = [validityOrAll(best, length), validityOrAll(next, length)];
  const beats = truthOf(compare(name === "greatest" ? "<" : ">", best, next, call), length).isTrue;
  const takeNext = newBits(length);
  for (let i = 0; i < takeNext.length; i++) takeNext[i] = (nextValid[i] as number) & ((beats[i] as number) | ~(bestValid[i] as number));
  const keep = andBits(notBits(takeNext), bestValid);
  return combineParts(call.type, length, [
    { operand: best, rows: rowsOfBits(keep, length), compact: false },
    { operand: next, rows: rowsOfBits(takeNext, length), compact: false },
  ]);
}

function validityOrAll(operand: Operand, length: number): Bits {
  if (operand.kind === "scalar") return operand.value === null ? newBits(length) : allOnes(length);
  return validBits(operand.column) ?? allOnes(length);
}

/** Never null: null is not NaN. */
export const isNaN: Kernel = (args, { length }) => {
  const operand = args[0] as Operand;
  const valid = jointValidity([operand]);
  if (valid === "none") return { kind: "scalar", type: types.boolean, value: false };
  const { values, step } = numbersOf(operand);
  const bits = newBits(length);
  for (let row = 0, i = 0; row < length; row++, i += step) {
    if (Number.isNaN(values[i])) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
  }
  return booleanVector(valid === undefined ? bits : andBits(bits, valid), length, undefined);
};
