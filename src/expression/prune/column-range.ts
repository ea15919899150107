import { civilOfDay } from "../../schema/civil-day.js";
import { isFloating, isNested } from "../../schema/data-types.js";
import { compareValues } from "../../schema/value-order.js";
import { compareUtf8 } from "../../base/utf8-order.js";
import type { DataType } from "../../schema/types.js";
import type { Value } from "../../schema/value.js";
import type { Bounds, ColumnBounds } from "../bounds.js";
import type { BoundExpression } from "../expression.js";
import { truncateDay, truncateMoment } from "../kernels/datetime.js";
import { splitMicros } from "../kernels/int64.js";
import { monotoneCast, type ValueCast } from "./monotone-cast.js";

/** An operand whose values bounds are known of: a column, perhaps under casts that keep the order. */
export interface RangedOperand {
  readonly path: readonly string[];
  /** Type of the values that are compared, after the casts. */
  readonly type: DataType;
  readonly casts: readonly ValueCast[];
  /** A try_cast among them makes nulls of its own. */
  readonly addsNulls: boolean;
  /** Names the operand: two with the same key have the same value in every row. */
  readonly key: string;
  /** Values may be NaN, which is above every bound. */
  readonly mayBeNaN: boolean;
}

/** The operand of an expression, when its range can be told from bounds. */
export function rangedOperand(expression: BoundExpression): RangedOperand | undefined {
  if (expression.kind === "reference") {
    if (isNested(expression.type)) return undefined;
    const key = `${expression.slot}:${JSON.stringify(expression.path)}`;
    return { path: expression.path, type: expression.type, casts: [], addsNulls: false, key, mayBeNaN: isFloating(expression.type) };
  }
  if (expression.kind === "call") return rangedCall(expression);
  if (expression.kind !== "cast") return undefined;
  const child = rangedOperand(expression.child);
  const cast = child === undefined ? undefined : monotoneCast(child.type, expression.type);
  if (child === undefined || cast === undefined) return undefined;
  return {
    ...child,
    type: expression.type,
    casts: [...child.casts, cast],
    addsNulls: child.addsNulls || expression.onError === "null",
    key: `${child.key} as ${JSON.stringify(expression.type)}`,
  };
}

/** Functions of dates and times that grow with them: `year(d)`, `trunc(d, 'month')`, `date_trunc('day', t)`. */
function rangedCall(call: Extract<BoundExpression, { kind: "call" }>): RangedOperand | undefined {
  const [first, second] = call.args;
  const [argument, unit] = call.name === "date_trunc" ? [second, first] : [first, second];
  const child = argument === undefined ? undefined : rangedOperand(argument);
  const apply = growingFunction(call.name, unit?.kind === "literal" ? unit.value : undefined);
  if (child === undefined || apply === undefined) return undefined;
  return { ...child, type: call.type, casts: [...child.casts, apply], key: `${child.key} ${call.name} ${JSON.stringify(unit)}` };
}

function growingFunction(name: string, unit: Value | undefined): ValueCast | undefined {
  if (name === "year") return (value) => civilOfDay(value as number).year;
  if (typeof unit !== "string") return undefined;
  if (name === "trunc" && truncateDay(0, unit) !== undefined) return (value) => truncateDay(value as number, unit);
  if (name !== "date_trunc" || truncateMoment(0, 0, unit) === undefined) return undefined;
  return (value) => {
    const { days, micros } = splitMicros(value as bigint);
    return truncateMoment(days, micros, unit);
  };
}

/** A bound under the casts of the operand; `undefined`: unknown. */
export function boundOf(operand: RangedOperand, value: Value | undefined): Value | undefined {
  let bound = value;
  for (const cast of operand.casts) {
    if (bound === undefined || bound === null) return undefined;
    bound = cast(bound);
  }
  return bound === null ? undefined : bound;
}

export function mayBeNull(operand: RangedOperand, known: ColumnBounds): boolean {
  return operand.addsNulls || known.nullCount === undefined || known.nullCount > 0;
}

/** Whether some row has a value. */
export function mayHaveValue(known: ColumnBounds, bounds: Bounds): boolean {
  return known.nullCount === undefined || bounds.rowCount === undefined || known.nullCount < bounds.rowCount;
}

/** The order of two values of a type that are not null. */
export function orderOf(type: DataType): (a: Value, b: Value) => number {
  switch (type.kind) {
    case "byte":
    case "short":
    case "int":
    case "date":
      return (a, b) => (a as number) - (b as number);
    case "long":
    case "decimal":
    case "timestamp":
    case "timestamp_ntz":
      return (a, b) => ((a as bigint) < (b as bigint) ? -1 : (a as bigint) > (b as bigint) ? 1 : 0);
    case "string":
      return (a, b) => compareUtf8(a as string, b as string);
    default:
      return (a, b) => compareValues(type, a, b);
  }
}
