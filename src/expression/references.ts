import type { BoundExpression } from "./expression.js";

/** Calls `visit` for every column reference in the expression. */
function eachReference(expression: BoundExpression, visit: (reference: Extract<BoundExpression, { kind: "reference" }>) => void): void {
  switch (expression.kind) {
    case "literal":
      return;
    case "reference":
      visit(expression);
      return;
    case "cast":
      eachReference(expression.child, visit);
      return;
    case "case":
      for (const { when, then } of expression.branches) {
        eachReference(when, visit);
        eachReference(then, visit);
      }
      if (expression.otherwise !== undefined) eachReference(expression.otherwise, visit);
      return;
    case "call":
      for (const arg of expression.args) eachReference(arg, visit);
  }
}

/** The slots whose columns the expression needs. */
export function referencedSlots(expression: BoundExpression): Set<number> {
  const slots = new Set<number>();
  eachReference(expression, (reference) => slots.add(reference.slot));
  return slots;
}

/** The (nested) columns the expression needs, each once, as paths in the schema's spelling. */
export function referencedPaths(expression: BoundExpression): readonly (readonly string[])[] {
  const paths = new Map<string, readonly string[]>();
  eachReference(expression, (reference) => paths.set(`${reference.slot} ${JSON.stringify(reference.path)}`, reference.path));
  return [...paths.values()];
}

/** The expression with every slot replaced, for an input whose columns stand elsewhere. */
export function remapSlots(expression: BoundExpression, slotOf: (slot: number) => number): BoundExpression {
  return rewrite(expression, (node) => (node.kind === "reference" ? { ...node, slot: slotOf(node.slot) } : node));
}

/** The expression with `change` applied to every node, innermost first. */
export function rewrite(expression: BoundExpression, change: (node: BoundExpression) => BoundExpression): BoundExpression {
  const inner = (child: BoundExpression): BoundExpression => rewrite(child, change);
  switch (expression.kind) {
    case "literal":
    case "reference":
      return change(expression);
    case "cast":
      return change({ ...expression, child: inner(expression.child) });
    case "case": {
      const branches = expression.branches.map(({ when, then }) => ({ when: inner(when), then: inner(then) }));
      return change({ ...expression, branches, otherwise: expression.otherwise === undefined ? undefined : inner(expression.otherwise) });
    }
    case "call":
      return change({ ...expression, args: expression.args.map(inner) });
  }
}
