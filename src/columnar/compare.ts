import { Type } from "apache-arrow";
import { assert, unreachable } from "../base/assert.js";
import { boolAt, bytesOf, fixedView, layoutOf, nullMask, offsetsOf } from "./access.js";
import type { Column } from "./column.js";

/** Negative, 0 or positive, as row `left` of the one column is less than, equal to or greater than row `right` of the other. */
export type RowComparison = (left: number, right: number) => number;

/**
 * Compares rows of two columns of one type in Spark's order: nulls first and equal to each other, false before true, NaN equal to
 * itself and greatest, -0.0 = 0.0, strings and binaries by their unsigned bytes, structs field by field, arrays element by element.
 */
export function compareColumns(left: Column, right: Column): RowComparison {
  const leftNulls = nullMask(left);
  const rightNulls = nullMask(right);
  if (left.typeId === Type.Null) return () => 0;
  const compare = compareValid(left, right);
  if (leftNulls === undefined && rightNulls === undefined) return compare;
  return (l, r) => {
    const leftNull = leftNulls?.[l] ?? 0;
    const rightNull = rightNulls?.[r] ?? 0;
    return leftNull + rightNull > 0 ? rightNull - leftNull : compare(l, r);
  };
}

/** As `compareColumns`, for rows that are not null. */
export function compareValid(left: Column, right: Column): RowComparison {
  const layout = layoutOf(left.type);
  switch (layout) {
    case "null":
      return () => 0;
    case "bool":
      return (l, r) => Number(boolAt(left, l)) - Number(boolAt(right, r));
    case "fixed":
      return compareFixed(left, right);
    case "bytes":
      return compareByteColumns(left, right);
    case "list":
      return compareLists(left, right);
    case "struct":
      return compareStructs(left, right);
    default:
      return unreachable(layout);
  }
}

function compareFixed(left: Column, right: Column): RowComparison {
  if (left.typeId === Type.Float) return compareFloats(left, right);
  const { units: leftUnits, perValue } = fixedView(left);
  const { units: rightUnits } = fixedView(right);
  if (perValue > 1) return compareWide(leftUnits as Int32Array, rightUnits as Int32Array, perValue);
  const leftValues = left.values as Int32Array;
  const rightValues = right.values as Int32Array;
  return (l, r) => (leftValues[l] as number) - (rightValues[r] as number);
}

function compareFloats(left: Column, right: Column): RowComparison {
  const leftValues = left.values as Float64Array;
  const rightValues = right.values as Float64Array;
  return (l, r) => {
    const a = leftValues[l] as number;
    const b = rightValues[r] as number;
    if (a < b) return -1;
    if (a > b) return 1;
    return a === b ? 0 : Number(a !== a) - Number(b !== b);
  };
}

/** Two's complement numbers of several words, least significant first: only the highest word carries a sign. */
function compareWide(left: Int32Array, right: Int32Array, width: number): RowComparison {
  return (l, r) => {
    const high = (left[l * width + width - 1] as number) - (right[r * width + width - 1] as number);
    if (high !== 0) return high;
    for (let word = width - 2; word >= 0; word--) {
      const difference = ((left[l * width + word] as number) >>> 0) - ((right[r * width + word] as number) >>> 0);
      if (difference !== 0) return difference;
    }
    return 0;
  };
}

function compareByteColumns(left: Column, right: Column): RowComparison {
  const leftOffsets = offsetsOf(left);
  const rightOffsets = offsetsOf(right);
  const leftBytes = bytesOf(left);
  const rightBytes = bytesOf(right);
  return (l, r) => {
    const leftStart = leftOffsets[l] as number;
    const rightStart = rightOffsets[r] as number;
    const leftLength = (leftOffsets[l + 1] as number) - leftStart;
    const rightLength = (rightOffsets[r + 1] as number) - rightStart;
    const shared = Math.min(leftLength, rightLength);
    for (let i = 0; i < shared; i++) {
      const difference = (leftBytes[leftStart + i] as number) - (rightBytes[rightStart + i] as number);
      if (difference !== 0) return difference;
    }
    return leftLength - rightLength;
  };
}

function compareLists(left: Column, right: Column): RowComparison {
  const leftOffsets = offsetsOf(left);
  const rightOffsets = offsetsOf(right);
  const [leftChild] = left.children;
  const [rightChild] = right.children;
  assert(leftChild !== undefined && rightChild !== undefined && left.typeId === Type.List, "arrays have an order, maps have none");
  const compare = compareColumns(leftChild, rightChild);
  return (l, r) => {
    const leftStart = leftOffsets[l] as number;
    const rightStart = rightOffsets[r] as number;
    const leftLength = (leftOffsets[l + 1] as number) - leftStart;
    const rightLength = (rightOffsets[r + 1] as number) - rightStart;
    for (let i = 0; i < Math.min(leftLength, rightLength); i++) {
      const difference = compare(leftStart + i, rightStart + i);
      if (difference !== 0) return difference;
    }
    return leftLength - rightLength;
  };
}

function compareStructs(left: Column, right: Column): RowComparison {
  const fields = left.children.map((child, index) => compareColumns(child, right.children[index] as Column));
  return (l, r) => {
    for (const compare of fields) {
      const difference = compare(l, r);
      if (difference !== 0) return difference;
    }
    return 0;
  };
}
