import { assert } from "../base/assert.js";
import type { Column } from "./column.js";
import { newColumn } from "./arrow-buffers.js";
import { toArrowType } from "./arrow-mapping.js";
import { cellError, collectNulls, isAbsent, mismatch, type CellList } from "./cell-list.js";
import { parseDecimal, powerOfTen, toUnscaled } from "./decimal-text.js";
import { highWord } from "./int64-words.js";
import { describeType, formatType } from "./type-text.js";
import type { DecimalType } from "./types.js";

// Unscaled numbers of up to 15 digits are exact as doubles, and so are the powers of ten between them.
const EXACT_DIGITS = 15;

/** Decimals from texts and from numbers whose shortest text is exact at the column's scale. */
export function encodeDecimals(list: CellList): Column {
  const { cells, type } = list;
  assert(type.kind === "decimal", "a decimal column is encoded as one");
  const words = new Int32Array(cells.length * 4);
  const nulls = collectNulls(list);
  const limit = 10 ** Math.min(type.precision, EXACT_DIGITS);
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i];
    if (isAbsent(cell)) {
      nulls.add(i);
      continue;
    }
    const unscaled =
      typeof cell === "string" ? shortText(cell, type.scale) : typeof cell === "number" ? shortNumber(cell, type.scale) : NaN;
    if (unscaled < limit && unscaled > -limit) {
      const high = highWord(unscaled);
      const sign = high >> 31;
      words[4 * i] = unscaled - high * 4294967296;
      words[4 * i + 1] = high;
      words[4 * i + 2] = sign;
      words[4 * i + 3] = sign;
    } else {
      storeBig(words, i, unscaledOf(list, i, type));
    }
  }
  return newColumn(toArrowType(type), cells.length, nulls.valid(), { values: new Uint32Array(words.buffer) });
}

const powers: readonly number[] = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/** The unscaled value of a plain text of few digits, which most are; NaN when it takes the long way. */
function shortText(text: string, scale: number): number {
  let at = text.charCodeAt(0) === 45 ? 1 : 0;
  const negative = at === 1;
  if (text.length - at > EXACT_DIGITS + 1 || text.length === at) return NaN;
  let value = 0;
  let point = -1;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) value = value * 10 + (code - 48);
    else if (code === 46 && point < 0) point = at;
    else return NaN;
  }
  const fraction = point < 0 ? 0 : text.length - point - 1;
  if (text.length === (negative ? 2 : 1) && point >= 0) return NaN;
  const shift = scale - fraction;
  if (shift < 0 || text.length + shift > EXACT_DIGITS) return NaN;
  const unscaled = value * (powers[shift] ?? NaN);
  return negative ? -unscaled : unscaled;
}

/** The unscaled value of a number that is the double nearest to a decimal of few digits; NaN when it takes the long way. */
function shortNumber(value: number, scale: number): number {
  const power = powers[scale];
  if (power === undefined) return NaN;
  const unscaled = Math.round(value * power);
  // Dividing two exact doubles gives the nearest double, so this tells whether `value` is what the decimal's text would read as.
  return Math.abs(unscaled) < 1e15 && unscaled / power === value ? unscaled : NaN;
}

function unscaledOf(list: CellList, index: number, type: DecimalType): bigint {
  const cell = list.cells[index];
  if (typeof cell === "number") {
    const name = formatType(type);
    if (!Number.isFinite(cell)) {
      throw cellError(list, index, "schema/invalid-value", `is no number that a ${name} can hold`, "Pass null or a finite number");
    }
    if (Number.isInteger(cell) && !Number.isSafeInteger(cell)) {
      const problem = "is beyond ±9007199254740991, where JavaScript numbers are rounded";
      throw cellError(list, index, "schema/invalid-value", problem, "Pass a text with all its digits");
    }
  } else if (typeof cell !== "string") throw mismatch(list, index);
  const number = parseDecimal(String(cell));
  if (number === undefined)
    throw cellError(list, index, "schema/invalid-value", "is not a decimal number", 'Pass a text such as "12.34"');
  const unscaled = toUnscaled(number, type);
  if (unscaled !== undefined) return unscaled;
  const digits = `${type.precision - type.scale} digits before the point and ${type.scale} after it`;
  throw cellError(
    list,
    index,
    "schema/overflow",
    `does not fit ${describeType(type)}: it holds ${digits}`,
    "Round the value, or use a wider decimal",
  );
}

function storeBig(words: Int32Array, index: number, unscaled: bigint): void {
  const limit = powerOfTen(38);
  assert(unscaled < limit && unscaled > -limit, "a decimal has at most 38 digits");
  for (let word = 0; word < 4; word += 1) words[4 * index + word] = Number(BigInt.asIntN(32, unscaled >> BigInt(32 * word)));
}
