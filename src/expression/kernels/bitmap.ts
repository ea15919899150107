import { validityOf } from "../../columnar/access.js";
import { allValid, type Validity } from "../../columnar/assemble.js";
import { copyBits } from "../../columnar/bits.js";
import type { Column } from "../../columnar/column.js";
import type { Operand } from "./operand.js";

/** Bitmaps here begin at bit 0; bits past the last row may hold anything. */
export type Bits = Uint8Array;

export function newBits(length: number): Bits {
  return new Uint8Array((length + 7) >> 3);
}

/** `bits` from bit `offset` on as a bitmap of `length` rows; a copy only when it must be shifted. */
export function alignBits(bits: Uint8Array, offset: number, length: number): Bits {
  if ((offset & 7) === 0) return bits.subarray(offset >> 3, (offset + length + 7) >> 3);
  const out = newBits(length);
  copyBits(bits, offset, out, 0, length);
  return out;
}

/** The validity of a column, or `undefined` when no row is null. */
export function validBits(column: Column): Bits | undefined {
  if (column.typeId === NULL_TYPE_ID) return newBits(column.length);
  const bits = validityOf(column);
  return bits === undefined ? undefined : alignBits(bits, column.offset, column.length);
}

const NULL_TYPE_ID = 1;

/** The values of a boolean column. */
export function valueBits(column: Column): Bits {
  return alignBits(column.values as Uint8Array, column.offset, column.length);
}

export function bitOf(bits: Bits, row: number): boolean {
  return (((bits[row >> 3] as number) >> (row & 7)) & 1) === 1;
}

export function clearBit(bits: Bits, row: number): void {
  bits[row >> 3] = (bits[row >> 3] as number) & ~(1 << (row & 7));
}

export function andBits(a: Bits, b: Bits): Bits {
  const out = new Uint8Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = (a[i] as number) & (b[i] as number);
  return out;
}

export function notBits(a: Bits): Bits {
  const out = new Uint8Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = ~(a[i] as number);
  return out;
}

export function allOnes(length: number): Bits {
  return newBits(length).fill(0xff);
}

const POPCOUNT = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll("0", "").length);

export function countBits(bits: Bits, length: number): number {
  const whole = length >> 3;
  let count = 0;
  for (let i = 0; i < whole; i++) count += POPCOUNT[bits[i] as number] as number;
  if ((length & 7) !== 0) count += POPCOUNT[(bits[whole] as number) & ((1 << (length & 7)) - 1)] as number;
  return count;
}

/** The rows whose bit is set, ascending. */
export function rowsOfBits(bits: Bits, length: number): Int32Array {
  const rows = new Int32Array(countBits(bits, length));
  let count = 0;
  for (let start = 0; start < length; start += 8) {
    const byte = bits[start >> 3] as number;
    if (byte === 0) continue;
    const end = Math.min(length, start + 8);
    for (let row = start; row < end; row++) if (((byte >> (row & 7)) & 1) === 1) rows[count++] = row;
  }
  return rows;
}

export function validity(bits: Bits | undefined): Validity {
  return bits === undefined ? allValid : { bits, nullCount: -1 };
}

/** Rows in which no operand is null: `undefined` means all rows, `"none"` that a scalar operand is null. */
export function jointValidity(operands: readonly Operand[]): Bits | undefined | "none" {
  let joint: Bits | undefined;
  for (const operand of operands) {
    if (operand.kind === "scalar") {
      if (operand.value === null) return "none";
      continue;
    }
    const bits = validBits(operand.column);
    if (bits !== undefined) joint = joint === undefined ? bits : andBits(joint, bits);
  }
  return joint;
}
