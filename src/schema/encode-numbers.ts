import type { Column } from "./column.js";
import { newColumn } from "./arrow-buffers.js";
import { toArrowType } from "./arrow-mapping.js";
import { cellError, collectNulls, isAbsent, mismatch, type CellList } from "./cell-list.js";
import { highWord, wordsOf } from "./int64-words.js";
import { describeType } from "./type-text.js";

/** Booleans, integers and floats from JavaScript values into typed arrays. Each loop has its common case first. */

export function encodeBooleans(list: CellList): Column {
  const { cells } = list;
  const nulls = collectNulls(list);
  const values = new Uint8Array((cells.length + 7) >> 3);
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i];
    if (cell === true) values[i >> 3] = (values[i >> 3] ?? 0) | (1 << (i & 7));
    else if (isAbsent(cell)) nulls.add(i);
    else if (cell !== false) throw mismatch(list, i);
  }
  return newColumn(toArrowType(list.type), cells.length, nulls.valid(), { values });
}

/** byte, short and int. */
export function encodeInts(list: CellList): Column {
  const { cells, type } = list;
  const bits = type.kind === "byte" ? 8 : type.kind === "short" ? 16 : 32;
  const shift = 32 - bits;
  const values = bits === 8 ? new Int8Array(cells.length) : bits === 16 ? new Int16Array(cells.length) : new Int32Array(cells.length);
  const nulls = collectNulls(list);
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i];
    // Shifting up and down leaves just the integers that have so many bits as they are.
    if (typeof cell === "number" && (cell << shift) >> shift === cell) values[i] = cell;
    else if (isAbsent(cell)) nulls.add(i);
    else values[i] = smallIntOf(list, i, bits);
  }
  return newColumn(toArrowType(type), cells.length, nulls.valid(), { values });
}

function smallIntOf(list: CellList, index: number, bits: number): number {
  const cell = list.cells[index];
  if (typeof cell === "bigint" && BigInt.asIntN(bits, cell) === cell) return Number(cell);
  if (typeof cell !== "number" && typeof cell !== "bigint") throw mismatch(list, index);
  if (typeof cell === "number" && !Number.isInteger(cell)) throw notWhole(list, index);
  throw cellError(
    list,
    index,
    "schema/overflow",
    `does not fit ${describeType(list.type)}`,
    "Use a wider type for the column, or another value",
  );
}

function notWhole(list: CellList, index: number): Error {
  const problem = `is not a whole number, and the column is ${describeType(list.type)}`;
  return cellError(list, index, "schema/invalid-value", problem, "Round it, or make the column a double");
}

export function encodeLongs(list: CellList): Column {
  const { cells } = list;
  const values = new BigInt64Array(cells.length);
  const words = wordsOf(values);
  const nulls = collectNulls(list);
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i];
    if (typeof cell === "bigint") {
      values[i] = cell;
      // Storing wraps around; what comes back different did not fit.
      if (values[i] !== cell)
        throw cellError(list, i, "schema/overflow", "does not fit a long (64 bits)", "Use decimal(38,0), or another value");
    } else if (typeof cell === "number") {
      if (!Number.isSafeInteger(cell)) throw unsafeNumber(list, i, cell);
      const high = highWord(cell);
      words[2 * i] = cell - high * 4294967296;
      words[2 * i + 1] = high;
    } else if (isAbsent(cell)) nulls.add(i);
    else throw mismatch(list, i);
  }
  return newColumn(toArrowType(list.type), cells.length, nulls.valid(), { values });
}

function unsafeNumber(list: CellList, index: number, cell: number): Error {
  if (!Number.isInteger(cell)) return notWhole(list, index);
  const problem = "is beyond ±9007199254740991, where JavaScript numbers are rounded";
  return cellError(list, index, "schema/invalid-value", problem, "Pass a bigint");
}

const LARGEST_FLOAT = 3.4028234663852886e38;

/** float and double. A float takes the nearest one; a number beyond the largest float is refused. */
export function encodeFloats(list: CellList): Column {
  const { cells, type } = list;
  const values = type.kind === "float" ? new Float32Array(cells.length) : new Float64Array(cells.length);
  const nulls = collectNulls(list);
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i];
    if (typeof cell === "number") {
      values[i] = cell;
      if (type.kind === "float" && Math.abs(cell) > LARGEST_FLOAT && Number.isFinite(cell) && !Number.isFinite(values[i])) {
        throw cellError(list, i, "schema/overflow", "does not fit a float", "Make the column a double, or pass another value");
      }
    } else if (isAbsent(cell)) nulls.add(i);
    else throw mismatch(list, i);
  }
  return newColumn(toArrowType(type), cells.length, nulls.valid(), { values });
}
