import { decimalOfWords } from "../../schema/cells.js";
import { fitsSafeInteger, wordsToNumber } from "../../schema/int64-words.js";
import { types } from "../../schema/data-types.js";
import type { Value } from "../../schema/value.js";
import { allOnes, newBits, validBits, type Bits } from "./bitmap.js";
import { compare } from "./comparison.js";
import { toBigInt } from "./int64.js";
import { truthOf, truthVector } from "./logic.js";
import { scalar, type Kernel, type KernelCall, type Operand } from "./operand.js";
import { bytesOperand, decimalWordsOf, longsOf, numbersOf, type StridedBytes } from "./readers.js";
import { booleanVector } from "./results.js";

/** `x IN (…)`: true on a match, else null when the value or one of the list is null, else false. */
export const inList: Kernel = (args, call) => {
  const [value, ...list] = args as [Operand, ...Operand[]];
  const { length } = call;
  if (list.length === 0) return scalar(types.boolean, false);
  if (value.kind === "scalar" && value.value === null) return scalar(types.boolean, null);
  const constants: Value[] = [];
  for (const item of list) if (item.kind === "scalar" && item.value !== null) constants.push(item.value);
  const hasNull = list.some((item) => item.kind === "scalar" && item.value === null);
  const vectors = list.filter((item) => item.kind === "vector");
  const contains = membership(value, constants);
  if (vectors.length > 0 || contains === undefined || constants.length <= 2) return anyEqual(value, list, call);
  const bits = newBits(length);
  const step = value.kind === "scalar" ? 0 : 1;
  for (let row = 0; row < length; row++) if (contains(row * step)) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
  const valid = value.kind === "vector" ? validBits(value.column) : undefined;
  if (!hasNull) return booleanVector(bits, length, valid);
  return booleanVector(bits, length, valid === undefined ? bits : intersect(bits, valid));
};

function intersect(a: Bits, b: Bits): Bits {
  const out = new Uint8Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = (a[i] as number) & (b[i] as number);
  return out;
}

/** Short lists, and lists of columns: one comparison each. */
function anyEqual(value: Operand, list: readonly Operand[], call: KernelCall): Operand {
  const { length } = call;
  const isTrue = newBits(length);
  const isFalse = allOnes(length);
  for (const item of list) {
    const truth = truthOf(compare("=", value, item, call), length);
    for (let i = 0; i < isTrue.length; i++) {
      isTrue[i] = (isTrue[i] as number) | (truth.isTrue[i] as number);
      isFalse[i] = (isFalse[i] as number) & (truth.isFalse[i] as number);
    }
  }
  return truthVector({ isTrue, isFalse }, length);
}

/** Whether the value of a row is one of the constants; `undefined` for types that have no hash here. */
function membership(value: Operand, constants: readonly Value[]): ((row: number) => boolean) | undefined {
  switch (value.type.kind) {
    case "byte":
    case "short":
    case "int":
    case "date":
    case "float":
    case "double": {
      const { values } = numbersOf(value);
      // A Set finds NaN and takes -0 for 0, as Spark does.
      const set = new Set(constants as number[]);
      return (row) => set.has(values[row] as number);
    }
    case "long":
    case "timestamp":
    case "timestamp_ntz":
      return longMembership(longsOf(value).values, constants as bigint[]);
    case "decimal": {
      const { values } = decimalWordsOf(value);
      const set = new Set(constants as bigint[]);
      return (row) => set.has(decimalOfWords(values, 4 * row));
    }
    case "string":
      return bytesMembership(
        bytesOperand(value),
        constants.map((each) => new TextEncoder().encode(String(each))),
      );
    case "binary":
      return bytesMembership(bytesOperand(value), constants as Uint8Array[]);
    default:
      return undefined;
  }
}

/** Finds bytes without making strings of them. */
function bytesMembership(value: StridedBytes, constants: readonly Uint8Array[]): (row: number) => boolean {
  const buckets = new Map<number, Uint8Array[]>();
  for (const constant of constants) {
    const hash = hashBytes(constant, 0, constant.length);
    buckets.set(hash, [...(buckets.get(hash) ?? []), constant]);
  }
  const { bytes, offsets } = value;
  return (row) => {
    const start = offsets[row] as number;
    const end = offsets[row + 1] as number;
    const bucket = buckets.get(hashBytes(bytes, start, end));
    return bucket !== undefined && bucket.some((constant) => sameBytes(bytes, start, end, constant));
  };
}

/** FNV-1a, kept small enough to be a small integer of V8. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash >> 2;
}

function sameBytes(bytes: Uint8Array, start: number, end: number, other: Uint8Array): boolean {
  if (end - start !== other.length) return false;
  for (let i = 0; i < other.length; i++) if (bytes[start + i] !== other[i]) return false;
  return true;
}

function longMembership(words: Int32Array, constants: readonly bigint[]): (row: number) => boolean {
  const small = new Set<number>();
  const large = new Set<bigint>();
  for (const constant of constants) {
    if (constant > -9007199254740992n && constant < 9007199254740992n) small.add(Number(constant));
    else large.add(constant);
  }
  return (row) => {
    const low = words[2 * row] as number;
    const high = words[2 * row + 1] as number;
    return fitsSafeInteger(low, high) ? small.has(wordsToNumber(low, high)) : large.size > 0 && large.has(toBigInt(low, high));
  };
}
