import { isNumeric, isOrderable, types } from "../../schema/data-types.js";
import { formatType } from "../../schema/type-text.js";
import type { BoundExpression } from "../expression.js";
import { arithmetic, negate } from "../kernels/arithmetic.js";
import type { ArithmeticName } from "../kernels/arithmetic-failure.js";
import { compare, compareNullSafe } from "../kernels/comparison.js";
import { inList } from "../kernels/in-list.js";
import { like } from "../kernels/like.js";
import { isFalse, isNotNull, isNull, isTrue, not } from "../kernels/logic.js";
import type { Kernel, Operand } from "../kernels/operand.js";
import { boundCall, type CallSite, type FunctionDefinition } from "./definition.js";

/** Kernels are called with as many operands as the arity says. */
export function pair(operation: (left: Operand, right: Operand, call: Parameters<Kernel>[1]) => Operand): Kernel {
  return (args, call) => operation(args[0] as Operand, args[1] as Operand, call);
}

function comparison(name: string): FunctionDefinition {
  return {
    names: [name],
    arity: [2, 2],
    total: true,
    resolve: (args, site) => boundCall(name, comparable(args, site), types.boolean),
    kernel: pair((left, right, call) => (name === "<=>" ? compareNullSafe(left, right, call) : compare(name, left, right, call))),
  };
}

function comparable(args: readonly BoundExpression[], site: CallSite): readonly BoundExpression[] {
  const unified = site.unify(args, "comparison");
  const type = unified[0]?.type ?? types.void;
  if (!isOrderable(type)) throw site.mismatch(`values of ${formatType(type)} cannot be compared`);
  return unified;
}

const asBooleans = (args: readonly BoundExpression[], site: CallSite): BoundExpression[] =>
  args.map((arg) => {
    if (arg.type.kind === "boolean" || arg.type.kind === "void") return site.coerce(arg, types.boolean);
    throw site.mismatch(`${site.name} takes booleans, found a ${formatType(arg.type)}`);
  });

/** `and` and `or`, whose later operands `evaluate` leaves out where an earlier one decides. */
function junction(name: "and" | "or"): FunctionDefinition {
  return {
    names: [name],
    arity: [1, Infinity],
    total: true,
    resolve: (args, site) => boundCall(name, asBooleans(args, site), types.boolean),
  };
}

function truthTest(name: string, kernel: Kernel): FunctionDefinition {
  return {
    names: [name],
    arity: [1, 1],
    total: true,
    resolve: (args, site) => boundCall(name, asBooleans(args, site), types.boolean),
    kernel,
  };
}

function nullTest(name: string, kernel: Kernel): FunctionDefinition {
  return { names: [name], arity: [1, 1], total: true, resolve: (args) => boundCall(name, args, types.boolean), kernel };
}

/** The types are found by binder/arithmetic. */
function arithmeticKernel(name: ArithmeticName, ...aliases: string[]): FunctionDefinition {
  return {
    names: [name, ...aliases],
    arity: [2, 2],
    resolve: (args, site) => {
      throw site.mismatch(`${name} takes two numbers, found ${args.map((arg) => formatType(arg.type)).join(" and ")}`);
    },
    kernel: pair((left, right, call) => arithmetic(name, left, right, call)),
  };
}

const negateFunction: FunctionDefinition = {
  names: ["negate", "negative"],
  arity: [1, 1],
  resolve: ([arg], site) => {
    const child = arg as BoundExpression;
    const number = child.type.kind === "string" || child.type.kind === "void" ? site.coerce(child, types.double) : child;
    if (!isNumeric(number.type)) throw site.mismatch(`there is no minus for a ${formatType(number.type)}`);
    return boundCall("negate", [number], number.type);
  },
  kernel: (args, call) => negate(args[0] as Operand, call),
};

const between: FunctionDefinition = {
  names: ["between"],
  arity: [3, 3],
  resolve: ([value, low, high], site) => {
    const [x, from, to] = [value as BoundExpression, low as BoundExpression, high as BoundExpression];
    return site.call("and", [site.call(">=", [x, from]), site.call("<=", [x, to])]);
  },
};

const inFunction: FunctionDefinition = {
  names: ["in"],
  arity: [1, Infinity],
  total: true,
  resolve: (args, site) => boundCall("in", comparable(args, site), types.boolean),
  kernel: inList,
};

function likeFunction(name: "like" | "ilike"): FunctionDefinition {
  return {
    names: [name],
    arity: [2, 3],
    resolve: (args, site) =>
      boundCall(
        name,
        args.map((arg) => site.coerce(arg, types.string)),
        types.boolean,
      ),
    kernel: (args, call) => like(args, call, name === "ilike"),
  };
}

export const operatorFunctions: readonly FunctionDefinition[] = [
  ...["=", "<>", "<", "<=", ">", ">=", "<=>"].map(comparison),
  { ...comparison("<=>"), names: ["equal_null"], resolve: (args, site) => site.call("<=>", args) },
  junction("and"),
  junction("or"),
  truthTest("not", not),
  truthTest("istrue", isTrue),
  truthTest("isfalse", isFalse),
  nullTest("isnull", isNull),
  nullTest("isnotnull", isNotNull),
  arithmeticKernel("+"),
  arithmeticKernel("-"),
  arithmeticKernel("*"),
  arithmeticKernel("/"),
  arithmeticKernel("%", "mod"),
  arithmeticKernel("div"),
  arithmeticKernel("pmod"),
  negateFunction,
  between,
  inFunction,
  likeFunction("like"),
  likeFunction("ilike"),
];
