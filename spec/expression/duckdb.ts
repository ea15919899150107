import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { assert } from "../../src/base/assert.js";
import type { ExpressionNode } from "../../src/expression/expression.js";
import { formatDate } from "../../src/schema/datetime.js";
import { formatDecimal } from "../../src/schema/decimal-text.js";
import type { DataType } from "../../src/schema/types.js";
import { formatValue } from "../../src/schema/value-order.js";
import type { Value } from "../../src/schema/value.js";

/** A DuckDB without a file, which compares and casts as its SQL says. */
export async function openDuckdb(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  return instance.connect();
}

export function duckType(type: DataType): string {
  switch (type.kind) {
    case "byte":
      return "TINYINT";
    case "int":
      return "INTEGER";
    case "long":
      return "BIGINT";
    case "decimal":
      return `DECIMAL(${type.precision},${type.scale})`;
    case "string":
      return "VARCHAR";
    case "void":
      return "INTEGER";
    default:
      return type.kind.toUpperCase();
  }
}

export function duckLiteral(value: Value, type: DataType): string {
  if (value === null) return `CAST(NULL AS ${duckType(type)})`;
  if (type.kind === "string") return `'${String(value).replaceAll("'", "''")}'`;
  if (type.kind === "boolean") return String(value);
  return `CAST('${type.kind === "timestamp" ? formatValue(type, value).replace("Z", "") : formatValue(type, value)}' AS ${duckType(type)})`;
}

const OPERATORS: Readonly<Record<string, string>> = { "<=>": "IS NOT DISTINCT FROM", div: "//" };
const FUNCTIONS: Readonly<Record<string, string>> = { startswith: "starts_with", endswith: "ends_with", day: "day", pow: "pow" };
const INFIX: ReadonlySet<string> = new Set([
  "=",
  "<>",
  "<",
  "<=",
  ">",
  ">=",
  "<=>",
  "+",
  "-",
  "*",
  "/",
  "%",
  "div",
  "||",
  "like",
  "and",
  "or",
]);

/** The expression in DuckDB's SQL, for the forms whose meaning is the same. */
export function duckSql(node: ExpressionNode): string {
  switch (node.kind) {
    case "literal":
      return duckLiteral(node.value, node.type);
    case "column":
      return `"${node.path.join('"."')}"`;
    case "cast":
      return `${node.onError === "null" ? "TRY_CAST" : "CAST"}(${duckSql(node.child)} AS ${duckType(node.to)})`;
    case "case": {
      const branches = node.branches.map(({ when, then }) => `WHEN ${duckSql(when)} THEN ${duckSql(then)}`).join(" ");
      return `(CASE ${branches}${node.otherwise === undefined ? "" : ` ELSE ${duckSql(node.otherwise)}`} END)`;
    }
    case "call":
      return duckCall(node.name, node.args.map(duckSql));
  }
}

function duckCall(name: string, args: readonly string[]): string {
  const [first = "", second = "", third = ""] = args;
  if (INFIX.has(name)) return `(${args.join(` ${OPERATORS[name] ?? name} `)})`;
  switch (name) {
    case "not":
      return `(NOT ${first})`;
    case "negate":
      return `(- ${first})`;
    case "isnull":
      return `(${first} IS NULL)`;
    case "isnotnull":
      return `(${first} IS NOT NULL)`;
    case "between":
      return `(${first} BETWEEN ${second} AND ${third})`;
    case "in":
      return `(${first} IN (${args.slice(1).join(", ")}))`;
    case "date_add":
      return `(${first} + ${second})`;
    case "datediff":
      return `(${first} - ${second})`;
    case "if":
      return `(CASE WHEN ${first} THEN ${second} ELSE ${third} END)`;
    default:
      return `${FUNCTIONS[name] ?? name}(${args.join(", ")})`;
  }
}

/** Values of both engines as texts that are equal when the values are. */
export function comparable(value: unknown, type?: DataType): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string" || typeof value === "boolean") return String(value);
  if (typeof value === "number") return type?.kind === "date" ? formatDate(value) : comparableNumber(value);
  if (typeof value === "bigint") {
    if (type?.kind === "decimal") return trimmed(formatDecimal(value, type.scale));
    return type?.kind === "timestamp" ? `${value}µs` : String(value);
  }
  assert(typeof value === "object", "DuckDB's other values are objects");
  if ("days" in value && typeof value.days === "number") return formatDate(value.days);
  if ("micros" in value) return `${String(value.micros)}µs`;
  if ("scale" in value && "value" in value) return trimmed(formatDecimal(BigInt(value.value as bigint), Number(value.scale)));
  return String(value);
}

function comparableNumber(value: number): string {
  if (value === 0) return "0";
  return Number.isInteger(value) && Math.abs(value) < 1e18 ? BigInt(value).toString() : String(value);
}

function trimmed(text: string): string {
  const plain = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return plain === "-0" ? "0" : plain;
}
