import { growableInts, reserveInts, type GrowableInts } from "../../columnar/growable-ints.js";
import { LENGTH_BYTES, readLength, writeLength, type ValueList } from "./value-list.js";

/** The changes that fall on one page: `rows` count from the page's first row. */
export interface PageChanges {
  readonly rows: Int32Array;
  /** The new value of each row, -1 where the row goes. */
  readonly takes: Int32Array;
  /** Row i of the new values is value `valueOf[i]`, or null where that is -1. */
  readonly valueOf: Int32Array;
}

/** What becomes of the rows of a page. */
export interface PageEdit {
  readonly rowCount: number;
  /** 1 for a value, 0 for a null; absent: no nulls. */
  readonly levels: Int32Array | undefined;
  readonly valueCount: number;
  /** Pairs: a stretch `[from, to)` of the old values, or -1 and the number of a new value. */
  readonly pieces: Int32Array;
}

/** Brings old rows and changes together. `levels` are the page's own. */
export function editPage(rowCount: number, levels: Int32Array | undefined, { rows, takes, valueOf }: PageChanges): PageEdit {
  const dropped = takes.reduce((count, take) => count + (take < 0 ? 1 : 0), 0);
  // Levels are put together only where there can be a null.
  const hasNulls = levels !== undefined || takes.some((take) => take >= 0 && (valueOf[take] as number) < 0);
  const editor = new PageEditor(levels, hasNulls ? new Int32Array(rowCount - dropped) : undefined, rows.length);
  for (let i = 0; i < rows.length; i++) {
    editor.keepUntil(rows[i] as number);
    const take = takes[i] as number;
    editor.replace(take < 0 ? undefined : (valueOf[take] as number));
  }
  editor.keepUntil(rowCount);
  return editor.finish();
}

class PageEditor {
  private readonly levels: Int32Array | undefined;
  private readonly merged: Int32Array | undefined;
  private readonly pieces: GrowableInts;
  /** The next old row and value. */
  private row = 0;
  private value = 0;
  /** Rows and values so far. */
  private rowCount = 0;
  private valueCount = 0;

  constructor(levels: Int32Array | undefined, merged: Int32Array | undefined, changeCount: number) {
    this.levels = levels;
    this.merged = merged;
    this.pieces = growableInts(4 * changeCount + 2);
  }

  keepUntil(end: number): void {
    const { row, value: from, levels } = this;
    const length = end - row;
    let value = from + length;
    if (levels === undefined) {
      this.merged?.fill(1, this.rowCount, this.rowCount + length);
    } else {
      value = from;
      for (let i = row; i < end; i++) value += levels[i] as number;
      this.merged?.set(levels.subarray(row, end), this.rowCount);
    }
    this.row = end;
    this.value = value;
    this.rowCount += length;
    this.valueCount += value - from;
    if (value > from) this.push(from, value);
  }

  /** The next old row makes place for the new value `fresh`: -1 for a null, `undefined` for none. */
  replace(fresh: number | undefined): void {
    this.value += this.levels === undefined ? 1 : (this.levels[this.row] as number);
    this.row++;
    if (fresh === undefined) return;
    if (this.merged !== undefined) this.merged[this.rowCount] = fresh < 0 ? 0 : 1;
    this.rowCount++;
    if (fresh < 0) return;
    this.valueCount++;
    this.push(-1, fresh);
  }

  private push(first: number, second: number): void {
    const pieces = this.pieces;
    reserveInts(pieces, 2);
    pieces.array[pieces.length++] = first;
    pieces.array[pieces.length++] = second;
  }

  finish(): PageEdit {
    const { rowCount, valueCount } = this;
    const pieces = this.pieces.array.slice(0, this.pieces.length);
    return { rowCount, levels: valueCount === rowCount ? undefined : this.merged, valueCount, pieces };
  }
}

/** Where the edited values go. */
export interface EditTarget {
  readonly out: Uint8Array;
  readonly start: number;
}

/** The edited values of fixed width; gives where they end. `page[first]` is the first of the old values. */
export function editFixed(
  page: Uint8Array,
  { first, width }: { readonly first: number; readonly width: number },
  { pieces }: PageEdit,
  values: ValueList,
  { out, start }: EditTarget,
): number {
  let at = start;
  for (let i = 0; i < pieces.length; i += 2) {
    const from = pieces[i] as number;
    const to = pieces[i + 1] as number;
    at = from < 0 ? putValue(values, to, out, at) : copyBytes(page, first + from * width, first + to * width, out, at);
  }
  return at;
}

/** As `editFixed`, for values with their lengths before them, the last of which ends where the page does; -1 when they do not fit it. */
export function editBytes(
  page: Uint8Array,
  old: { readonly first: number; readonly end: number },
  { pieces }: PageEdit,
  values: ValueList,
  { out, start }: EditTarget,
): number {
  let at = start;
  let value = 0;
  let cursor = old.first;
  const last = old.end - LENGTH_BYTES;
  for (let i = 0; i < pieces.length; i += 2) {
    const from = pieces[i] as number;
    const to = pieces[i + 1] as number;
    if (from < 0) {
      at = putValue(values, to, out, at);
      continue;
    }
    for (; value < from && cursor <= last; value++) cursor += LENGTH_BYTES + readLength(page, cursor);
    const kept = cursor;
    for (; value < to && cursor <= last; value++) cursor += LENGTH_BYTES + readLength(page, cursor);
    if (value < to || cursor > old.end) return -1;
    at = copyBytes(page, kept, cursor, out, at);
  }
  return at;
}

/** One value, with its length where values have one. */
function putValue({ bytes, offsets, gap }: ValueList, value: number, out: Uint8Array, start: number): number {
  const source = offsets[value] as number;
  const end = (offsets[value + 1] as number) - gap;
  if (gap === LENGTH_BYTES) writeLength(end - source, out, start);
  return copyBytes(bytes, source, end, out, start + gap);
}

/** Shorter stretches are copied sooner than handed to a call. */
const CALL_BYTES_MIN = 64;

function copyBytes(bytes: Uint8Array, from: number, to: number, out: Uint8Array, start: number): number {
  if (to - from >= CALL_BYTES_MIN) out.set(bytes.subarray(from, to), start);
  else for (let byte = from; byte < to; byte++) out[start + byte - from] = bytes[byte] as number;
  return start + to - from;
}

/** As `editFixed`, for numbers: dictionary indices, booleans. `fresh[i]` stands for the new value i; `out` has room for them all. */
export function editNumbers(old: Int32Array, { pieces }: PageEdit, fresh: Int32Array, out: Int32Array): Int32Array {
  let at = 0;
  for (let i = 0; i < pieces.length; i += 2) {
    const from = pieces[i] as number;
    const to = pieces[i + 1] as number;
    if (from < 0) {
      out[at++] = fresh[to] as number;
    } else {
      out.set(old.subarray(from, to), at);
      at += to - from;
    }
  }
  return out;
}
