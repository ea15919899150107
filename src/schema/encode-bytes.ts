import type { Column } from "./column.js";
import { assertOffsetFits, newColumn } from "./arrow-buffers.js";
import { toArrowType } from "./arrow-mapping.js";
import { cellError, collectNulls, isAbsent, mismatch, type CellList } from "./cell-list.js";
import { formatPath } from "./field-names.js";

/** Strings as UTF-8. Half of a surrogate pair has no UTF-8 and is refused: writing U+FFFD instead would lose it silently. */
export function encodeStrings(list: CellList): Column {
  const { cells } = list;
  const nulls = collectNulls(list);
  const valueOffsets = new Int32Array(cells.length + 1);
  let bytes: Buffer = Buffer.allocUnsafeSlow(Math.max(64, cells.length * 12));
  let at = 0;
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i];
    if (typeof cell === "string") {
      // No UTF-16 unit takes more than three bytes.
      if (at + cell.length * 3 > bytes.length) bytes = grow(bytes, at, cell.length * 3, list);
      const end = writeAscii(cell, bytes, at);
      at = end >= 0 ? end : at + writeUtf8(list, i, cell, bytes, at);
    } else if (isAbsent(cell)) nulls.add(i);
    else throw mismatch(list, i);
    valueOffsets[i + 1] = at;
  }
  return newColumn(toArrowType(list.type), cells.length, nulls.valid(), { valueOffsets, values: trim(bytes, at) });
}

// Longer texts are faster in the encoder of the runtime.
const SHORT = 24;

/** Writes a short text of ASCII characters; where it ends, or -1 when it is another text. */
function writeAscii(text: string, bytes: Uint8Array, start: number): number {
  if (text.length > SHORT) return -1;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return -1;
    bytes[start + i] = unit;
  }
  return start + text.length;
}

function writeUtf8(list: CellList, index: number, text: string, bytes: Buffer, start: number): number {
  const written = bytes.write(text, start, "utf8");
  // One byte for each unit means ASCII only, where nothing can be amiss.
  if (written !== text.length && hasLoneSurrogate(text)) {
    throw cellError(
      list,
      index,
      "schema/invalid-value",
      "holds half of a surrogate pair, which is no Unicode text",
      "Pass a well-formed string",
    );
  }
  return written;
}

const loneSurrogate = /\p{Surrogate}/u;

function hasLoneSurrogate(text: string): boolean {
  return loneSurrogate.test(text);
}

export function encodeBinary(list: CellList): Column {
  const { cells } = list;
  const nulls = collectNulls(list);
  const valueOffsets = new Int32Array(cells.length + 1);
  let total = 0;
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i];
    if (cell instanceof Uint8Array) total += cell.length;
    else if (isAbsent(cell)) nulls.add(i);
    else throw mismatch(list, i);
    assertOffsetFits(total, formatPath(list.path));
    valueOffsets[i + 1] = total;
  }
  const values = new Uint8Array(total);
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i];
    if (cell instanceof Uint8Array) values.set(cell, valueOffsets[i]);
  }
  return newColumn(toArrowType(list.type), cells.length, nulls.valid(), { valueOffsets, values });
}

function grow(bytes: Buffer, used: number, more: number, list: CellList): Buffer {
  const needed = used + more;
  // Three bytes for each unit is a bound, not the size; the size is judged when it is near the limit.
  assertOffsetFits(used, formatPath(list.path));
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, bytes.length * 2));
  larger.set(bytes.subarray(0, used));
  return larger;
}

/** The bytes in use; copied when most of the buffer is not. */
function trim(bytes: Buffer, used: number): Uint8Array {
  const part = new Uint8Array(bytes.buffer, bytes.byteOffset, used);
  return used * 2 < bytes.length ? part.slice() : part;
}
