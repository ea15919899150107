import { constantColumn, retyped } from "../../columnar/build.js";
import type { Column } from "../../columnar/column.js";
import { interleave } from "../../columnar/interleave.js";
import { toArrowType } from "../../schema/arrow-mapping.js";
import type { DataType } from "../../schema/types.js";
import { vector, type Operand } from "./operand.js";
import { nullScalar } from "./results.js";

/** The rows of a result that come from one operand. */
export interface Part {
  readonly operand: Operand;
  /** Rows of the result, ascending. */
  readonly rows: Int32Array;
  /** Whether the operand has just these rows (so that its row i belongs to `rows[i]`), or all rows of the result. */
  readonly compact: boolean;
}

/** Puts a column of `length` rows together from parts; rows of no part are null. */
export function combineParts(type: DataType, length: number, parts: readonly Part[]): Operand {
  const arrowType = toArrowType(type);
  const columns: Column[] = [];
  const choice = new Int32Array(length);
  const rows = new Int32Array(length).fill(-1);
  for (const { operand, rows: targets, compact } of parts) {
    if (targets.length === 0 || (operand.kind === "scalar" && operand.value === null)) continue;
    const index = columns.length;
    columns.push(operand.kind === "vector" ? retyped(operand.column, arrowType) : constantColumn(type, operand.value, 1));
    for (let i = 0; i < targets.length; i++) {
      const row = targets[i] as number;
      choice[row] = index;
      rows[row] = operand.kind === "scalar" ? 0 : compact ? i : row;
    }
  }
  return columns.length === 0 ? nullScalar(type) : vector(type, interleave(columns, choice, rows));
}

export function allRows(length: number): Int32Array {
  const rows = new Int32Array(length);
  for (let row = 0; row < length; row++) rows[row] = row;
  return rows;
}
