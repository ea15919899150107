import { isNullAt, offsetsOf } from "../../columnar/access.js";
import { assemble } from "../../columnar/assemble.js";
import { nullColumn, retyped } from "../../columnar/build.js";
import type { Column } from "../../columnar/column.js";
import { interleave } from "../../columnar/interleave.js";
import { take } from "../../columnar/take.js";
import { compareValid } from "../../columnar/compare.js";
import { toArrowType } from "../../schema/arrow-mapping.js";
import { array } from "../../schema/data-types.js";
import type { ArrayType, MapType } from "../../schema/types.js";
import { bitOf, clearBit, jointValidity, newBits, validity } from "./bitmap.js";
import { evaluationError } from "./failure.js";
import { toColumn, vector, type Kernel, type KernelCall, type Operand } from "./operand.js";
import { numberReader } from "./readers.js";
import { booleanVector, fixedVector, nullScalar } from "./results.js";

/** `size` of an array or map: null for null. */
export const sizeOf: Kernel = (args, call) => {
  const column = toColumn(args[0] as Operand, call.length);
  const valid = jointValidity([vector((args[0] as Operand).type, column)]);
  const offsets = offsetsOf(column);
  const out = new Int32Array(call.length);
  for (let row = 0; row < call.length; row++) out[row] = (offsets[row + 1] as number) - (offsets[row] as number);
  return fixedVector(call.type, out, call.length, valid === "none" ? newBits(call.length) : valid);
};

/** How an array is indexed: from 0 (`a[0]`) or from 1 with negatives from the end (`element_at`), and what is outside. */
export interface Indexing {
  readonly base: 0 | 1;
  readonly outside: "fail" | "null";
}

/** The element at an index, for each row. */
export function elementAt(array: Operand, index: Operand, call: KernelCall, indexing: Indexing): Operand {
  const valid = jointValidity([array, index]);
  if (valid === "none") return nullScalar(call.type);
  const column = toColumn(array, call.length);
  const offsets = offsetsOf(column);
  const at = numberReader(index);
  const rows = new Int32Array(call.length).fill(-1);
  for (let row = 0; row < call.length; row++) {
    if (valid !== undefined && !bitOf(valid, row)) continue;
    const [start, end] = [offsets[row] as number, offsets[row + 1] as number];
    const position = positionOf(at(row), end - start, indexing, call);
    if (position !== undefined) rows[row] = start + position;
  }
  return vector(call.type, take(column.children[0] as Column, rows));
}

function positionOf(index: number, count: number, indexing: Indexing, call: KernelCall): number | undefined {
  if (indexing.base === 1 && index === 0)
    throw evaluationError("element_at counts from 1, found 0", call.describe(), "Use 1 for the first, -1 for the last.");
  const position = indexing.base === 0 ? index : index > 0 ? index - 1 : count + index;
  if (position >= 0 && position < count) return position;
  if (indexing.outside === "null") return undefined;
  const advice = "Use try_element_at (from 1) or get (from 0) to get null instead.";
  throw evaluationError(`There is no element ${index} in an array of ${count}`, call.describe(), advice);
}

/** The value of a map under a key; null when it has none. */
export function mapValue(map: Operand, key: Operand, call: KernelCall): Operand {
  const valid = jointValidity([map, key]);
  if (valid === "none") return nullScalar(call.type);
  const column = toColumn(map, call.length);
  const entries = column.children[0] as Column;
  const offsets = offsetsOf(column);
  const order = compareValid(entries.children[0] as Column, retyped(toColumn(key, call.length), (entries.children[0] as Column).type));
  const rows = new Int32Array(call.length).fill(-1);
  for (let row = 0; row < call.length; row++) {
    if (valid !== undefined && !bitOf(valid, row)) continue;
    for (let entry = offsets[row] as number; entry < (offsets[row + 1] as number); entry++)
      if (order(entry, row) === 0) rows[row] = entry;
  }
  return vector(call.type, take(entries.children[1] as Column, rows));
}

/** `array_contains`: null when the array has nulls and not the value. */
export function arrayContains(array: Operand, value: Operand, call: KernelCall): Operand {
  const joint = jointValidity([array, value]);
  if (joint === "none") return nullScalar(call.type);
  const column = toColumn(array, call.length);
  const child = column.children[0] as Column;
  const offsets = offsetsOf(column);
  const order = compareValid(child, retyped(toColumn(value, call.length), child.type));
  const bits = newBits(call.length);
  const valid = joint?.slice() ?? newBits(call.length).fill(0xff);
  for (let row = 0; row < call.length; row++) {
    if (joint !== undefined && !bitOf(joint, row)) continue;
    let [found, hasNull] = [false, false];
    for (let at = offsets[row] as number; at < (offsets[row + 1] as number) && !found; at++) {
      if (isNullAt(child, at)) hasNull = true;
      else found = order(at, row) === 0;
    }
    if (found) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
    else if (hasNull) clearBit(valid, row);
  }
  return booleanVector(bits, call.length, valid);
}

/** `array(a, b, …)`. */
export const makeArray: Kernel = (args, call) => {
  const type = call.type as ArrayType;
  const arrowType = toArrowType(type);
  const elementType = toArrowType(type.element);
  const columns = args.map((arg) => retyped(toColumn(arg, call.length), elementType));
  const total = args.length * call.length;
  const [choice, rows] = [new Int32Array(total), new Int32Array(total)];
  for (let i = 0; i < total; i++) {
    choice[i] = i % args.length;
    rows[i] = Math.floor(i / args.length);
  }
  const child = args.length === 0 ? nullColumn(type.element, 0) : interleave(columns, choice, rows);
  return vector(
    type,
    assemble(arrowType, call.length, validity(undefined), { offsets: evenOffsets(call.length, args.length), children: [child] }),
  );
};

function evenOffsets(length: number, each: number): Int32Array {
  return Int32Array.from({ length: length + 1 }, (_, row) => row * each);
}

/** `map(key, value, …)`. */
export const makeMap: Kernel = (args, call) => {
  const type = call.type as MapType;
  const arrowType = toArrowType(type);
  const half = { length: call.length, describe: call.describe, nowMicros: call.nowMicros };
  const keys = toColumn(
    makeArray(
      args.filter((_, index) => index % 2 === 0),
      { ...half, type: array(type.key) },
    ),
    call.length,
  );
  const values = toColumn(
    makeArray(
      args.filter((_, index) => index % 2 === 1),
      { ...half, type: array(type.value) },
    ),
    call.length,
  );
  const [key, value] = [keys.children[0] as Column, values.children[0] as Column];
  assertMapKeys(key, args.length / 2, call);
  const entries = assemble((arrowType.children[0] as { type: Column["type"] }).type, key.length, validity(undefined), {
    children: [key, value],
  });
  const offsets = evenOffsets(call.length, args.length / 2);
  return vector(type, assemble(arrowType, call.length, validity(undefined), { offsets, children: [entries] }));
};

function assertMapKeys(key: Column, each: number, call: KernelCall): void {
  const order = compareValid(key, key);
  for (let at = 0; at < key.length; at++) {
    if (isNullAt(key, at)) throw evaluationError("A key is null", call.describe(), "Keys of a map are never null: use coalesce.");
    const first = at - (at % each);
    for (let other = first; other < at; other++) {
      if (order(other, at) === 0) throw evaluationError("A key comes twice", call.describe(), "Keep one of the entries.");
    }
  }
}

/** `struct(…)` and `named_struct(…)`: the operands are the values. */
export const makeStruct: Kernel = (args, call) => {
  const arrowType = toArrowType(call.type);
  const children = args.map((arg, index) =>
    retyped(toColumn(arg, call.length), (arrowType.children[index] as { type: Column["type"] }).type),
  );
  return vector(call.type, assemble(arrowType, call.length, validity(undefined), { children }));
};

/** `map_keys` and `map_values`. */
export function mapPart(which: 0 | 1): Kernel {
  return (args, call) => {
    const operand = args[0] as Operand;
    const column = toColumn(operand, call.length);
    const valid = jointValidity([vector(operand.type, column)]);
    const child = (column.children[0] as Column).children[which] as Column;
    const mapType = operand.type as MapType;
    const element = toArrowType(which === 0 ? mapType.key : mapType.value);
    const bits = valid === "none" ? newBits(call.length) : valid;
    return vector(
      call.type,
      assemble(toArrowType(call.type), call.length, validity(bits), { offsets: offsetsOf(column), children: [retyped(child, element)] }),
    );
  };
}
