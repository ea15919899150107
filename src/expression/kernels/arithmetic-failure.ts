import type { DataType } from "../../schema/types.js";
import { bitOf, type Bits } from "./bitmap.js";
import { evaluationError } from "./failure.js";
import type { KernelCall } from "./operand.js";

/** The binary operations of numbers. `pmod` is the remainder that is never negative for a positive divisor. */
export type ArithmeticName = "+" | "-" | "*" | "/" | "%" | "div" | "pmod";

/** What a kernel needs to raise the right error, and only for rows that are not null. */
export interface ArithmeticFailure {
  readonly valid: Bits | undefined;
  readonly call: KernelCall;
}

export function overflow(failure: ArithmeticFailure, row: number, type: DataType): void {
  if (failure.valid !== undefined && !bitOf(failure.valid, row)) return;
  const wider = type.kind === "byte" || type.kind === "short" || type.kind === "int" ? "long or decimal" : "a wider decimal or double";
  throw evaluationError(`The result does not fit ${typeName(type)}`, failure.call.describe(), `Cast an operand to ${wider} first.`);
}

export function divisionByZero(failure: ArithmeticFailure, row: number): void {
  if (failure.valid !== undefined && !bitOf(failure.valid, row)) return;
  throw evaluationError("Division by zero", failure.call.describe(), "Use nullif(divisor, 0) to get null instead.");
}

function typeName(type: DataType): string {
  return type.kind === "decimal" ? `decimal(${type.precision},${type.scale})` : type.kind;
}
