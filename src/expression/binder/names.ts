import { LakeError } from "../../base/errors.js";
import type { Wording } from "../../base/wording.js";
import { types } from "../../schema/data-types.js";
import { formatType } from "../../schema/type-text.js";
import type { BoundExpression } from "../expression.js";
import { boundCall } from "../functions/definition.js";
import { quoteIdentifier } from "../parser/string-escapes.js";
import type { Scope } from "../scope.js";
import { nearest } from "./nearest.js";

/** What resolving a name needs to know beside the scope. */
export interface NameContext {
  readonly scope: Scope;
  /** Whether the name is the whole expression, as when the quotes around a text were forgotten. */
  readonly isRoot: boolean;
  /** The SQL expression of the whole, for messages. */
  describe(): string;
}

/**
 * The column or nested field a path names. `target.x` is the column x of the relation `target` first, then field x of a column
 * `target`. Case does not matter.
 */
export function bindColumn(path: readonly string[], context: NameContext): BoundExpression {
  const [first = "", second] = path;
  if (second !== undefined) {
    const qualified = matches(context.scope, second, first);
    if (qualified.length > 0) return bindPath(qualified, path, 1, context);
  }
  const plain = matches(context.scope, first, undefined);
  if (plain.length > 0) return bindPath(plain, path, 0, context);
  throw unknownColumn(path, context);
}

/** Slots of the columns of that name. */
function matches(scope: Scope, name: string, qualifier: string | undefined): number[] {
  const slots: number[] = [];
  scope.columns.forEach((column, slot) => {
    const sameRelation = qualifier === undefined || column.qualifier?.toLowerCase() === qualifier.toLowerCase();
    if (sameRelation && column.field.name.toLowerCase() === name.toLowerCase()) slots.push(slot);
  });
  return slots;
}

function bindPath(slots: readonly number[], path: readonly string[], at: number, context: NameContext): BoundExpression {
  const [slot = -1] = slots;
  const column = context.scope.columns[slot];
  if (column === undefined || slots.length > 1) throw ambiguousColumn(slots, path, context);
  const reference: BoundExpression = {
    kind: "reference",
    slot,
    path: [column.field.name],
    type: column.field.type,
    nullable: column.field.nullable,
  };
  return path.slice(at + 1).reduce<BoundExpression>((inner, name) => bindField(inner, name, path, context), reference);
}

/** Field `name` of a struct, or the value of a map under the key `name`. */
export function bindField(base: BoundExpression, name: string, path: readonly string[], context: NameContext): BoundExpression {
  const { type } = base;
  if (type.kind === "map" && type.key.kind === "string") {
    return boundCall("getitem", [base, { kind: "literal", value: name, type: types.string }], type.value);
  }
  if (type.kind !== "struct") {
    const asked = `${path.map(quoteIdentifier).join(".")} asks for a field ${quoteIdentifier(name)}`;
    const message = `${asked} of a ${formatType(type)}, which has no fields.`;
    throw new LakeError("expression/type-mismatch", `${message} The expression is: ${context.describe()}`, {
      path,
      type: formatType(type),
    });
  }
  const field = type.fields.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (field === undefined) {
    const names = type.fields.map((each) => each.name);
    const problem = `There is no field ${path.map(quoteIdentifier).join(".")} in ${context.describe()}.`;
    const message = `${problem}${suggestion(name, names)} Its fields are: ${listed(names)}.`;
    throw new LakeError("expression/unknown-column", message, { column: path.join("."), columns: names });
  }
  if (base.kind === "reference") {
    return { ...base, path: [...base.path, field.name], type: field.type, nullable: base.nullable || field.nullable };
  }
  return boundCall("getfield", [base, { kind: "literal", value: field.name, type: types.string }], field.type);
}

function ambiguousColumn(slots: readonly number[], path: readonly string[], context: NameContext): LakeError {
  const name = path.map(quoteIdentifier).join(".");
  const choices = slots.map((slot) => displayName(context.scope, slot));
  return new LakeError(
    "expression/ambiguous-column",
    `The column ${name} in ${context.describe()} can mean ${choices.join(" or ")}. Write one of these names.`,
    { column: path.join("."), candidates: choices },
  );
}

function unknownColumn(path: readonly string[], context: NameContext): LakeError {
  const name = path.join(".");
  const columns = context.scope.columns.map((_, slot) => displayName(context.scope, slot));
  const qualifiers = new Set(context.scope.columns.map((column) => column.qualifier).filter((each) => each !== undefined));
  const candidates = path.length === 1 || qualifiers.size === 0 ? context.scope.columns.map((column) => column.field.name) : columns;
  const guess = nearest(name, candidates) ?? (path.length > 1 ? nearest(path[path.length - 1] ?? "", candidates) : undefined);
  const quotes = path.length > 1 || (guess !== undefined && !context.isRoot) ? [] : forgottenQuotes(name, context);
  const hint = guess === undefined ? "" : ` Did you mean ${written(guess, candidates, context.scope)}?`;
  return new LakeError(
    "expression/unknown-column",
    [`There is no column ${name} in ${context.describe()}.${hint}`, ...quotes, ` The columns are: ${listed(columns)}.`],
    { column: name, columns, expression: context.describe() },
  );
}

/** One of the candidates, which stand in the order of the columns, as an expression has to write it. */
function written(guess: string, candidates: readonly string[], scope: Scope): string {
  const column = scope.columns[candidates.indexOf(guess)];
  if (column === undefined) return guess;
  const name = quoteIdentifier(column.field.name);
  return column.qualifier === undefined || guess === column.field.name ? name : `${quoteIdentifier(column.qualifier)}.${name}`;
}

function forgottenQuotes(name: string, context: NameContext): Wording {
  if (context.isRoot) return [" A text is a literal: did you mean ", { textValue: name }, "?"];
  return [` A text needs quotes: did you mean '${name.replaceAll("'", "''")}'?`];
}

function displayName(scope: Scope, slot: number): string {
  const column = scope.columns[slot];
  if (column === undefined) return "";
  return column.qualifier === undefined ? column.field.name : `${column.qualifier}.${column.field.name}`;
}

function suggestion(name: string, names: readonly string[]): string {
  const guess = nearest(name, names);
  return guess === undefined ? "" : ` Did you mean ${guess}?`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 30).join(", ");
  return names.length > 30 ? `${shown}, … (${names.length} in all)` : shown;
}
