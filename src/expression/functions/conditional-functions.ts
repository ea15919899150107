import { isFloating, isOrderable, types } from "../../schema/data-types.js";
import { formatType } from "../../schema/type-text.js";
import type { BoundExpression } from "../expression.js";
import { extremum, isNaN as isNaNKernel } from "../kernels/conditional.js";
import { boundCall, type CallSite, type FunctionDefinition } from "./definition.js";

const NULL: BoundExpression = { kind: "literal", value: null, type: types.void };

/** Evaluated by `evaluate`: later arguments only for the rows that are still null. */
const coalesce: FunctionDefinition = {
  names: ["coalesce"],
  arity: [1, Infinity],
  resolve: (args, site) => {
    const unified = site.unify(args);
    const [first] = unified;
    return unified.length === 1 && first !== undefined ? first : boundCall("coalesce", unified, first?.type ?? types.void);
  },
};

const nvl: FunctionDefinition = { names: ["nvl", "ifnull"], arity: [2, 2], resolve: (args, site) => site.call("coalesce", args) };

function choice(when: BoundExpression, then: BoundExpression, otherwise: BoundExpression, site: CallSite): BoundExpression {
  const [a, b] = site.unify([then, otherwise]);
  const [yes, no] = [a as BoundExpression, b as BoundExpression];
  return { kind: "case", branches: [{ when, then: yes }], otherwise: no, type: yes.type };
}

const nvl2: FunctionDefinition = {
  names: ["nvl2"],
  arity: [3, 3],
  resolve: ([test, yes, no], site) =>
    choice(site.call("isnotnull", [test as BoundExpression]), yes as BoundExpression, no as BoundExpression, site),
};

const nullIf: FunctionDefinition = {
  names: ["nullif"],
  arity: [2, 2],
  resolve: ([a, b], site) => {
    const value = a as BoundExpression;
    const when = site.call("=", [value, b as BoundExpression]);
    const nothing: BoundExpression = { ...NULL, type: value.type };
    return { kind: "case", branches: [{ when, then: nothing }], otherwise: value, type: value.type };
  },
};

const ifFunction: FunctionDefinition = {
  names: ["if", "iff"],
  arity: [3, 3],
  resolve: ([test, yes, no], site) =>
    choice(site.coerce(test as BoundExpression, types.boolean), yes as BoundExpression, no as BoundExpression, site),
};

function extremumFunction(name: "greatest" | "least"): FunctionDefinition {
  return {
    names: [name],
    arity: [2, Infinity],
    total: true,
    resolve: (args, site) => {
      const unified = site.unify(args);
      const type = unified[0]?.type ?? types.void;
      if (!isOrderable(type)) throw site.mismatch(`values of ${formatType(type)} have no order`);
      return boundCall(name, unified, type);
    },
    kernel: (args, call) => extremum(name, args, call),
  };
}

const isNaNFunction: FunctionDefinition = {
  names: ["isnan"],
  arity: [1, 1],
  total: true,
  resolve: ([arg], site) => {
    const child = arg as BoundExpression;
    return boundCall("isnan", [isFloating(child.type) ? child : site.coerce(child, types.double)], types.boolean);
  },
  kernel: isNaNKernel,
};

const nanvl: FunctionDefinition = {
  names: ["nanvl"],
  arity: [2, 2],
  resolve: (args, site) => {
    const [a, b] = site.unify(args.map((arg) => (isFloating(arg.type) ? arg : site.coerce(arg, types.double))));
    const [value, other] = [a as BoundExpression, b as BoundExpression];
    return { kind: "case", branches: [{ when: site.call("isnan", [value]), then: other }], otherwise: value, type: value.type };
  },
};

export const conditionalFunctions: readonly FunctionDefinition[] = [
  coalesce,
  nvl,
  nvl2,
  nullIf,
  ifFunction,
  extremumFunction("greatest"),
  extremumFunction("least"),
  isNaNFunction,
  nanvl,
];
