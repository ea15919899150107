import { growableInts, reserveInts } from "../../columnar/growable-ints.js";
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
  const pieces = growableInts(4 * rows.length + 2);
  const kept = rowCount - takes.reduce((count, take) => count + (take < 0 ? 1 : 0), 0);
  // Levels are put together only where there can be a null.
  const merged =
    levels === undefined && takes.every((take) => take < 0 || (valueOf[take] as number) >= 0) ? undefined : new Int32Array(kept);
  let out = 0;
  let nulls = 0;
  let row = 0;
  let value = 0;
  let valueCount = 0;
  const keepUntil = (end: number): void => {
    const from = value;
    if (levels === undefined) {
      value += end - row;
      merged?.fill(1, out, out + end - row);
    } else {
      for (let i = row; i < end; i++) value += levels[i] as number;
      merged?.set(levels.subarray(row, end), out);
    }
    out += end - row;
    nulls += end - row - (value - from);
    valueCount += value - from;
    row = end;
    if (value > from) push(from, value);
  };
  const push = (first: number, second: number): void => {
    reserveInts(pieces, 2);
    pieces.array[pieces.length++] = first;
    pieces.array[pieces.length++] = second;
  };
  for (let i = 0; i < rows.length; i++) {
    keepUntil(rows[i] as number);
    value += levels === undefined ? 1 : (levels[row] as number);
    row++;
    const take = takes[i] as number;
    if (take < 0) continue;
    const fresh = valueOf[take] as number;
    if (merged !== undefined) merged[out] = fresh < 0 ? 0 : 1;
    out++;
    if (fresh < 0) nulls++;
    else {
      push(-1, fresh);
      valueCount++;
    }
  }
  keepUntil(rowCount);
  const edited = pieces.array.slice(0, pieces.length);
  return { rowCount: kept, levels: nulls === 0 ? undefined : merged, valueCount, pieces: edited };
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
  const advance = (to: number): void => {
    for (; value < to && cursor <= old.end - LENGTH_BYTES; value++) cursor += LENGTH_BYTES + readLength(page, cursor);
  };
  for (let i = 0; i < pieces.length; i += 2) {
    const from = pieces[i] as number;
    const to = pieces[i + 1] as number;
    if (from < 0) {
      at = putValue(values, to, out, at);
      continue;
    }
    advance(from);
    const kept = cursor;
    advance(to);
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
