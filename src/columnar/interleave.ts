import { assert, unreachable } from "../base/assert.js";
import { allocateLike, bitAt, bytesOf, bytesPerValue, fixedView, layoutOf, nullCountOf, offsetsOf, unitsOf, validityOf, type Units } from "./access.js";
import { allValid, assemble, assembleNull, assertOffsetRange, validityFrom, type Validity } from "./assemble.js";
import { copyBytes } from "./bits.js";
import type { Column } from "./column.js";
import { take } from "./take.js";

/** Where each row of an interleaved column comes from: row `rows[i]` of column `choice[i]`; row -1 makes a null. */
interface Picks {
  readonly choice: Uint8Array | Uint16Array | Int32Array;
  readonly rows: Int32Array;
}

/**
 * Row i of the result is row `rows[i]` of `columns[choice[i]]`, null for row -1. The columns have one type.
 * This is how rows of several batches are mixed without looking at one value at a time.
 */
export function interleave(columns: readonly Column[], choice: Uint8Array | Uint16Array | Int32Array, rows: Int32Array): Column {
  const [first] = columns;
  assert(first !== undefined, "there is a column to interleave");
  if (columns.length === 1) return take(first, rows);
  const { length } = rows;
  const picks: Picks = { choice, rows };
  const layout = layoutOf(first.type);
  if (layout === "null") return assembleNull(first.type, length);
  const validity = pickValidity(columns, picks);
  switch (layout) {
    case "bool":
      return assemble(first.type, length, validity, { values: pickBools(columns, picks) });
    case "fixed":
      return assemble(first.type, length, validity, { values: pickFixed(columns, first, picks) });
    case "bytes":
      return pickBytes(columns, first, picks, validity);
    case "list":
      return pickLists(columns, first, picks, validity);
    case "struct": {
      const children = first.children.map((_, index) => interleave(columns.map((column) => column.children[index] as Column), choice, rows));
      return assemble(first.type, length, validity, { children });
    }
    default:
      return unreachable(layout);
  }
}

function pickValidity(columns: readonly Column[], { choice, rows }: Picks): Validity {
  const { length } = rows;
  const bitmaps = columns.map(validityOf);
  const starts = columns.map((column) => column.offset);
  if (columns.every((column) => nullCountOf(column) === 0) && rows.every((row) => row >= 0)) return allValid;
  const out = new Uint8Array((length + 7) >> 3);
  let valid = 0;
  for (let i = 0; i < length; i++) {
    const row = rows[i] as number;
    if (row < 0) continue;
    const from = choice[i] as number;
    const bits = bitmaps[from];
    const at = (starts[from] as number) + row;
    if (bits !== undefined && (((bits[at >> 3] as number) >> (at & 7)) & 1) === 0) continue;
    out[i >> 3] = (out[i >> 3] as number) | (1 << (i & 7));
    valid++;
  }
  return validityFrom(out, valid, length);
}

function pickBools(columns: readonly Column[], { choice, rows }: Picks): Uint8Array {
  const out = new Uint8Array((rows.length + 7) >> 3);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    if (row < 0) continue;
    const column = columns[choice[i] as number] as Column;
    if (bitAt(column.values as Uint8Array, column.offset + row)) out[i >> 3] = (out[i >> 3] as number) | (1 << (i & 7));
  }
  return out;
}

function pickFixed(columns: readonly Column[], like: Column, { choice, rows }: Picks): ArrayBufferView {
  const values = allocateLike(like, rows.length);
  const { units: to, perValue } = unitsOf(values, bytesPerValue(like));
  const from = columns.map((column): Units => fixedView(column).units);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    if (row < 0) continue;
    const units = from[choice[i] as number] as Units;
    if (perValue === 1) {
      to[i] = units[row] as number;
    } else if (perValue === 2) {
      to[2 * i] = units[2 * row] as number;
      to[2 * i + 1] = units[2 * row + 1] as number;
    } else {
      for (let unit = 0; unit < perValue; unit++) to[perValue * i + unit] = units[perValue * row + unit] as number;
    }
  }
  return values;
}

/** The offsets of the result; null rows are empty. */
function pickOffsets(starts: readonly Int32Array[], { choice, rows }: Picks, { bits }: Validity): Int32Array {
  const offsets = new Int32Array(rows.length + 1);
  let total = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    if (row >= 0 && (bits === undefined || (((bits[i >> 3] as number) >> (i & 7)) & 1) === 1)) {
      const from = starts[choice[i] as number] as Int32Array;
      total += (from[row + 1] as number) - (from[row] as number);
    }
    offsets[i + 1] = total;
  }
  assertOffsetRange(total);
  return offsets;
}

function pickBytes(columns: readonly Column[], like: Column, picks: Picks, validity: Validity): Column {
  const { choice, rows } = picks;
  const starts = columns.map(offsetsOf);
  const bytes = columns.map(bytesOf);
  const offsets = pickOffsets(starts, picks, validity);
  const values = new Uint8Array(offsets[rows.length] as number);
  for (let i = 0; i < rows.length; ) {
    const start = offsets[i] as number;
    const column = choice[i] as number;
    const first = i++;
    if (offsets[i] === start) continue;
    const from = starts[column] as Int32Array;
    const source = from[rows[first] as number] as number;
    const follows = (row: number): boolean =>
      offsets[row + 1] !== offsets[row] && choice[row] === column && from[rows[row] as number] === source + (offsets[row] as number) - start;
    while (i < rows.length && follows(i)) i++;
    copyBytes(bytes[column] as Uint8Array, source, values, start, (offsets[i] as number) - start);
  }
  return assemble(like.type, rows.length, validity, { offsets, values });
}

function pickLists(columns: readonly Column[], like: Column, picks: Picks, validity: Validity): Column {
  const { choice, rows } = picks;
  const starts = columns.map(offsetsOf);
  const offsets = pickOffsets(starts, picks, validity);
  const total = offsets[rows.length] as number;
  const elementRows = new Int32Array(total);
  const elementChoice = new Int32Array(total);
  for (let i = 0; i < rows.length; i++) {
    const start = offsets[i] as number;
    const end = offsets[i + 1] as number;
    if (start === end) continue;
    const column = choice[i] as number;
    const shift = ((starts[column] as Int32Array)[rows[i] as number] as number) - start;
    elementChoice.fill(column, start, end);
    for (let element = start; element < end; element++) elementRows[element] = element + shift;
  }
  const children = [interleave(columns.map((column) => column.children[0] as Column), elementChoice, elementRows)];
  return assemble(like.type, rows.length, validity, { offsets, children });
}
