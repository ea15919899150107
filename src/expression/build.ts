import { LakeError } from "../base/errors.js";
import { types } from "../schema/data-types.js";
import { parseType } from "../schema/type-text.js";
import type { DataType } from "../schema/types.js";
import type { Value } from "../schema/value.js";
import type { ExpressionNode } from "./expression.js";
import { formatExpression } from "./format.js";
import { literalOf } from "./literal-value.js";
import { parseExpression } from "./parse.js";
import { call, conjoin, freezeDeep } from "./parser/nodes.js";

/** What a literal can be made of. A `Date` is a timestamp. */
export type LiteralInput = Value | Date;

/** An operand of a builder: an expression, or a JavaScript value that stands for itself as a literal (never as SQL text). */
export type ExpressionInput = Expression | LiteralInput;

/** A frozen expression. Made by `col`, `lit` and `sql`; every method makes a new one. */
export class Expression {
  readonly node: ExpressionNode;

  constructor(node: ExpressionNode) {
    this.node = freezeDeep(node);
    Object.freeze(this);
  }

  eq(other: ExpressionInput): Expression {
    return binary("=", this, other);
  }
  ne(other: ExpressionInput): Expression {
    return binary("<>", this, other);
  }
  lt(other: ExpressionInput): Expression {
    return binary("<", this, other);
  }
  le(other: ExpressionInput): Expression {
    return binary("<=", this, other);
  }
  gt(other: ExpressionInput): Expression {
    return binary(">", this, other);
  }
  ge(other: ExpressionInput): Expression {
    return binary(">=", this, other);
  }
  /** Equal, where null equals null (`<=>`). */
  eqNullSafe(other: ExpressionInput): Expression {
    return binary("<=>", this, other);
  }
  /** Equal to one of the values, given as arguments or as one array. An empty list is never matched. */
  in(...values: readonly ExpressionInput[] | readonly [readonly ExpressionInput[]]): Expression {
    const list =
      values.length === 1 && Array.isArray(values[0])
        ? (values[0] as readonly ExpressionInput[])
        : (values as readonly ExpressionInput[]);
    return new Expression(call("in", [this.node, ...list.map(operandNode)]));
  }
  between(low: ExpressionInput, high: ExpressionInput): Expression {
    return new Expression(call("between", [this.node, operandNode(low), operandNode(high)]));
  }
  /** SQL's LIKE: `%` any characters, `_` one, `\` before either takes it literally. */
  like(pattern: string | Expression): Expression {
    return binary("like", this, pattern);
  }
  isNull(): Expression {
    return new Expression(call("isnull", [this.node]));
  }
  isNotNull(): Expression {
    return new Expression(call("isnotnull", [this.node]));
  }
  and(...others: readonly ExpressionInput[]): Expression {
    return new Expression(conjoin("and", [this.node, ...others.map(operandNode)]));
  }
  or(...others: readonly ExpressionInput[]): Expression {
    return new Expression(conjoin("or", [this.node, ...others.map(operandNode)]));
  }
  not(): Expression {
    return new Expression(call("not", [this.node]));
  }
  plus(other: ExpressionInput): Expression {
    return binary("+", this, other);
  }
  minus(other: ExpressionInput): Expression {
    return binary("-", this, other);
  }
  times(other: ExpressionInput): Expression {
    return binary("*", this, other);
  }
  dividedBy(other: ExpressionInput): Expression {
    return binary("/", this, other);
  }
  /** `type` as in a schema: `"decimal(12,2)"`. @throws schema/invalid */
  cast(type: string | DataType): Expression {
    return new Expression({ kind: "cast", child: this.node, to: typeOf(type), onError: "fail" });
  }
  /** Like `cast`, with null where the value cannot be cast. @throws schema/invalid */
  tryCast(type: string | DataType): Expression {
    return new Expression({ kind: "cast", child: this.node, to: typeOf(type), onError: "null" });
  }

  /** The expression as SQL. */
  toString(): string {
    return formatExpression(this.node);
  }
}

/**
 * A column: `col("a")`, a nested field `col("a.b")`; names with dots go in backquotes: col("`a.b`").
 *
 * @throws expression/syntax
 */
export function col(path: string): Expression {
  return new Expression({ kind: "column", path: parseColumnPath(path) });
}

/**
 * A literal. Without `type`: a whole number is an int, beyond 32 bits a long; another number a double; bigint a long (a decimal
 * beyond 64 bits); `Date` a timestamp; string, boolean, `Uint8Array` (binary) and null themselves.
 *
 * With `type` the value is read as in a row: `lit("2024-01-31", "date")`, `lit("12.50", "decimal(12,2)")`.
 *
 * @throws schema/invalid-value  the value does not fit the type
 */
export function lit(value: LiteralInput, type?: string | DataType): Expression {
  return new Expression(literalOf(value, type === undefined ? undefined : typeOf(type)));
}

/**
 * SQL text whose `${…}` are literals (strings too: nothing in them is read as SQL) or expressions.
 *
 * @throws expression/syntax
 */
export function sql(text: TemplateStringsArray, ...values: readonly ExpressionInput[]): Expression {
  // Placeholders are names that no text contains, replaced in the parsed tree: a value cannot change the shape of the expression.
  const marker = placeholderFor(text);
  const joined = text.reduce((all, part, index) => (index === 0 ? part : `${all} \`${marker}${index - 1}\` ${part}`), "");
  const nodes = values.map(operandNode);
  return new Expression(replacePlaceholders(parseExpression(joined), marker, nodes));
}

/** The node of SQL text or a built expression. @throws expression/syntax */
export function toNode(input: string | Expression): ExpressionNode {
  if (typeof input === "string") return freezeDeep(parseExpression(input));
  if (input instanceof Expression) return input.node;
  throw new LakeError("usage/invalid-option", `An expression is SQL text or made with col, lit or sql; found ${typeof input}.`, {
    found: typeof input,
  });
}

function binary(name: string, left: Expression, right: ExpressionInput): Expression {
  return new Expression(call(name, [left.node, operandNode(right)]));
}

function operandNode(operand: ExpressionInput): ExpressionNode {
  return operand instanceof Expression ? operand.node : literalOf(operand, undefined);
}

function typeOf(type: string | DataType): DataType {
  return typeof type === "string" ? parseType(type) : type;
}

function parseColumnPath(path: string): readonly string[] {
  const node = parseExpression(path.replace(/(^|\.)([^.`]+)(?=\.|$)/g, (_, dot: string, name: string) => `${dot}\`${name}\``));
  if (node.kind === "column") return node.path;
  throw new LakeError("expression/syntax", `col("${path}") is not the name of a column. For SQL use sql\`…\` or a plain string.`, {
    path,
  });
}

function placeholderFor(text: TemplateStringsArray): string {
  let marker = "${";
  while (text.some((part) => part.includes(marker))) marker += "{";
  return marker;
}

function replacePlaceholders(node: ExpressionNode, marker: string, values: readonly ExpressionNode[]): ExpressionNode {
  const replace = (child: ExpressionNode): ExpressionNode => replacePlaceholders(child, marker, values);
  switch (node.kind) {
    case "literal":
      return node;
    case "column": {
      const [first = ""] = node.path;
      if (!first.startsWith(marker)) return node;
      const value = values[Number(first.slice(marker.length))] ?? node;
      // `${struct}.field` parses as one path whose first name is the placeholder.
      return node.path
        .slice(1)
        .reduce((inner, name) => call("getfield", [inner, { kind: "literal", value: name, type: types.string }]), value);
    }
    case "call": {
      const args = node.args.map(replace);
      const { name } = node;
      return name === "and" || name === "or" ? conjoin(name, args, node.position) : { ...node, args };
    }
    case "cast":
      return { ...node, child: replace(node.child) };
    case "case": {
      const branches = node.branches.map((branch) => ({ when: replace(branch.when), then: replace(branch.then) }));
      return { ...node, branches, otherwise: node.otherwise === undefined ? undefined : replace(node.otherwise) };
    }
  }
}
