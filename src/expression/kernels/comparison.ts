import { unreachable } from "../../base/assert.js";
import { LakeError } from "../../base/errors.js";
import { formatType } from "../../schema/type-text.js";
import type { DataType } from "../../schema/types.js";
import { types } from "../../schema/data-types.js";
import { allOnes, andBits, jointValidity, newBits, notBits, validBits, valueBits, type Bits } from "./bitmap.js";
import { compareNested } from "./nested-order.js";
import { scalar, toColumn, type KernelCall, type Operand } from "./operand.js";
import { bytesOperand, decimalWordsOf, longsOf, numbersOf, type NumberArray, type Strided, type StridedBytes } from "./readers.js";
import { booleanVector } from "./results.js";

/** Both are enough: Spark's order is total (NaN equals NaN and is greatest), so the other comparisons are their negations. */
type Relation = "equal" | "less";

/** `=` `<>` `<` `<=` `>` `>=` of two operands of one type; null where either is. */
export function compare(name: string, left: Operand, right: Operand, call: KernelCall): Operand {
  const valid = jointValidity([left, right]);
  if (valid === "none") return scalar(types.boolean, null);
  const bits = relate(name, left, right, call.length);
  return booleanVector(bits, call.length, valid);
}

/** `<=>`: never null. */
export function compareNullSafe(left: Operand, right: Operand, call: KernelCall): Operand {
  const { length } = call;
  const [leftNulls, rightNulls] = [nullBits(left, length), nullBits(right, length)];
  if (left.type.kind === "void" || right.type.kind === "void" || leftNulls === "all" || rightNulls === "all") {
    const other = leftNulls === "all" || left.type.kind === "void" ? rightNulls : leftNulls;
    return booleanVector(other === "all" ? allOnes(length) : (other ?? newBits(length)), length, undefined);
  }
  let bits = relate("=", left, right, length);
  if (leftNulls !== undefined || rightNulls !== undefined) {
    const a = leftNulls ?? newBits(length);
    const b = rightNulls ?? newBits(length);
    const out = newBits(length);
    for (let i = 0; i < out.length; i++) {
      const x = a[i] as number;
      const y = b[i] as number;
      out[i] = (x & y) | ((bits[i] as number) & ~x & ~y);
    }
    bits = out;
  }
  return booleanVector(bits, length, undefined);
}

function nullBits(operand: Operand, length: number): Bits | undefined | "all" {
  if (operand.kind === "scalar") return operand.value === null ? "all" : undefined;
  const valid = validBits(operand.column);
  return valid === undefined ? undefined : notBits(valid);
}

function relate(name: string, left: Operand, right: Operand, length: number): Bits {
  switch (name) {
    case "=":
      return relation("equal", left, right, length);
    case "<>":
      return notBits(relation("equal", left, right, length));
    case "<":
      return relation("less", left, right, length);
    case ">=":
      return notBits(relation("less", left, right, length));
    case ">":
      return relation("less", right, left, length);
    default:
      return notBits(relation("less", right, left, length));
  }
}

function relation(wanted: Relation, left: Operand, right: Operand, length: number): Bits {
  const { type } = left;
  switch (type.kind) {
    case "byte":
    case "short":
    case "int":
    case "date":
      return wanted === "equal"
        ? equalNumbers(numbersOf(left), numbersOf(right), length)
        : lessNumbers(numbersOf(left), numbersOf(right), length);
    case "float":
    case "double":
      return wanted === "equal"
        ? equalDoubles(numbersOf(left), numbersOf(right), length)
        : lessDoubles(numbersOf(left), numbersOf(right), length);
    case "long":
    case "timestamp":
    case "timestamp_ntz":
      return wanted === "equal" ? equalLongs(longsOf(left), longsOf(right), length) : lessLongs(longsOf(left), longsOf(right), length);
    case "decimal":
      // Up to 18 digits the lower two of the four words say all.
      if (type.precision > 18) return compareDecimals(wanted, decimalWordsOf(left), decimalWordsOf(right), length);
      return (wanted === "equal" ? equalLongs : lessLongs)(decimalWordsOf(left), decimalWordsOf(right), length);
    case "string":
    case "binary":
      return wanted === "equal"
        ? equalBytes(bytesOperand(left), bytesOperand(right), length)
        : lessBytes(bytesOperand(left), bytesOperand(right), length);
    case "boolean":
      return compareBooleans(wanted, left, right, length);
    case "void":
      return newBits(length);
    case "struct":
    case "array":
      return compareNested(wanted, toColumn(left, length), toColumn(right, length));
    case "map":
    case "variant":
      throw notComparable(type);
    default:
      return unreachable(type);
  }
}

function notComparable(type: DataType): LakeError {
  return new LakeError("expression/type-mismatch", `Values of ${formatType(type)} have no order and no equality in SQL.`, {
    type: formatType(type),
  });
}

function equalNumbers(a: Strided<NumberArray>, b: Strided<NumberArray>, length: number): Bits {
  const out = newBits(length);
  const [x, y, dx, dy] = [a.values, b.values, a.step, b.step];
  for (let row = 0, i = 0, j = 0; row < length;) {
    const end = row + 8 < length ? row + 8 : length;
    let byte = 0;
    for (let bit = 1; row < end; row++, bit <<= 1, i += dx, j += dy) {
      if (x[i] === y[j]) byte |= bit;
    }
    out[(row - 1) >> 3] = byte;
  }
  return out;
}

function lessNumbers(a: Strided<NumberArray>, b: Strided<NumberArray>, length: number): Bits {
  const out = newBits(length);
  const [x, y, dx, dy] = [a.values, b.values, a.step, b.step];
  for (let row = 0, i = 0, j = 0; row < length;) {
    const end = row + 8 < length ? row + 8 : length;
    let byte = 0;
    for (let bit = 1; row < end; row++, bit <<= 1, i += dx, j += dy) {
      if ((x[i] as number) < (y[j] as number)) byte |= bit;
    }
    out[(row - 1) >> 3] = byte;
  }
  return out;
}

function equalDoubles(a: Strided<NumberArray>, b: Strided<NumberArray>, length: number): Bits {
  const out = newBits(length);
  const [x, y, dx, dy] = [a.values, b.values, a.step, b.step];
  for (let row = 0, i = 0, j = 0; row < length;) {
    const end = row + 8 < length ? row + 8 : length;
    let byte = 0;
    for (let bit = 1; row < end; row++, bit <<= 1, i += dx, j += dy) {
      const p = x[i] as number;
      const q = y[j] as number;
      if (p === q || (p !== p && q !== q)) byte |= bit;
    }
    out[(row - 1) >> 3] = byte;
  }
  return out;
}

function lessDoubles(a: Strided<NumberArray>, b: Strided<NumberArray>, length: number): Bits {
  const out = newBits(length);
  const [x, y, dx, dy] = [a.values, b.values, a.step, b.step];
  for (let row = 0, i = 0, j = 0; row < length;) {
    const end = row + 8 < length ? row + 8 : length;
    let byte = 0;
    for (let bit = 1; row < end; row++, bit <<= 1, i += dx, j += dy) {
      const p = x[i] as number;
      const q = y[j] as number;
      if (p < q || (q !== q && p === p)) byte |= bit;
    }
    out[(row - 1) >> 3] = byte;
  }
  return out;
}

function equalLongs(a: Strided<Int32Array>, b: Strided<Int32Array>, length: number): Bits {
  const out = newBits(length);
  const [x, y, dx, dy] = [a.values, b.values, a.step, b.step];
  for (let row = 0, i = 0, j = 0; row < length;) {
    const end = row + 8 < length ? row + 8 : length;
    let byte = 0;
    for (let bit = 1; row < end; row++, bit <<= 1, i += dx, j += dy) {
      if (x[i] === y[j] && x[i + 1] === y[j + 1]) byte |= bit;
    }
    out[(row - 1) >> 3] = byte;
  }
  return out;
}

function lessLongs(a: Strided<Int32Array>, b: Strided<Int32Array>, length: number): Bits {
  const out = newBits(length);
  const [x, y, dx, dy] = [a.values, b.values, a.step, b.step];
  for (let row = 0, i = 0, j = 0; row < length;) {
    const end = row + 8 < length ? row + 8 : length;
    let byte = 0;
    for (let bit = 1; row < end; row++, bit <<= 1, i += dx, j += dy) {
      const p = x[i + 1] as number;
      const q = y[j + 1] as number;
      if (p < q || (p === q && (x[i] as number) >>> 0 < (y[j] as number) >>> 0)) byte |= bit;
    }
    out[(row - 1) >> 3] = byte;
  }
  return out;
}

function compareDecimals(wanted: Relation, a: Strided<Int32Array>, b: Strided<Int32Array>, length: number): Bits {
  const out = newBits(length);
  const [x, y, dx, dy] = [a.values, b.values, a.step, b.step];
  for (let row = 0, i = 0, j = 0; row < length; row++, i += dx, j += dy) {
    let word = 3;
    while (word >= 0 && x[i + word] === y[j + word]) word--;
    let holds = word < 0;
    if (wanted === "less") {
      const p = x[i + word] as number;
      const q = y[j + word] as number;
      holds = word === 3 ? p < q : word >= 0 && p >>> 0 < q >>> 0;
    }
    if (holds) out[row >> 3] = (out[row >> 3] as number) | (1 << (row & 7));
  }
  return out;
}

function equalBytes(a: StridedBytes, b: StridedBytes, length: number): Bits {
  const out = newBits(length);
  const [x, y] = [a.bytes, b.bytes];
  for (let row = 0, i = 0, j = 0; row < length; row++, i += a.step, j += b.step) {
    let p = a.offsets[i] as number;
    let q = b.offsets[j] as number;
    const end = a.offsets[i + 1] as number;
    if (end - p !== (b.offsets[j + 1] as number) - q) continue;
    while (p < end && x[p] === y[q]) {
      p++;
      q++;
    }
    if (p === end) out[row >> 3] = (out[row >> 3] as number) | (1 << (row & 7));
  }
  return out;
}

function lessBytes(a: StridedBytes, b: StridedBytes, length: number): Bits {
  const out = newBits(length);
  const [x, y] = [a.bytes, b.bytes];
  for (let row = 0, i = 0, j = 0; row < length; row++, i += a.step, j += b.step) {
    let p = a.offsets[i] as number;
    let q = b.offsets[j] as number;
    const pEnd = a.offsets[i + 1] as number;
    const qEnd = b.offsets[j + 1] as number;
    while (p < pEnd && q < qEnd && x[p] === y[q]) {
      p++;
      q++;
    }
    const less = p === pEnd ? q < qEnd : q < qEnd && (x[p] as number) < (y[q] as number);
    if (less) out[row >> 3] = (out[row >> 3] as number) | (1 << (row & 7));
  }
  return out;
}

function compareBooleans(wanted: Relation, left: Operand, right: Operand, length: number): Bits {
  const a = booleanBits(left, length);
  const b = booleanBits(right, length);
  if (wanted === "less") return andBits(notBits(a), b);
  const out = newBits(length);
  for (let i = 0; i < out.length; i++) out[i] = ~((a[i] as number) ^ (b[i] as number));
  return out;
}

/** The values of a boolean operand as a bitmap; null rows hold anything. */
export function booleanBits(operand: Operand, length: number): Bits {
  if (operand.kind === "vector") return valueBits(operand.column);
  return operand.value === true ? allOnes(length) : newBits(length);
}
