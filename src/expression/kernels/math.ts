import { fitsPrecision } from "../../schema/decimal-text.js";
import { decimalOfWords } from "../../schema/cells.js";
import type { DataType, DecimalType } from "../../schema/types.js";
import { formatFloat } from "../cast/number-text.js";
import { negate } from "./arithmetic.js";
import { overflow, type ArithmeticFailure } from "./arithmetic-failure.js";
import { allOnes, jointValidity, notBits, rowsOfBits, andBits, newBits, validBits, type Bits } from "./bitmap.js";
import { combineParts } from "./choose.js";
import { compare } from "./comparison.js";
import { fitsInt64, storeBigInt, toBigInt } from "./int64.js";
import { truthOf } from "./logic.js";
import type { KernelCall, Operand } from "./operand.js";
import { decimalWordsOf, longsOf, numbersOf, storeDecimal } from "./readers.js";
import { fixedVector, nullScalar, valuesFor } from "./results.js";
import { roundDouble, roundUnscaled, type RoundingMode } from "./rounding.js";

/** `abs`: the minus of the rows below zero. */
export function magnitude(operand: Operand, call: KernelCall): Operand {
  const { length, type } = call;
  if (type.kind === "float" || type.kind === "double") return absoluteDoubles(operand, call);
  const zero: Operand = { kind: "scalar", type, value: type.kind === "long" || type.kind === "decimal" ? 0n : 0 };
  const below = truthOf(compare("<", operand, zero, call), length).isTrue;
  const rows = rowsOfBits(below, length);
  if (rows.length === 0) return operand;
  const minus = negate(onlyRows(operand, below, length), call);
  return combineParts(type, length, [
    { operand, rows: rowsOfBits(andBits(notBits(below), validOf(operand, length)), length), compact: false },
    { operand: minus, rows, compact: false },
  ]);
}

function absoluteDoubles(operand: Operand, call: KernelCall): Operand {
  const valid = jointValidity([operand]);
  if (valid === "none") return nullScalar(call.type);
  const { values, step } = numbersOf(operand);
  const out = valuesFor(call.type, call.length) as Float64Array;
  for (let row = 0; row < call.length; row++) out[row] = Math.abs(values[row * step] as number);
  return fixedVector(call.type, out, call.length, valid);
}

function validOf(operand: Operand, length: number): Bits {
  if (operand.kind === "scalar") return operand.value === null ? newBits(length) : allOnes(length);
  return validBits(operand.column) ?? allOnes(length);
}

/** The operand with null in all rows but those of the bitmap. */
function onlyRows(operand: Operand, bits: Bits, length: number): Operand {
  return combineParts(operand.type, length, [{ operand, rows: rowsOfBits(bits, length), compact: false }]);
}

/** `ceil` and `floor` of doubles (to long, as Java converts them: held within its range) and decimals. */
export function roundToWhole(operand: Operand, mode: "ceiling" | "floor", call: KernelCall): Operand {
  const valid = jointValidity([operand]);
  if (valid === "none") return nullScalar(call.type);
  const failure: ArithmeticFailure = { valid, call };
  if (operand.type.kind === "decimal" && call.type.kind === "decimal") return roundDecimals(operand, 0, mode, failure);
  const { values, step } = numbersOf(operand);
  const out = new BigInt64Array(call.length);
  const words = new Int32Array(out.buffer);
  for (let row = 0; row < call.length; row++) {
    const value = values[row * step] as number;
    storeBigInt(words, row, longOfDouble(mode === "ceiling" ? Math.ceil(value) : Math.floor(value)));
  }
  return fixedVector(call.type, out, call.length, valid);
}

/** Java's conversion: NaN is 0, what is beyond the range its nearest end. */
function longOfDouble(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value >= 9223372036854775808) return 9223372036854775807n;
  return value <= -9223372036854775808 ? -9223372036854775808n : BigInt(value);
}

/** `round` and `bround`. */
export function roundNumbers(operand: Operand, digits: number, mode: RoundingMode, call: KernelCall): Operand {
  const valid = jointValidity([operand]);
  if (valid === "none") return nullScalar(call.type);
  const failure: ArithmeticFailure = { valid, call };
  switch (operand.type.kind) {
    case "decimal":
      return roundDecimals(operand, digits, mode, failure);
    case "float":
    case "double":
      return roundDoubles(operand, digits, mode, failure);
    default:
      return digits >= 0 ? operand : roundIntegers(operand, digits, mode, failure);
  }
}

function roundDecimals(operand: Operand, digits: number, mode: RoundingMode, failure: ArithmeticFailure): Operand {
  const { call } = failure;
  const [from, to] = [operand.type as DecimalType, call.type as DecimalType];
  const { values, step } = decimalWordsOf(operand);
  const out = new Uint32Array(call.length * 4);
  const words = new Int32Array(out.buffer);
  for (let row = 0; row < call.length; row++) {
    const value = roundUnscaled(decimalOfWords(values, row * step), from.scale, digits, to.scale, mode);
    if (!fitsPrecision(value, to.precision)) overflow(failure, row, to);
    else storeDecimal(words, row, value);
  }
  return fixedVector(call.type, out, call.length, failure.valid);
}

function roundDoubles(operand: Operand, digits: number, mode: RoundingMode, failure: ArithmeticFailure): Operand {
  const { call, valid } = failure;
  const { values, step } = numbersOf(operand);
  const out = valuesFor(call.type, call.length) as Float64Array;
  // Java rounds a float by the fewest digits that tell it from other floats.
  const spelled =
    operand.type.kind === "float" ? (value: number): number => (Number.isFinite(value) ? Number(formatFloat(value)) : value) : undefined;
  for (let row = 0; row < call.length; row++) {
    const value = values[row * step] as number;
    out[row] = roundDouble(spelled === undefined ? value : spelled(value), digits, mode);
  }
  return fixedVector(call.type, out, call.length, valid);
}

const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  byte: [-128n, 127n],
  short: [-32768n, 32767n],
  int: [-2147483648n, 2147483647n],
};

/** Whole numbers rounded to tens, hundreds, … */
function roundIntegers(operand: Operand, digits: number, mode: RoundingMode, failure: ArithmeticFailure): Operand {
  const { call, valid } = failure;
  const out = valuesFor(call.type, call.length);
  const read = integerReader(operand);
  for (let row = 0; row < call.length; row++) {
    const value = roundUnscaled(read(row), 0, Math.max(digits, -30), 0, mode);
    if (!fitsInteger(value, call.type)) overflow(failure, row, call.type);
    else if (out instanceof BigInt64Array) out[row] = value;
    else out[row] = Number(value);
  }
  return fixedVector(call.type, out, call.length, valid);
}

function integerReader(operand: Operand): (row: number) => bigint {
  if (operand.type.kind === "long") {
    const { values, step } = longsOf(operand);
    return (row) => toBigInt(values[row * step] as number, values[row * step + 1] as number);
  }
  const { values, step } = numbersOf(operand);
  return (row) => BigInt(values[row * step] as number);
}

function fitsInteger(value: bigint, type: DataType): boolean {
  const range = RANGES[type.kind];
  return range === undefined ? fitsInt64(value) : value >= range[0] && value <= range[1];
}
