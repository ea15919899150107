import { constantColumn } from "../../columnar/build.js";
import type { Column } from "../../columnar/column.js";
import { cellReader } from "../../schema/cells.js";
import type { DataType } from "../../schema/types.js";
import type { Value } from "../../schema/value.js";

/** What an expression evaluates to: one value for all rows, or a column. Scalars are not spread over the rows until they must be. */
export type Operand =
  | { readonly kind: "scalar"; readonly type: DataType; readonly value: Value }
  | { readonly kind: "vector"; readonly type: DataType; readonly column: Column };

export function scalar(type: DataType, value: Value): Operand {
  return { kind: "scalar", type, value };
}

export function vector(type: DataType, column: Column): Operand {
  return { kind: "vector", type, column };
}

export function toColumn(operand: Operand, length: number): Column {
  return operand.kind === "vector" ? operand.column : constantColumn(operand.type, operand.value, length);
}

/** Reads one value; `row` means nothing to a scalar. Not for hot loops. */
export function valueReader(operand: Operand): (row: number) => Value {
  if (operand.kind === "scalar") return () => operand.value;
  return cellReader(operand.type, operand.column);
}

/** What a kernel is told beside its operands. */
export interface KernelCall {
  readonly length: number;
  /** Type of the result. */
  readonly type: DataType;
  /** The expression as SQL, made only when an error needs it. */
  describe(): string;
  /** The time of the statement in µs since the epoch, for `current_timestamp` and its like. */
  readonly nowMicros: bigint | undefined;
}

export type Kernel = (args: readonly Operand[], call: KernelCall) => Operand;
