import type { LakeError } from "../../base/errors.js";
import type { DataType } from "../../schema/types.js";
import type { BoundExpression } from "../expression.js";
import type { Kernel } from "../kernels/operand.js";

/** Where a call stands, for the function that resolves its types. */
export interface CallSite {
  /** The name as written. */
  readonly name: string;
  /** `argument` as type `to`, by Spark's implicit casts. @throws expression/type-mismatch */
  coerce(argument: BoundExpression, to: DataType): BoundExpression;
  /** `argument` under a cast that the user has written, as a function of the type's name. @throws expression/type-mismatch */
  cast(argument: BoundExpression, to: DataType): BoundExpression;
  /**
   * The arguments as the one type that all of them widen to. Where they are only compared, a whole literal takes no more
   * digits of a decimal than it has.
   *
   * @throws expression/type-mismatch
   */
  unify(args: readonly BoundExpression[], use?: "comparison" | "result"): readonly BoundExpression[];
  mismatch(problem: string): LakeError;
  /** Calls another function on arguments that are bound already. */
  call(name: string, args: readonly BoundExpression[]): BoundExpression;
}

/** A function or operator: its names, what it makes of its arguments' types, and the loop that computes it. */
export interface FunctionDefinition {
  /** The canonical name, which bound expressions carry, then others for the same. All in lower case. */
  readonly names: readonly [string, ...string[]];
  /** Fewest and most arguments. */
  readonly arity: readonly [number, number];
  /** The call with its arguments cast to what the kernel takes; may be another expression altogether. */
  resolve(args: readonly BoundExpression[], site: CallSite): BoundExpression;
  /** Absent for what `evaluate` computes itself (operands that must not all be evaluated), or what `resolve` rewrites. */
  readonly kernel?: Kernel;
  /** Never raises, whatever the values. */
  readonly total?: boolean;
  /** Depends on more than its arguments, so that it is not computed while binding. */
  readonly volatile?: boolean;
}

export function boundCall(name: string, args: readonly BoundExpression[], type: DataType): BoundExpression {
  return { kind: "call", name, args, type };
}

export interface Signature {
  readonly names: readonly [string, ...string[]];
  /** Types of the parameters; those past `required` may be left out. */
  readonly parameters: readonly DataType[];
  readonly required?: number;
  readonly result: DataType;
  readonly kernel: Kernel;
  readonly total?: boolean;
}

/** A function whose parameters have fixed types. */
export function simpleFunction(signature: Signature): FunctionDefinition {
  const { names, parameters, result, kernel, total = false } = signature;
  return {
    names,
    arity: [signature.required ?? parameters.length, parameters.length],
    resolve: (args, site) =>
      boundCall(
        names[0],
        args.map((arg, index) => site.coerce(arg, parameters[index] ?? arg.type)),
        result,
      ),
    kernel,
    total,
  };
}
