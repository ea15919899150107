import { assert, unreachable } from "../base/assert.js";
import {
  allocateLike,
  boolAt,
  bytesOf,
  bytesPerValue,
  fixedView,
  layoutOf,
  nullCountOf,
  offsetsOf,
  unitsOf,
  validityOf,
  type Units,
} from "./access.js";
import { allValid, assemble, assembleNull, assertOffsetRange, validityFrom, type Validity } from "./assemble.js";
import { copyBits, copyBytes } from "./bits.js";
import type { Column } from "./column.js";

export type Choice = Uint8Array | Uint16Array | Int32Array;

/** Where each row comes from. Run r is the rows `[starts[r], starts[r + 1])` of the result, which follow each other in one column. */
export interface Picks {
  /** The column of each row; absent when there is only one. */
  readonly choice: Choice | undefined;
  /** The row in that column; -1 makes a null. */
  readonly rows: Int32Array;
  readonly starts: Int32Array;
}

export function picksOf(choice: Choice | undefined, rows: Int32Array): Picks {
  const { length } = rows;
  const starts = new Int32Array(length + 1);
  let count = 0;
  let follower = -1;
  for (let i = 0; i < length; i++) {
    const row = rows[i] as number;
    if (row !== follower || row < 0 || (choice !== undefined && choice[i] !== choice[i - 1])) starts[count++] = i;
    follower = row < 0 ? -1 : row + 1;
  }
  starts[count++] = length;
  return { choice, rows, starts: starts.subarray(0, count) };
}

/** The picked rows of columns of one type. Every run is copied as one piece. */
export function pickRuns(columns: readonly Column[], picks: Picks): Column {
  const { length } = picks.rows;
  const [first] = columns;
  assert(first !== undefined, "there is a column to pick from");
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
      const children = first.children.map((_, index) =>
        pickRuns(
          columns.map((column) => column.children[index] as Column),
          picks,
        ),
      );
      return assemble(first.type, length, validity, { children });
    }
    default:
      return unreachable(layout);
  }
}

/** Copying a run of fewer values as one piece costs more than copying them one by one. */
const PIECE_MIN = 16;

function chosen(choice: Choice | undefined, row: number): number {
  return choice === undefined ? 0 : (choice[row] as number);
}

function pickValidity(columns: readonly Column[], { choice, rows, starts }: Picks): Validity {
  const { length } = rows;
  const bitmaps = columns.map(validityOf);
  const hasNulls = columns.some((column) => nullCountOf(column) > 0);
  if (!hasNulls && !hasMissing(rows, starts)) return allValid;
  const out = new Uint8Array((length + 7) >> 3);
  let valid = 0;
  for (let run = 0; run + 1 < starts.length; run++) {
    const start = starts[run] as number;
    const end = starts[run + 1] as number;
    const row = rows[start] as number;
    if (row < 0) continue;
    const from = chosen(choice, start);
    const bits = bitmaps[from];
    const shift = (columns[from] as Column).offset + row - start;
    for (let i = start; i < end; i++) {
      if (bits !== undefined && (((bits[(i + shift) >> 3] as number) >> ((i + shift) & 7)) & 1) === 0) continue;
      out[i >> 3] = (out[i >> 3] as number) | (1 << (i & 7));
      valid++;
    }
  }
  return validityFrom(out, valid, length);
}

function hasMissing(rows: Int32Array, starts: Int32Array): boolean {
  for (let run = 0; run + 1 < starts.length; run++) if ((rows[starts[run] as number] as number) < 0) return true;
  return false;
}

function pickBools(columns: readonly Column[], { choice, rows, starts }: Picks): Uint8Array {
  const out = new Uint8Array((rows.length + 7) >> 3);
  for (let run = 0; run + 1 < starts.length; run++) {
    const start = starts[run] as number;
    const length = (starts[run + 1] as number) - start;
    const row = rows[start] as number;
    if (row < 0) continue;
    const column = columns[chosen(choice, start)] as Column;
    if (length > 1) copyBits(column.values as Uint8Array, column.offset + row, out, start, length);
    else if (boolAt(column, row)) out[start >> 3] = (out[start >> 3] as number) | (1 << (start & 7));
  }
  return out;
}

function pickFixed(columns: readonly Column[], like: Column, { choice, rows, starts }: Picks): ArrayBufferView {
  const values = allocateLike(like, rows.length);
  const { units: to, perValue } = unitsOf(values, bytesPerValue(like));
  const from = columns.map((column): Units => fixedView(column).units);
  for (let run = 0; run + 1 < starts.length; run++) {
    const start = starts[run] as number;
    const length = (starts[run + 1] as number) - start;
    const row = rows[start] as number;
    if (row >= 0) copyUnits(from[chosen(choice, start)] as Units, row * perValue, to, start * perValue, length * perValue);
  }
  return values;
}

function copyUnits(from: Units, fromStart: number, to: Units, toStart: number, length: number): void {
  if (length >= PIECE_MIN) {
    to.set(from.subarray(fromStart, fromStart + length), toStart);
    return;
  }
  for (let i = 0; i < length; i++) to[toStart + i] = from[fromStart + i] as number;
}

/** The offsets of the result; null rows are empty. */
function pickOffsets(from: readonly Int32Array[], { choice, rows, starts }: Picks, { bits }: Validity): Int32Array {
  const offsets = new Int32Array(rows.length + 1);
  let total = 0;
  for (let run = 0; run + 1 < starts.length; run++) {
    const start = starts[run] as number;
    const end = starts[run + 1] as number;
    const row = rows[start] as number;
    if (row < 0) {
      offsets[start + 1] = total;
      continue;
    }
    const source = from[chosen(choice, start)] as Int32Array;
    const shift = row - start;
    for (let i = start; i < end; i++) {
      const isValid = bits === undefined || (((bits[i >> 3] as number) >> (i & 7)) & 1) === 1;
      if (isValid) total += (source[i + shift + 1] as number) - (source[i + shift] as number);
      offsets[i + 1] = total;
    }
    assertOffsetRange(total);
  }
  return offsets;
}

function pickBytes(columns: readonly Column[], like: Column, picks: Picks, validity: Validity): Column {
  const { choice, rows, starts } = picks;
  const from = columns.map(offsetsOf);
  const bytes = columns.map(bytesOf);
  const offsets = pickOffsets(from, picks, validity);
  const values = new Uint8Array(offsets[rows.length] as number);
  for (let run = 0; run + 1 < starts.length; run++) {
    const start = starts[run] as number;
    const end = starts[run + 1] as number;
    if (offsets[start] === offsets[end]) continue;
    const column = chosen(choice, start);
    const source = from[column] as Int32Array;
    const shift = (rows[start] as number) - start;
    // Bytes that lie hidden behind a null are left out: such a run goes in as many pieces as they cut it into.
    for (let i = start; i < end;) {
      const first = i++;
      if (offsets[i] === offsets[first]) continue;
      const distance = (source[first + shift] as number) - (offsets[first] as number);
      if ((source[end + shift] as number) - (offsets[end] as number) === distance) i = end;
      else while (i < end && (source[i + shift] as number) - (offsets[i] as number) === distance) i++;
      copyBytes(
        bytes[column] as Uint8Array,
        source[first + shift] as number,
        values,
        offsets[first] as number,
        (offsets[i] as number) - (offsets[first] as number),
      );
    }
  }
  return assemble(like.type, rows.length, validity, { offsets, values });
}

function pickLists(columns: readonly Column[], like: Column, picks: Picks, validity: Validity): Column {
  const { choice, rows } = picks;
  const from = columns.map(offsetsOf);
  const offsets = pickOffsets(from, picks, validity);
  const total = offsets[rows.length] as number;
  const elementRows = new Int32Array(total);
  const elementChoice = new Int32Array(total);
  for (let i = 0; i < rows.length; i++) {
    const start = offsets[i] as number;
    const end = offsets[i + 1] as number;
    if (start === end) continue;
    const column = chosen(choice, i);
    const shift = ((from[column] as Int32Array)[rows[i] as number] as number) - start;
    elementChoice.fill(column, start, end);
    for (let element = start; element < end; element++) elementRows[element] = element + shift;
  }
  const children = [
    pickRuns(
      columns.map((column) => column.children[0] as Column),
      picksOf(elementChoice, elementRows),
    ),
  ];
  return assemble(like.type, rows.length, validity, { offsets, children });
}
