import { isFloating, isIntegral, isNumeric, types } from "../../schema/data-types.js";
import { formatType } from "../../schema/type-text.js";
import type { DataType } from "../../schema/types.js";
import { commonType, literalValue } from "./coercion.js";
import type { BoundExpression, ExpressionNode } from "../expression.js";
import { boundCall, type CallSite } from "../functions/definition.js";
import { decimalOf, decimalResult } from "../kernels/decimal-rules.js";
import { formatExpression } from "../format.js";

const OPERATORS: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%", "div", "pmod"]);

/** `mod` is the function for `%`. */
const ALIASES: Readonly<Record<string, string>> = { mod: "%" };

export function isInterval(node: ExpressionNode): boolean {
  return node.kind === "call" && node.name === "interval";
}

/** Types an arithmetic operation as Spark's ANSI mode does; `undefined` when `written` is none. */
export function bindArithmetic(written: string, args: readonly BoundExpression[], site: CallSite): BoundExpression | undefined {
  const name = ALIASES[written] ?? written;
  const [left, right] = args;
  if (!OPERATORS.has(name) || left === undefined || right === undefined || args.length !== 2) return undefined;
  const dates = dateArithmetic(name, left, right, site);
  if (dates !== undefined) return dates;
  const [a, b] = operandTypes(name, left, right);
  if (!isNumeric(a) || !isNumeric(b) || (name === "div" && (isFloating(a) || isFloating(b)))) throw refused(name, left, right, site);
  const [x, y] = [decimalOf(a, literalIn(left, a)), decimalOf(b, literalIn(right, b))];
  if ((a.kind === "decimal" || b.kind === "decimal") && x !== undefined && y !== undefined) {
    const type = name === "div" ? types.long : decimalResult(name, x, y);
    return boundCall(name, [site.coerce(left, x), site.coerce(right, y)], type);
  }
  const type = resultType(name, a, b);
  return boundCall(name, [castNumber(left, type, site), castNumber(right, type, site)], type);
}

function castNumber(operand: BoundExpression, type: DataType, site: CallSite): BoundExpression {
  return site.coerce(operand, type);
}

/** A literal that stays of its own type; one that is cast (from a string) has no digits to count. */
function literalIn(operand: BoundExpression, type: DataType): number | bigint | undefined {
  return operand.type.kind === type.kind ? literalValue(operand) : undefined;
}

/** Strings take part as numbers: beside a whole number as long, else as double. Nulls take the other's type. */
function operandTypes(name: string, left: BoundExpression, right: BoundExpression): readonly [DataType, DataType] {
  const [a, b] = [left.type, right.type];
  if (a.kind === "void" && b.kind === "void") return name === "div" ? [types.long, types.long] : [types.double, types.double];
  if (a.kind === "string" || b.kind === "string") {
    const common = commonType(a, b) ?? types.void;
    return [common, common];
  }
  if (a.kind === "void") return name === "/" ? [types.double, types.double] : [b, b];
  if (b.kind === "void") return [a, a];
  return [a, b];
}

function resultType(name: string, a: DataType, b: DataType): DataType {
  if (name === "/") return types.double;
  if (name === "div") return types.long;
  if (a.kind === "decimal" || b.kind === "decimal") return types.double;
  return commonType(a, b) ?? types.double;
}

/** date ± days; differences of dates and times are refused with the function that counts them. */
function dateArithmetic(name: string, left: BoundExpression, right: BoundExpression, site: CallSite): BoundExpression | undefined {
  if (name === "+" && right.type.kind === "date" && isIntegral(left.type)) return site.call("date_add", [right, left]);
  if (name === "+" && left.type.kind === "date" && isIntegral(right.type)) return site.call("date_add", [left, right]);
  if (name === "-" && left.type.kind === "date" && isIntegral(right.type)) return site.call("date_sub", [left, right]);
  return undefined;
}

function refused(name: string, left: BoundExpression, right: BoundExpression, site: CallSite): Error {
  const isTime = (type: DataType): boolean => type.kind === "date" || type.kind === "timestamp" || type.kind === "timestamp_ntz";
  const pair = `${formatType(left.type)} ${name} ${formatType(right.type)}`;
  if (name === "-" && isTime(left.type) && isTime(right.type)) {
    return site.mismatch(`${pair} is an interval, which no column holds; datediff(end, start) counts the days between`);
  }
  if (isTime(left.type) || isTime(right.type)) {
    return site.mismatch(`there is no ${pair}; add an interval (… + INTERVAL 1 DAY) or use date_add`);
  }
  const why = name === "div" ? "div divides whole numbers and decimals" : "only numbers have arithmetic; cast an operand";
  return site.mismatch(`there is no ${pair} (${formatExpression(left)} ${name} ${formatExpression(right)}): ${why}`);
}
