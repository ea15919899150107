import { array, field, isIntegral, isOrderable, map, struct, types } from "../../schema/data-types.js";
import { formatType } from "../../schema/type-text.js";
import type { Field } from "../../schema/types.js";
import type { BoundExpression } from "../expression.js";
import { fieldColumn } from "../kernels/field-column.js";
import {
  arrayContains,
  elementAt,
  makeArray,
  makeMap,
  makeStruct,
  mapPart,
  mapValue,
  sizeOf,
  type Indexing,
} from "../kernels/nested-values.js";
import { toColumn, vector, type Kernel } from "../kernels/operand.js";
import { operandAt } from "../kernels/row-kernels.js";
import { boundCall, type CallSite, type FunctionDefinition } from "./definition.js";

const size: FunctionDefinition = {
  names: ["size", "cardinality", "array_size"],
  arity: [1, 1],
  total: true,
  resolve: ([arg], site) => {
    const child = arg as BoundExpression;
    if (child.type.kind === "void") return { kind: "literal", value: null, type: types.int };
    if (child.type.kind !== "array" && child.type.kind !== "map")
      throw site.mismatch(`${site.name} takes an array or map, found a ${formatType(child.type)}`);
    return boundCall("size", [child], types.int);
  },
  kernel: sizeOf,
};

/** `a[0]`, `m['key']`, `element_at(a, 1)` and their like. */
function accessFunction(name: string, indexing: Indexing): FunctionDefinition {
  return {
    names: [name],
    arity: [2, 2],
    resolve: ([base, index], site) => resolveAccess(name, base as BoundExpression, index as BoundExpression, site),
    kernel: accessKernel(indexing),
  };
}

function resolveAccess(name: string, base: BoundExpression, index: BoundExpression, site: CallSite): BoundExpression {
  const { type } = base;
  if (type.kind === "map" && name !== "get") return boundCall(name, [base, site.coerce(index, type.key)], type.value);
  if (type.kind === "struct" && name === "getitem" && index.kind === "literal" && typeof index.value === "string") {
    throw site.mismatch(`the field of a struct is written after a point: .${index.value}`);
  }
  if (type.kind !== "array") throw site.mismatch(`${formatType(type)} has no elements to ask for`);
  if (!isIntegral(index.type) && index.type.kind !== "void")
    throw site.mismatch(`an array is indexed by whole numbers, found a ${formatType(index.type)}`);
  return boundCall(name, [base, site.coerce(index, types.int)], type.element);
}

function accessKernel(indexing: Indexing): Kernel {
  return (args, call) => {
    const [base, index] = [operandAt(args, 0), operandAt(args, 1)];
    return base.type.kind === "map" ? mapValue(base, index, call) : elementAt(base, index, call, indexing);
  };
}

const containsFunction: FunctionDefinition = {
  names: ["array_contains"],
  arity: [2, 2],
  total: true,
  resolve: ([base, value], site) => {
    const [list, wanted] = [base as BoundExpression, value as BoundExpression];
    if (list.type.kind !== "array" || !isOrderable(list.type))
      throw site.mismatch(`array_contains takes an array, found a ${formatType(list.type)}`);
    const [element, same] = site.unify([{ kind: "literal", value: null, type: list.type.element }, wanted]);
    const type = element?.type ?? list.type.element;
    return boundCall("array_contains", [castElements(list, type, site), same as BoundExpression], types.boolean);
  },
  kernel: (args, call) => arrayContains(operandAt(args, 0), operandAt(args, 1), call),
};

function castElements(list: BoundExpression, element: BoundExpression["type"], site: CallSite): BoundExpression {
  if (list.type.kind !== "array") return list;
  const [cast] = site.unify([list, { kind: "literal", value: null, type: array(element, list.type.containsNull) }]);
  return cast ?? list;
}

const arrayFunction: FunctionDefinition = {
  names: ["array"],
  arity: [0, Infinity],
  total: true,
  resolve: (args, site) => {
    const unified = site.unify(args);
    return boundCall("array", unified, array(unified[0]?.type ?? types.void, args.length > 0));
  },
  kernel: makeArray,
};

/** The name of an operand in `struct(…)`: a column's own, else its place. */
function structField(arg: BoundExpression, index: number): Field {
  const name = arg.kind === "reference" ? (arg.path[arg.path.length - 1] ?? "") : `col${index + 1}`;
  return field(name, arg.type);
}

const structFunction: FunctionDefinition = {
  names: ["struct"],
  arity: [1, Infinity],
  total: true,
  resolve: (args) => boundCall("struct", args, struct(args.map(structField))),
  kernel: makeStruct,
};

const namedStruct: FunctionDefinition = {
  names: ["named_struct"],
  arity: [2, Infinity],
  resolve: (args, site) => {
    const fields: Field[] = [];
    const values: BoundExpression[] = [];
    for (let i = 0; i < args.length; i += 2) {
      const [name, value] = [args[i], args[i + 1]];
      if (name?.kind !== "literal" || typeof name.value !== "string" || value === undefined)
        throw site.mismatch("named_struct takes names and values in turn");
      fields.push(field(name.value, value.type));
      values.push(value);
    }
    return boundCall("struct", values, struct(fields));
  },
};

/** `map(key, value, …)`; a key that comes twice is refused, as in Spark. */
const mapConstructor: FunctionDefinition = {
  names: ["map"],
  arity: [0, Infinity],
  resolve: (args, site) => {
    if (args.length % 2 !== 0) throw site.mismatch("map takes keys and values in turn");
    const keys = site.unify(args.filter((_, index) => index % 2 === 0));
    const values = site.unify(args.filter((_, index) => index % 2 === 1));
    const type = map(keys[0]?.type ?? types.void, values[0]?.type ?? types.void);
    return boundCall(
      "map",
      keys.flatMap((key, index) => [key, values[index] as BoundExpression]),
      type,
    );
  },
  kernel: makeMap,
};

function mapFunction(name: "map_keys" | "map_values"): FunctionDefinition {
  return {
    names: [name],
    arity: [1, 1],
    total: true,
    resolve: ([arg], site) => {
      const child = arg as BoundExpression;
      if (child.type.kind !== "map") throw site.mismatch(`${name} takes a map, found a ${formatType(child.type)}`);
      const { key, value, valueContainsNull } = child.type;
      return boundCall(name, [child], name === "map_keys" ? array(key, false) : array(value, valueContainsNull));
    },
    kernel: mapPart(name === "map_keys" ? 0 : 1),
  };
}

/** A field of a struct that is no column; the binder makes it. */
const getField: FunctionDefinition = {
  names: ["getfield"],
  arity: [2, 2],
  total: true,
  resolve: (_, site) => {
    throw site.mismatch("a field is written as value.field");
  },
  kernel: (args, call) => {
    const [base, name] = [operandAt(args, 0), operandAt(args, 1)];
    return vector(call.type, fieldColumn(toColumn(base, call.length), String(name.kind === "scalar" ? name.value : "")));
  },
};

export const nestedFunctions: readonly FunctionDefinition[] = [
  size,
  accessFunction("getitem", { base: 0, outside: "fail" }),
  accessFunction("get", { base: 0, outside: "null" }),
  accessFunction("element_at", { base: 1, outside: "fail" }),
  accessFunction("try_element_at", { base: 1, outside: "null" }),
  containsFunction,
  arrayFunction,
  structFunction,
  namedStruct,
  mapConstructor,
  mapFunction("map_keys"),
  mapFunction("map_values"),
  getField,
];
