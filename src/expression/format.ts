import { unreachable } from "../base/assert.js";
import { formatDate } from "../schema/datetime.js";
import { formatDecimal } from "../schema/decimal-text.js";
import { formatType } from "../schema/type-text.js";
import type { DataType } from "../schema/types.js";
import type { Value } from "../schema/value.js";
import type { BoundExpression, ExpressionNode } from "./expression.js";
import { formatTimestampText } from "./kernels/datetime-text.js";
import { splitMicros } from "./kernels/int64.js";
import { quoteIdentifier, quoteString } from "./parser/string-escapes.js";

type AnyExpression = ExpressionNode | BoundExpression;

/** How tightly a form binds: an operand that binds less tightly than its place asks for goes in parentheses. */
const OR = 1;
const AND = 2;
const NOT = 3;
const PREDICATE = 4;
const COMPARISON = 5;
const ADDITIVE = 6;
const MULTIPLICATIVE = 7;
const UNARY = 8;
const ATOM = 9;

interface Piece {
  readonly text: string;
  readonly power: number;
}

/**
 * The expression as SQL: `parseExpression` of it gives the expression back, positions aside. Literals without a form of their own
 * (NaN, a decimal with room for more digits) come back as a cast.
 */
export function formatExpression(expression: AnyExpression): string {
  return format(expression).text;
}

function format(node: AnyExpression): Piece {
  switch (node.kind) {
    case "literal":
      return atom(formatLiteral(node.value, node.type));
    case "column":
    case "reference":
      return atom(node.path.map(quoteIdentifier).join("."));
    case "cast": {
      const type = node.kind === "cast" && "to" in node ? node.to : node.type;
      return atom(`${node.onError === "null" ? "TRY_CAST" : "CAST"}(${format(node.child).text} AS ${formatType(type)})`);
    }
    case "case": {
      const branches = node.branches.map((branch) => `WHEN ${format(branch.when).text} THEN ${format(branch.then).text} `).join("");
      return atom(`CASE ${branches}${node.otherwise === undefined ? "" : `ELSE ${format(node.otherwise).text} `}END`);
    }
    case "call":
      return formatCall(node.name, node.args);
    default:
      return unreachable(node);
  }
}

const BINARY: ReadonlyMap<string, number> = new Map([
  ["=", COMPARISON],
  ["<>", COMPARISON],
  ["<", COMPARISON],
  ["<=", COMPARISON],
  [">", COMPARISON],
  [">=", COMPARISON],
  ["<=>", COMPARISON],
  ["+", ADDITIVE],
  ["-", ADDITIVE],
  ["||", ADDITIVE],
  ["*", MULTIPLICATIVE],
  ["/", MULTIPLICATIVE],
  ["%", MULTIPLICATIVE],
  ["div", MULTIPLICATIVE],
]);

const SUFFIXES: Readonly<Record<string, string>> = {
  isnull: "IS NULL",
  isnotnull: "IS NOT NULL",
  istrue: "IS TRUE",
  isfalse: "IS FALSE",
};

function formatCall(name: string, args: readonly AnyExpression[]): Piece {
  const [first, second, third] = args;
  const power = BINARY.get(name);
  if (power !== undefined && first !== undefined && second !== undefined && args.length === 2) {
    return { text: `${within(first, power)} ${name === "div" ? "DIV" : name} ${within(second, power + 1)}`, power };
  }
  if ((name === "and" || name === "or") && args.length >= 2) {
    const level = name === "and" ? AND : OR;
    return { text: args.map((arg) => within(arg, level + 1)).join(name === "and" ? " AND " : " OR "), power: level };
  }
  if (first === undefined) return atom(`${formatName(name)}()`);
  if (name === "not" && args.length === 1) return formatNot(first);
  const suffix = SUFFIXES[name];
  if (suffix !== undefined && args.length === 1) return { text: `${within(first, PREDICATE)} ${suffix}`, power: PREDICATE };
  // A nested minus would begin a comment, and one before a number would become part of it.
  if (name === "negate" && args.length === 1) return { text: `-${plainOperand(first)}`, power: UNARY };
  const predicate = formatPredicate(name, args, "");
  if (predicate !== undefined) return predicate;
  if (name === "getitem" && second !== undefined) return atom(`${base(first)}[${format(second).text}]`);
  if (name === "getfield" && second?.kind === "literal") return atom(`${base(first, true)}.${quoteIdentifier(String(second.value))}`);
  if (name === "interval" && second !== undefined && third !== undefined) {
    return atom(`INTERVAL ${amount(first)} MONTHS ${amount(second)} DAYS ${amount(third)} MICROSECONDS`);
  }
  return atom(`${formatName(name)}(${args.map((arg) => format(arg).text).join(", ")})`);
}

/** IN, BETWEEN, LIKE and RLIKE, `negation` being "" or "NOT ". */
function formatPredicate(name: string, args: readonly AnyExpression[], negation: string): Piece | undefined {
  const [first, second, third] = args;
  if (first === undefined) return undefined;
  const left = `${within(first, COMPARISON)} ${negation}`;
  if (name === "in")
    return {
      text: `${left}IN (${args
        .slice(1)
        .map((arg) => format(arg).text)
        .join(", ")})`,
      power: PREDICATE,
    };
  if (second === undefined) return undefined;
  if (name === "between" && third !== undefined) {
    return { text: `${left}BETWEEN ${within(second, COMPARISON)} AND ${within(third, COMPARISON)}`, power: PREDICATE };
  }
  if (name === "like" || name === "ilike") {
    const escape = third === undefined ? "" : ` ESCAPE ${format(third).text}`;
    return { text: `${left}${name.toUpperCase()} ${within(second, COMPARISON)}${escape}`, power: PREDICATE };
  }
  return name === "rlike" ? { text: `${left}RLIKE ${within(second, COMPARISON)}`, power: PREDICATE } : undefined;
}

function formatNot(child: AnyExpression): Piece {
  const negated = child.kind === "call" ? formatPredicate(child.name, child.args, "NOT ") : undefined;
  return negated ?? { text: `NOT ${within(child, NOT)}`, power: NOT };
}

function within(node: AnyExpression, power: number): string {
  const piece = format(node);
  return piece.power >= power ? piece.text : `(${piece.text})`;
}

function plainOperand(node: AnyExpression): string {
  const piece = format(node);
  return piece.power === ATOM && !(node.kind === "literal") ? piece.text : `(${piece.text})`;
}

/** What stands before `[` or `.`; a plain column before a `.` would read as one longer path. */
function base(node: AnyExpression, beforeField = false): string {
  const isPath = node.kind === "column" || node.kind === "reference";
  const isCall = node.kind === "call" && format(node).power === ATOM && node.name !== "interval";
  return (isPath && !beforeField) || isCall ? format(node).text : `(${format(node).text})`;
}

function amount(node: AnyExpression): string {
  return node.kind === "literal" ? String(node.value) : format(node).text;
}

function formatName(name: string): string {
  return quoteIdentifier(name);
}

function atom(text: string): Piece {
  return { text, power: ATOM };
}

/** A literal in SQL, of exactly its type. */
export function formatLiteral(value: Value, type: DataType): string {
  if (value === null) return type.kind === "void" ? "NULL" : `CAST(NULL AS ${formatType(type)})`;
  switch (type.kind) {
    case "int":
      return String(value);
    case "byte":
      return `${value}Y`;
    case "short":
      return `${value}S`;
    case "long":
      return `${value}L`;
    case "float":
    case "double":
      return formatFloating(Number(value), type.kind);
    case "decimal": {
      const digitsOnly = formatDecimal(BigInt(value as bigint), type.scale);
      // A number with a point is a decimal already.
      const text = type.scale > 0 ? digitsOnly : `${digitsOnly}BD`;
      const digits = String(value).replace("-", "").length;
      return Math.max(digits, type.scale) === type.precision ? text : `CAST(${text} AS ${formatType(type)})`;
    }
    case "string":
      return quoteString(String(value));
    case "binary":
      return `X'${[...(value as Uint8Array)].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("")}'`;
    case "boolean":
      return value === true ? "TRUE" : "FALSE";
    case "date":
      return `DATE '${formatDate(Number(value))}'`;
    case "timestamp":
    case "timestamp_ntz": {
      const { days, micros } = splitMicros(BigInt(value as bigint));
      return `${type.kind === "timestamp" ? "TIMESTAMP" : "TIMESTAMP_NTZ"} '${formatTimestampText(days, micros)}'`;
    }
    default:
      return String(value);
  }
}

function formatFloating(value: number, kind: "float" | "double"): string {
  if (!Number.isFinite(value)) return `CAST('${Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity"}' AS ${kind})`;
  return `${Object.is(value, -0) ? "-0" : String(value).replace("e+", "e")}${kind === "float" ? "F" : "D"}`;
}
