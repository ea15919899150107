import type { RecordBatch } from "apache-arrow";
import { unreachable } from "../base/assert.js";
import { allocateLike, bytesOf, bytesPerValue, fixedView, layoutOf, offsetsOf, unitsOf, validityOf, type Units } from "./access.js";
import { allValid, assemble, assembleNull, assertOffsetRange, validityFrom, type Validity } from "./assemble.js";
import { batchOf, columnsOf } from "./batch.js";
import { copyBytes } from "./bits.js";
import type { Column } from "./column.js";
import { pickRuns, picksOf } from "./pick-runs.js";
import { sliceColumn } from "./slice.js";

/** The given rows in the given order; -1 makes a null. Rows that follow each other without a gap come back as a slice. */
export function take(column: Column, rows: Int32Array): Column {
  if (isRange(rows)) {
    const first = rows[0] ?? 0;
    return sliceColumn(column, first, first + rows.length);
  }
  return gather(column, rows);
}

export function takeBatch(batch: RecordBatch, rows: Int32Array): RecordBatch {
  return batchOf(batch.schema, columnsOf(batch).map(createTaker(rows)), rows.length);
}

/** Rows that come in runs of at least this length on average are copied run by run. */
const RUN_MEAN_MIN = 8;

/** As `take`, for many columns: how the rows lie is looked at once. */
export function createTaker(rows: Int32Array): (column: Column) => Column {
  if (isRange(rows)) {
    const first = rows[0] ?? 0;
    return (column) => sliceColumn(column, first, first + rows.length);
  }
  const picks = picksOf(undefined, rows);
  const inRuns = picks.starts.length * RUN_MEAN_MIN < rows.length;
  return inRuns ? (column) => pickRuns([column], picks) : (column) => gather(column, rows);
}

/** Whether the rows are `[first, first + length)`, in order. */
function isRange(rows: Int32Array): boolean {
  const { length } = rows;
  const first = rows[0] ?? 0;
  if (first < 0 || (length > 0 && rows[length - 1] !== first + length - 1)) return false;
  for (let i = 1; i < length; i++) if (rows[i] !== first + i) return false;
  return true;
}

function gather(column: Column, rows: Int32Array): Column {
  const layout = layoutOf(column.type);
  if (layout === "null") return assembleNull(column.type, rows.length);
  const validity = gatherValidity(column, rows);
  switch (layout) {
    case "bool":
      return assemble(column.type, rows.length, validity, { values: gatherBits(column.values as Uint8Array, column.offset, rows) });
    case "fixed":
      return assemble(column.type, rows.length, validity, { values: gatherFixed(column, rows) });
    case "bytes":
      return gatherBytes(column, rows, validity);
    case "list":
      return gatherList(column, rows, validity);
    case "struct":
      return assemble(column.type, rows.length, validity, { children: column.children.map((child) => gather(child, rows)) });
    default:
      return unreachable(layout);
  }
}

function gatherValidity(column: Column, rows: Int32Array): Validity {
  const bits = validityOf(column);
  if (bits === undefined && !hasMissing(rows)) return allValid;
  const out = new Uint8Array((rows.length + 7) >> 3);
  const { offset } = column;
  let valid = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    if (row < 0) continue;
    const at = offset + row;
    if (bits !== undefined && (((bits[at >> 3] as number) >> (at & 7)) & 1) === 0) continue;
    out[i >> 3] = (out[i >> 3] as number) | (1 << (i & 7));
    valid++;
  }
  return validityFrom(out, valid, rows.length);
}

function hasMissing(rows: Int32Array): boolean {
  for (let i = 0; i < rows.length; i++) if ((rows[i] as number) < 0) return true;
  return false;
}

function gatherBits(bits: Uint8Array, offset: number, rows: Int32Array): Uint8Array {
  const out = new Uint8Array((rows.length + 7) >> 3);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    if (row < 0) continue;
    const at = offset + row;
    out[i >> 3] = (out[i >> 3] as number) | ((((bits[at >> 3] as number) >> (at & 7)) & 1) << (i & 7));
  }
  return out;
}

function gatherFixed(column: Column, rows: Int32Array): ArrayBufferView {
  const values = allocateLike(column, rows.length);
  const { units, perValue } = fixedView(column);
  gatherUnits(units, perValue, rows, unitsOf(values, bytesPerValue(column)).units);
  return values;
}

function gatherUnits(from: Units, perValue: number, rows: Int32Array, to: Units): void {
  const { length } = rows;
  if (perValue === 1) {
    for (let i = 0; i < length; i++) {
      const row = rows[i] as number;
      if (row >= 0) to[i] = from[row] as number;
    }
    return;
  }
  if (perValue === 2) {
    for (let i = 0; i < length; i++) {
      const row = rows[i] as number;
      if (row < 0) continue;
      to[2 * i] = from[2 * row] as number;
      to[2 * i + 1] = from[2 * row + 1] as number;
    }
    return;
  }
  for (let i = 0; i < length; i++) {
    const row = rows[i] as number;
    if (row < 0) continue;
    for (let unit = 0; unit < perValue; unit++) to[perValue * i + unit] = from[perValue * row + unit] as number;
  }
}

/** Where each taken row starts and ends: the offsets of the result. Null rows are empty. */
function gatherOffsets(column: Column, rows: Int32Array, validity: Validity): Int32Array {
  const from = offsetsOf(column);
  const { bits } = validity;
  const offsets = new Int32Array(rows.length + 1);
  let total = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    if (row >= 0 && (bits === undefined || (((bits[i >> 3] as number) >> (i & 7)) & 1) === 1)) {
      total += (from[row + 1] as number) - (from[row] as number);
    }
    offsets[i + 1] = total;
  }
  assertOffsetRange(total);
  return offsets;
}

function gatherBytes(column: Column, rows: Int32Array, validity: Validity): Column {
  const from = offsetsOf(column);
  const bytes = bytesOf(column);
  const offsets = gatherOffsets(column, rows, validity);
  const values = new Uint8Array(offsets[rows.length] as number);
  for (let i = 0; i < rows.length;) {
    const start = offsets[i] as number;
    const first = i++;
    if (offsets[i] === start) continue;
    const source = from[rows[first] as number] as number;
    // Neighbours in the source are copied as one piece, as long as their bytes follow each other in both columns.
    while (i < rows.length && offsets[i + 1] !== offsets[i] && from[rows[i] as number] === source + (offsets[i] as number) - start) i++;
    copyBytes(bytes, source, values, start, (offsets[i] as number) - start);
  }
  return assemble(column.type, rows.length, validity, { offsets, values });
}

function gatherList(column: Column, rows: Int32Array, validity: Validity): Column {
  const from = offsetsOf(column);
  const offsets = gatherOffsets(column, rows, validity);
  const elements = new Int32Array(offsets[rows.length] as number);
  for (let i = 0; i < rows.length; i++) {
    const start = offsets[i] as number;
    const end = offsets[i + 1] as number;
    if (start === end) continue;
    const shift = (from[rows[i] as number] as number) - start;
    for (let element = start; element < end; element++) elements[element] = element + shift;
  }
  return assemble(column.type, rows.length, validity, { offsets, children: column.children.map((child) => take(child, elements)) });
}
