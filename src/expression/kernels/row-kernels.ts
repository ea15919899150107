import { bitOf, clearBit, jointValidity, newBits, type Bits } from "./bitmap.js";
import { storeBigInt } from "./int64.js";
import type { Kernel, KernelCall, Operand } from "./operand.js";
import { booleanVector, bytesBuilder, fixedVector, nullScalar, valuesFor } from "./results.js";

/**
 * Kernels that look at one row at a time. `prepare` makes the readers of the operands once; what it returns computes a row in
 * which no operand is null. `undefined` makes the row null.
 */
export type RowOf<T> = (row: number) => T | undefined;
export type Prepare<T> = (args: readonly Operand[], call: KernelCall) => RowOf<T>;

/** For results of byte, short, int, date, float and double. */
export function numberKernel(prepare: Prepare<number>): Kernel {
  return (args, call) => {
    const values = valuesFor(call.type, call.length) as Float64Array;
    return eachRow(
      prepare,
      args,
      call,
      (row, value) => (values[row] = value),
      (valid) => fixedVector(call.type, values, call.length, valid),
    );
  };
}

/** For results of long, timestamp and timestamp_ntz. */
export function longKernel(prepare: Prepare<bigint>): Kernel {
  return (args, call) => {
    const values = new BigInt64Array(call.length);
    const words = new Int32Array(values.buffer);
    return eachRow(
      prepare,
      args,
      call,
      (row, value) => storeBigInt(words, row, value),
      (valid) => fixedVector(call.type, values, call.length, valid),
    );
  };
}

export function booleanKernel(prepare: Prepare<boolean>): Kernel {
  return (args, call) => {
    const bits = newBits(call.length);
    const store = (row: number, value: boolean): void => {
      if (value) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
    };
    return eachRow(prepare, args, call, store, (valid) => booleanVector(bits, call.length, valid));
  };
}

export function textKernel(prepare: Prepare<string>): Kernel {
  return (args, call) => {
    const builder = bytesBuilder(call.length);
    const store = (_: number, value: string): void => builder.append(value);
    return eachRow(
      prepare,
      args,
      call,
      store,
      (valid) => builder.finish(call.type, valid),
      () => builder.appendEmpty(),
    );
  };
}

function eachRow<T>(
  prepare: Prepare<T>,
  args: readonly Operand[],
  call: KernelCall,
  store: (row: number, value: T) => void,
  finish: (valid: Bits | undefined) => Operand,
  skip?: () => void,
): Operand {
  const joint = jointValidity(args);
  if (joint === "none") return nullScalar(call.type);
  const compute = prepare(args, call);
  let valid: Bits | undefined = joint;
  for (let row = 0; row < call.length; row++) {
    const value = joint !== undefined && !bitOf(joint, row) ? undefined : compute(row);
    if (value !== undefined) {
      store(row, value);
      continue;
    }
    skip?.();
    if (joint === undefined || bitOf(joint, row)) {
      // A null of the function's own needs a bitmap that is not the operand's.
      if (valid === joint) valid = joint?.slice() ?? newBits(call.length).fill(0xff);
      clearBit(valid as Bits, row);
    }
  }
  return finish(valid);
}

/** The operand at a place that the arity promises. */
export function operandAt(args: readonly Operand[], index: number): Operand {
  return args[index] as Operand;
}
