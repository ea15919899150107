import { unreachable } from "../../base/assert.js";
import { isNullAt, offsetsOf } from "../../columnar/access.js";
import type { Column } from "../../columnar/column.js";
import { cellReader } from "../../schema/cells.js";
import { compareValues } from "../../schema/value-order.js";
import type { DataType } from "../../schema/types.js";
import { newBits, type Bits } from "./bitmap.js";

type RowOrder = (leftRow: number, rightRow: number) => number;

/**
 * Compares structs field by field and arrays element by element, a shorter array first; nulls within them are equal
 * to each other and first, as in Spark's interpreted ordering.
 */
export function compareNested(wanted: "equal" | "less", type: DataType, left: Column, right: Column): Bits {
  const order = rowOrder(type, left, right);
  const out = newBits(left.length);
  for (let row = 0; row < left.length; row++) {
    if (isNullAt(left, row) || isNullAt(right, row)) continue;
    const sign = order(row, row);
    if (wanted === "equal" ? sign === 0 : sign < 0) out[row >> 3] = (out[row >> 3] as number) | (1 << (row & 7));
  }
  return out;
}

/** Spark's order of row `l` of `left` and row `r` of `right`; null first. */
export function rowOrder(type: DataType, left: Column, right: Column): RowOrder {
  const inner = valueOrder(type, left, right);
  return (l, r) => {
    const [leftNull, rightNull] = [isNullAt(left, l), isNullAt(right, r)];
    return leftNull || rightNull ? Number(rightNull) - Number(leftNull) : inner(l, r);
  };
}

function valueOrder(type: DataType, left: Column, right: Column): RowOrder {
  switch (type.kind) {
    case "struct": {
      const fields = type.fields.map((field, index) => rowOrder(field.type, left.children[index] as Column, right.children[index] as Column));
      return (l, r) => {
        for (const field of fields) {
          const sign = field(l, r);
          if (sign !== 0) return sign;
        }
        return 0;
      };
    }
    case "array": {
      const [a, b] = [offsetsOf(left), offsetsOf(right)];
      const element = rowOrder(type.element, left.children[0] as Column, right.children[0] as Column);
      return (l, r) => {
        const [start, other] = [a[l] as number, b[r] as number];
        const [count, otherCount] = [(a[l + 1] as number) - start, (b[r + 1] as number) - other];
        for (let i = 0; i < count && i < otherCount; i++) {
          const sign = element(start + i, other + i);
          if (sign !== 0) return sign;
        }
        return count - otherCount;
      };
    }
    case "map":
    case "variant":
      return () => 0;
    case "void":
      return () => 0;
    case "decimal":
    case "byte":
    case "short":
    case "int":
    case "long":
    case "float":
    case "double":
    case "string":
    case "binary":
    case "boolean":
    case "date":
    case "timestamp":
    case "timestamp_ntz": {
      const [a, b] = [cellReader(type, left), cellReader(type, right)];
      return (l, r) => compareValues(type, a(l), b(r));
    }
    default:
      return unreachable(type);
  }
}
