import { types, decimal, isIntegral, isNumeric } from "../../schema/data-types.js";
import { formatType } from "../../schema/type-text.js";
import type { DataType, DecimalType } from "../../schema/types.js";
import type { BoundExpression } from "../expression.js";
import { magnitude, roundToWhole, roundNumbers } from "../kernels/math.js";
import { numberReader } from "../kernels/readers.js";
import { numberKernel, operandAt } from "../kernels/row-kernels.js";
import { boundCall, simpleFunction, type CallSite, type FunctionDefinition } from "./definition.js";

const { double, int, long } = types;

/** A function of doubles; `undefined` is null. */
function doubleFunction(names: readonly [string, ...string[]], compute: (x: number) => number | undefined): FunctionDefinition {
  const kernel = numberKernel((args) => {
    const x = numberReader(operandAt(args, 0));
    return (row) => compute(x(row));
  });
  return simpleFunction({ names, parameters: [double], result: double, kernel, total: true });
}

function doublesFunction(
  names: readonly [string, ...string[]],
  compute: (x: number, y: number) => number | undefined,
): FunctionDefinition {
  const kernel = numberKernel((args) => {
    const [x, y] = [numberReader(operandAt(args, 0)), numberReader(operandAt(args, 1))];
    return (row) => compute(x(row), y(row));
  });
  return simpleFunction({ names, parameters: [double, double], result: double, kernel, total: true });
}

function constantFunction(name: string, value: number): FunctionDefinition {
  return { names: [name], arity: [0, 0], total: true, resolve: () => ({ kind: "literal", value, type: double }) };
}

/** Logarithms have no value at 0 and below. */
function logarithm(compute: (x: number) => number): (x: number) => number | undefined {
  return (x) => (x <= 0 ? undefined : compute(x));
}

/** `ln(x)` with one argument, the logarithm of the second to the base of the first with two. */
const log: FunctionDefinition = {
  names: ["log"],
  arity: [1, 2],
  resolve: (args, site) => site.call(args.length === 1 ? "ln" : "log_base", args),
};

/** What a number function takes: a number as it is, anything else as a double if it can be one. */
function asNumber(argument: BoundExpression, site: CallSite): BoundExpression {
  return isNumeric(argument.type) ? argument : site.coerce(argument, double);
}

const abs: FunctionDefinition = {
  names: ["abs"],
  arity: [1, 1],
  resolve: ([arg], site) => {
    const number = asNumber(arg as BoundExpression, site);
    return boundCall("abs", [number], number.type);
  },
  kernel: (args, call) => magnitude(operandAt(args, 0), call),
};

/** `ceil` and `floor`: longs of doubles and whole numbers, decimals without fraction of decimals. */
function wholeFunction(names: readonly [string, ...string[]], mode: "ceiling" | "floor"): FunctionDefinition {
  return {
    names,
    arity: [1, 1],
    resolve: ([arg], site) => {
      const given = asNumber(arg as BoundExpression, site);
      if (given.type.kind === "decimal") {
        const { precision, scale } = given.type;
        return boundCall(names[0], [given], scale === 0 ? decimal(precision, 0) : decimal(Math.min(38, precision - scale + 1), 0));
      }
      return isIntegral(given.type) ? site.coerce(given, long) : boundCall(names[0], [site.coerce(given, double)], long);
    },
    kernel: (args, call) => roundToWhole(operandAt(args, 0), mode, call),
  };
}

/** The type of `round(x, digits)`: a decimal keeps only the digits that are asked for. */
function roundedType(type: DataType, digits: number): DataType {
  if (type.kind !== "decimal") return type;
  return roundedDecimal(type, digits);
}

function roundedDecimal(type: DecimalType, digits: number): DecimalType {
  const whole = type.precision - type.scale + 1;
  if (digits < 0) return decimal(Math.min(38, Math.max(whole, 1 - digits)), 0);
  const scale = Math.min(type.scale, digits);
  return decimal(Math.min(38, whole + scale), scale);
}

function roundFunction(name: string, mode: "half-up" | "half-even"): FunctionDefinition {
  return {
    names: [name],
    arity: [1, 2],
    resolve: ([arg, digitsArg], site) => {
      const number = asNumber(arg as BoundExpression, site);
      const digits = digitsArg === undefined ? int0 : site.coerce(digitsArg, int);
      if (digits.kind !== "literal") throw site.mismatch(`the digits of ${name} must be a constant`);
      if (digits.value === null) return { kind: "literal", value: null, type: number.type };
      return boundCall(name, [number, digits], roundedType(number.type, Number(digits.value)));
    },
    kernel: (args, call) => roundNumbers(operandAt(args, 0), digitsOf(args), mode, call),
  };
}

const int0: BoundExpression = { kind: "literal", value: 0, type: int };

function digitsOf(args: Parameters<typeof operandAt>[0]): number {
  const digits = operandAt(args, 1);
  return digits.kind === "scalar" ? Number(digits.value) : 0;
}

const positive: FunctionDefinition = {
  names: ["positive"],
  arity: [1, 1],
  resolve: ([arg], site) => {
    const number = asNumber(arg as BoundExpression, site);
    if (!isNumeric(number.type)) throw site.mismatch(`positive takes a number, found a ${formatType(number.type)}`);
    return number;
  },
};

export const mathFunctions: readonly FunctionDefinition[] = [
  abs,
  wholeFunction(["ceil", "ceiling"], "ceiling"),
  wholeFunction(["floor"], "floor"),
  roundFunction("round", "half-up"),
  roundFunction("bround", "half-even"),
  positive,
  doubleFunction(["sqrt"], Math.sqrt),
  doubleFunction(["cbrt"], Math.cbrt),
  doubleFunction(["exp"], Math.exp),
  doubleFunction(["ln"], logarithm(Math.log)),
  doubleFunction(["log10"], logarithm(Math.log10)),
  doubleFunction(
    ["log2"],
    logarithm((x) => Math.log(x) / Math.log(2)),
  ),
  log,
  doublesFunction(["log_base"], (base, x) => (base <= 0 || x <= 0 ? undefined : Math.log(x) / Math.log(base))),
  doublesFunction(["pow", "power"], (x, y) => x ** y),
  doublesFunction(["atan2"], Math.atan2),
  doubleFunction(["sign", "signum"], Math.sign),
  doubleFunction(["sin"], Math.sin),
  doubleFunction(["cos"], Math.cos),
  doubleFunction(["tan"], Math.tan),
  doubleFunction(["asin"], Math.asin),
  doubleFunction(["acos"], Math.acos),
  doubleFunction(["atan"], Math.atan),
  // Java's factors.
  doubleFunction(["degrees"], (x) => x * 57.29577951308232),
  doubleFunction(["radians"], (x) => x * 0.017453292519943295),
  constantFunction("pi", Math.PI),
  constantFunction("e", Math.E),
];
