import type { ExpressionNode } from "../expression.js";

export function call(name: string, args: readonly ExpressionNode[], position?: number): ExpressionNode {
  return position === undefined ? { kind: "call", name, args } : { kind: "call", name, args, position };
}

/** A chain of `and` or `or`; chains of the same operator within become part of it. One operand stays itself. */
export function conjoin(name: "and" | "or", operands: readonly ExpressionNode[], position?: number): ExpressionNode {
  const [first] = operands;
  if (operands.length === 1 && first !== undefined) return first;
  return call(name, operands.flatMap((node) => (node.kind === "call" && node.name === name ? node.args : [node])), position);
}

/** The node with everything in it frozen. */
export function freezeNode(node: ExpressionNode): ExpressionNode {
  if (Object.isFrozen(node)) return node;
  switch (node.kind) {
    case "literal":
      break;
    case "column":
      Object.freeze(node.path);
      break;
    case "call":
      node.args.forEach(freezeNode);
      Object.freeze(node.args);
      break;
    case "cast":
      freezeNode(node.child);
      break;
    case "case":
      for (const branch of node.branches) {
        freezeNode(branch.when);
        freezeNode(branch.then);
        Object.freeze(branch);
      }
      Object.freeze(node.branches);
      if (node.otherwise !== undefined) freezeNode(node.otherwise);
      break;
  }
  return Object.freeze(node);
}
