import type { DataType } from "../schema/types.js";
import type { Value } from "../schema/value.js";

/**
 * An expression as parsed or built: frozen plain data, names not yet resolved.
 *
 * Operators are calls under their SQL spelling in lower case: `=` `<>` `<` `<=` `>` `>=` `<=>` `and` `or` `not` `+` `-` `*` `/`
 * `%` `||` `negate` `like` `rlike` `isnull` `isnotnull` `in` (first argument against the rest) `between`, functions under their
 * names (`coalesce`, `substring`, …). `position` is the offset in the SQL text, for messages.
 */
export type ExpressionNode =
  | { readonly kind: "literal"; readonly value: Value; readonly type: DataType; readonly position?: number }
  | { readonly kind: "column"; readonly path: readonly string[]; readonly position?: number }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly ExpressionNode[]; readonly position?: number }
  | {
      readonly kind: "cast";
      readonly child: ExpressionNode;
      readonly to: DataType;
      readonly onError: "fail" | "null";
      readonly position?: number;
    }
  | {
      readonly kind: "case";
      readonly branches: readonly { readonly when: ExpressionNode; readonly then: ExpressionNode }[];
      readonly otherwise: ExpressionNode | undefined;
      readonly position?: number;
    };

/**
 * An expression after `bind`: every column is a slot of the input, every node has its type, every implicit cast of Spark's
 * is spelled out. Frozen plain data.
 */
export type BoundExpression =
  | { readonly kind: "literal"; readonly value: Value; readonly type: DataType }
  | {
      readonly kind: "reference";
      /** Index of the top-level column in the scope (and so in the evaluated input). */
      readonly slot: number;
      /** Names from the top-level column down to the (nested) field, in the schema's spelling. */
      readonly path: readonly string[];
      readonly type: DataType;
      readonly nullable: boolean;
    }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly BoundExpression[]; readonly type: DataType }
  | { readonly kind: "cast"; readonly child: BoundExpression; readonly type: DataType; readonly onError: "fail" | "null" }
  | {
      readonly kind: "case";
      readonly branches: readonly { readonly when: BoundExpression; readonly then: BoundExpression }[];
      readonly otherwise: BoundExpression | undefined;
      readonly type: DataType;
    };
