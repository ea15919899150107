import type { ExpressionNode } from "../expression.js";

export function call(name: string, args: readonly ExpressionNode[], position?: number): ExpressionNode {
  return position === undefined ? { kind: "call", name, args } : { kind: "call", name, args, position };
}

/** A chain of `and` or `or`; chains of the same operator within become part of it. One operand stays itself. */
export function conjoin(name: "and" | "or", operands: readonly ExpressionNode[], position?: number): ExpressionNode {
  const [first] = operands;
  if (operands.length === 1 && first !== undefined) return first;
  return call(
    name,
    operands.flatMap((node) => (node.kind === "call" && node.name === name ? node.args : [node])),
    position,
  );
}

/** The expression with everything in it frozen; bytes cannot be. */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) freezeDeep(part);
  return Object.freeze(value);
}
