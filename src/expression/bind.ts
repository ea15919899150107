import { LakeError } from "../base/errors.js";
import { isNested, types, typesEqual } from "../schema/data-types.js";
import { formatType } from "../schema/type-text.js";
import type { DataType } from "../schema/types.js";
import { bindArithmetic, isInterval } from "./binder/arithmetic.js";
import { canImplicitlyCast, commonType, commonTypeOf } from "./binder/coercion.js";
import { fold } from "./binder/fold.js";
import { bindColumn, bindField, type NameContext } from "./binder/names.js";
import { unknownFunction } from "./binder/unknown-function.js";
import { canCast } from "./cast.js";
import type { BoundExpression, ExpressionNode } from "./expression.js";
import { formatExpression } from "./format.js";
import type { CallSite } from "./functions/definition.js";
import { functionNamed } from "./functions/registry.js";
import { freezeDeep } from "./parser/nodes.js";
import { MAX_DEPTH } from "./parser/token-stream.js";
import type { Scope } from "./scope.js";

/**
 * Gives every name its column and every operation its types; Spark's implicit casts become casts, operations on literals alone
 * their value.
 *
 * Comparisons, `in`, `case`, `coalesce` and the like bring their operands to one type first: the wider number, a string
 * beside something else to that type, a date beside a timestamp to the timestamp.
 *
 * @throws expression/unknown-column, expression/ambiguous-column, expression/unknown-function
 * @throws expression/type-mismatch  naming both types and the place
 */
export function bind(node: ExpressionNode, scope: Scope): BoundExpression {
  return freezeDeep(bindNode(node, { scope, root: node, depth: 0 }));
}

/** As `bind`, for a condition: its type must be boolean (or the null literal). @throws expression/type-mismatch */
export function bindPredicate(node: ExpressionNode, scope: Scope): BoundExpression {
  const bound = bind(node, scope);
  if (bound.type.kind === "boolean") return bound;
  if (bound.type.kind === "void") return { kind: "literal", value: null, type: types.boolean };
  throw new LakeError(
    "expression/type-mismatch",
    `A condition must be true or false, but ${formatExpression(node)} is of type ${formatType(bound.type)}. Compare it with something.`,
    { expression: formatExpression(node), type: formatType(bound.type) },
  );
}

interface BindContext {
  readonly scope: Scope;
  readonly root: ExpressionNode;
  readonly depth: number;
}

function bindNode(node: ExpressionNode, context: BindContext): BoundExpression {
  const inner = { ...context, depth: context.depth + 1 };
  // Parsing bounds what is written; built expressions are bounded here, with room for what the parser lets through.
  if (context.depth > 2 * MAX_DEPTH)
    throw new LakeError("expression/syntax", `The expression nests deeper than ${2 * MAX_DEPTH} levels. Split it up.`);
  switch (node.kind) {
    case "literal":
      return { kind: "literal", value: node.value, type: node.type };
    case "column":
      return bindName(node.path, node, inner);
    case "cast":
      return bindCast(bindNode(node.child, inner), node.to, node.onError, inner);
    case "case":
      return bindCase(node, inner);
    case "call":
      return bindCall(node, inner);
  }
}

function nameContext(context: BindContext, node: ExpressionNode): NameContext {
  return { scope: context.scope, isRoot: node === context.root, describe: () => formatExpression(context.root) };
}

const WORDS_WITHOUT_PARENTHESES: ReadonlySet<string> = new Set(["current_date", "current_timestamp", "localtimestamp"]);

function bindName(path: readonly string[], node: ExpressionNode, context: BindContext): BoundExpression {
  try {
    return bindColumn(path, nameContext(context, node));
  } catch (error) {
    const [name = ""] = path;
    const isWord = path.length === 1 && WORDS_WITHOUT_PARENTHESES.has(name.toLowerCase());
    if (isWord && LakeError.is(error, "expression/unknown-column")) return bindFunction(name, [], context);
    throw error;
  }
}

function bindCast(child: BoundExpression, to: DataType, onError: "fail" | "null", context: BindContext): BoundExpression {
  if (typesEqual(child.type, to, { nullability: "ignore" })) return child;
  if (!canCast(child.type, to)) {
    const problem = `${formatType(child.type)} cannot be cast to ${formatType(to)}`;
    throw mismatch(`${problem}: ${formatExpression(child)}`, context);
  }
  return fold({ kind: "cast", child, type: to, onError });
}

function mismatch(problem: string, context: BindContext): LakeError {
  return new LakeError("expression/type-mismatch", `The types do not fit in ${formatExpression(context.root)}: ${problem}.`, {
    expression: formatExpression(context.root),
    problem,
  });
}

type CaseNode = Extract<ExpressionNode, { kind: "case" }>;

function bindCase(node: CaseNode, context: BindContext): BoundExpression {
  const site = callSite("case", context);
  const whens = node.branches.map((branch) => toCondition(bindNode(branch.when, context), context));
  const results = node.branches.map((branch) => bindNode(branch.then, context));
  if (node.otherwise !== undefined) results.push(bindNode(node.otherwise, context));
  const unified = site.unify(results);
  const type = unified[0]?.type ?? types.void;
  const branches = whens.map((when, index) => ({ when, then: unified[index] as BoundExpression }));
  return { kind: "case", branches, otherwise: node.otherwise === undefined ? undefined : unified[whens.length], type };
}

function toCondition(bound: BoundExpression, context: BindContext): BoundExpression {
  if (bound.type.kind === "boolean" || bound.type.kind === "void") return coerce(bound, types.boolean, context);
  throw mismatch(`a condition must be boolean, but ${formatExpression(bound)} is of type ${formatType(bound.type)}`, context);
}

type CallNode = Extract<ExpressionNode, { kind: "call" }>;

function bindCall(node: CallNode, context: BindContext): BoundExpression {
  const [left, right] = node.args;
  const name = node.name.toLowerCase();
  if (name === "getfield" && left !== undefined && right?.kind === "literal") {
    return fold(bindField(bindNode(left, context), String(right.value), [String(right.value)], nameContext(context, node)));
  }
  if ((name === "+" || name === "-") && left !== undefined && right !== undefined && (isInterval(left) || isInterval(right))) {
    return bindIntervalArithmetic(name, left, right, context);
  }
  if (name === "interval") throw mismatch("an interval stands only beside + or - with a date or timestamp", context);
  return bindFunction(
    node.name,
    node.args.map((arg) => bindNode(arg, context)),
    context,
  );
}

function bindIntervalArithmetic(name: "+" | "-", left: ExpressionNode, right: ExpressionNode, context: BindContext): BoundExpression {
  const [base, interval] = isInterval(right) ? [left, right] : [right, left];
  if (isInterval(base) || (name === "-" && interval === left))
    throw mismatch("an interval is added to or taken from a date or timestamp", context);
  const amounts = interval.kind === "call" ? interval.args.map((arg) => bindNode(arg, context)) : [];
  return bindFunction(name === "+" ? "add_interval" : "subtract_interval", [bindNode(base, context), ...amounts], context);
}

function bindFunction(written: string, args: readonly BoundExpression[], context: BindContext): BoundExpression {
  const name = written.toLowerCase();
  const site = callSite(written, context);
  const arithmetic = bindArithmetic(name, args, site);
  if (arithmetic !== undefined) return fold(arithmetic);
  const definition = functionNamed(name);
  if (definition === undefined) throw unknownFunction(written, formatExpression(context.root));
  const [fewest, most] = definition.arity;
  if (args.length < fewest || args.length > most) {
    const wanted = fewest === most ? `${fewest}` : most === Infinity ? `at least ${fewest}` : `${fewest} to ${most}`;
    throw site.mismatch(`${written} takes ${wanted} argument${wanted === "1" ? "" : "s"}, found ${args.length}`);
  }
  return fold(definition.resolve(args, site));
}

function callSite(name: string, context: BindContext): CallSite {
  return {
    name,
    coerce: (argument, to) => coerce(argument, to, context),
    cast: (argument, to) => bindCast(argument, to, "fail", context),
    unify: (args, use = "result") => unify(args, use, context),
    mismatch: (problem) => mismatch(problem, context),
    call: (other, args) => bindFunction(other, args, context),
  };
}

function coerce(argument: BoundExpression, to: DataType, context: BindContext): BoundExpression {
  if (typesEqual(argument.type, to, { nullability: "ignore" })) return argument;
  if (argument.kind === "literal" && argument.value === null) return { kind: "literal", value: null, type: to };
  if (!canImplicitlyCast(argument.type, to)) {
    throw mismatch(`${formatExpression(argument)} is a ${formatType(argument.type)} where a ${formatType(to)} is expected`, context);
  }
  return fold({ kind: "cast", child: argument, type: to, onError: "fail" });
}

function unify(args: readonly BoundExpression[], use: "comparison" | "result", context: BindContext): readonly BoundExpression[] {
  const [first, ...rest] = args;
  if (first === undefined) return args;
  let common = first;
  for (const arg of rest) {
    const type = use === "comparison" ? commonTypeOf(common, arg) : commonType(common.type, arg.type);
    if (type === undefined) {
      const pair = `${formatExpression(common)} is a ${formatType(common.type)} and ${formatExpression(arg)} a ${formatType(arg.type)}`;
      throw mismatch(`${pair}, which have no type in common; cast one of them`, context);
    }
    // Whole literals are narrow only against one operand: of several, the type alone goes on.
    common = typesEqual(type, common.type) ? common : { kind: "cast", child: arg, type, onError: "fail" };
  }
  return args.map((arg) => castTo(arg, common.type));
}

/** A cast that the rules of a common type demand, whether or not a user may leave it out. */
function castTo(argument: BoundExpression, to: DataType): BoundExpression {
  if (typesEqual(argument.type, to, { nullability: "ignore" })) return argument;
  if (argument.kind === "literal" && argument.value === null && !isNested(to)) return { kind: "literal", value: null, type: to };
  return fold({ kind: "cast", child: argument, type: to, onError: "fail" });
}
