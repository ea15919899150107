import { types } from "../../schema/data-types.js";
import { allOnes, andBits, newBits, notBits, validBits, type Bits } from "./bitmap.js";
import { booleanBits } from "./comparison.js";
import { scalar, type Kernel, type Operand } from "./operand.js";
import { booleanVector } from "./results.js";

/** A boolean column in two bitmaps: where it is true and where it is false; null where neither. */
export interface Truth {
  readonly isTrue: Bits;
  readonly isFalse: Bits;
}

export function truthOf(operand: Operand, length: number): Truth {
  if (operand.kind === "scalar") {
    const isTrue = operand.value === true ? allOnes(length) : newBits(length);
    return { isTrue, isFalse: operand.value === false ? allOnes(length) : newBits(length) };
  }
  if (operand.type.kind === "void") return { isTrue: newBits(length), isFalse: newBits(length) };
  const values = booleanBits(operand, length);
  const valid = validBits(operand.column);
  if (valid === undefined) return { isTrue: values, isFalse: notBits(values) };
  return { isTrue: andBits(values, valid), isFalse: andBits(notBits(values), valid) };
}

/** The column of a truth. */
export function truthVector(truth: Truth, length: number): Operand {
  const { isTrue, isFalse } = truth;
  const valid = newBits(length);
  for (let i = 0; i < valid.length; i++) valid[i] = (isTrue[i] as number) | (isFalse[i] as number);
  return booleanVector(isTrue, length, valid);
}

export const not: Kernel = ([child], { length }) => {
  if (child === undefined || child.type.kind === "void") return scalar(types.boolean, null);
  if (child.kind === "scalar") return scalar(types.boolean, child.value === null ? null : child.value !== true);
  return booleanVector(notBits(booleanBits(child, length)), length, validBits(child.column));
};

export const isNull: Kernel = ([child], { length }) => nullTest(child, length, true);
export const isNotNull: Kernel = ([child], { length }) => nullTest(child, length, false);

function nullTest(child: Operand | undefined, length: number, wanted: boolean): Operand {
  if (child === undefined || child.kind === "scalar") return scalar(types.boolean, (child?.value ?? null) === null ? wanted : !wanted);
  const valid = validBits(child.column);
  if (valid === undefined) return scalar(types.boolean, !wanted);
  return booleanVector(wanted ? notBits(valid) : valid, length, undefined);
}

export const isTrue: Kernel = ([child], { length }) => {
  if (child === undefined || child.kind === "scalar") return scalar(types.boolean, child?.value === true);
  return booleanVector(truthOf(child, length).isTrue, length, undefined);
};

export const isFalse: Kernel = ([child], { length }) => {
  if (child === undefined || child.kind === "scalar") return scalar(types.boolean, child?.value === false);
  return booleanVector(truthOf(child, length).isFalse, length, undefined);
};
