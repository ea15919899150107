import { LakeError, type LakeErrorCode } from "../../base/errors.js";
import type { BoundExpression, ExpressionNode } from "../../expression/expression.js";
import { parseExpression } from "../../expression/parse.js";
import { assignability } from "../../schema/assignability.js";
import { findField, findFieldIndex, formatPath } from "../../schema/field-names.js";
import { formatType } from "../../schema/type-text.js";
import type { DataType, StructType } from "../../schema/types.js";

/** One `column = value` of an update or insert, its value not yet cast to the column's type. */
export interface Assignment {
  /** Position of the top-level column in the table's schema. */
  readonly slot: number;
  /** Names of nested fields below it, in the schema's spelling; empty for the column itself. */
  readonly path: readonly string[];
  /** Type of the column or nested field. */
  readonly type: DataType;
  readonly value: BoundExpression;
}

export interface AssignmentContext {
  readonly schema: StructType;
  readonly bindValue: (node: ExpressionNode) => BoundExpression;
  /** How a clause that contradicts itself is refused. */
  readonly conflictCode: LakeErrorCode;
}

/**
 * Finds the columns of `set` and binds their values.
 *
 * @throws schema/unknown-column, schema/unknown-field  for a target that is not in the schema
 * @throws schema/type-mismatch  when Spark's store assignment does not put values of that type into the column
 * @throws `conflictCode`        when a column is assigned twice, or a struct and a field of it
 */
export function bindAssignments(set: Readonly<Record<string, ExpressionNode>>, context: AssignmentContext): readonly Assignment[] {
  const assignments = Object.entries(set).map(([target, node]) => bindAssignment(target, node, context));
  for (const [index, assignment] of assignments.entries()) {
    const other = assignments.slice(0, index).find((earlier) => overlaps(earlier, assignment));
    if (other === undefined) continue;
    const [first, second] = [other, assignment].map((each) => targetName(each, context.schema));
    const message =
      first === second
        ? `The column "${first}" is assigned twice.`
        : `Both "${first}" and "${second}" are assigned, and one is part of the other.`;
    throw new LakeError(context.conflictCode, `${message} Keep one of the assignments.`, { columns: [first, second] });
  }
  return assignments;
}

function bindAssignment(target: string, node: ExpressionNode, context: AssignmentContext): Assignment {
  const found = findTarget(target, context.schema);
  return assignTo(found, context.bindValue(node), context.schema);
}

/** @throws schema/type-mismatch */
export function assignTo(target: AssignmentTarget, value: BoundExpression, schema: StructType): Assignment {
  if (assignability(value.type, target.type) === "no") {
    const column = targetName(target, schema);
    const [columnType, valueType] = [formatType(target.type), formatType(value.type)];
    throw new LakeError(
      "schema/type-mismatch",
      `The column "${column}" is ${columnType} and cannot take a value of type ${valueType}. Cast the value, for example cast(… as ` +
        `${columnType}).`,
      { column, columnType, valueType },
    );
  }
  return { ...target, value };
}

export type AssignmentTarget = Omit<Assignment, "value">;

/** The column or nested field that `target` names: a column's bare name, or a path such as a.b with backquotes where needed. */
export function findTarget(target: string, schema: StructType): AssignmentTarget {
  const bare = findFieldIndex(schema, target);
  const bareField = schema.fields[bare];
  if (bareField !== undefined) return { slot: bare, path: [], type: bareField.type };
  const [name = target, ...below] = targetPath(target);
  const slot = findFieldIndex(schema, name);
  const field = schema.fields[slot];
  if (field === undefined) throw unknownColumn(target, schema);
  let type = field.type;
  const path: string[] = [];
  for (const part of below) {
    const nested = type.kind === "struct" ? findField(type, part) : undefined;
    if (nested === undefined) throw unknownField(part, [field.name, ...path], type);
    path.push(nested.name);
    type = nested.type;
  }
  return { slot, path, type };
}

/** The names in the text of an assignment's target; text that is no path of names is one name. */
export function targetPath(target: string): readonly string[] {
  try {
    const node = parseExpression(target);
    return node.kind === "column" ? node.path : [target];
  } catch (error) {
    // A column may be called anything; as a name of that spelling it is looked up, and reported when there is none.
    if (LakeError.is(error, "expression/syntax")) return [target];
    throw error;
  }
}

function unknownColumn(target: string, schema: StructType): LakeError {
  const columns = schema.fields.map(({ name }) => name);
  return new LakeError("schema/unknown-column", `The table has no column "${target}" to assign to. It has ${columns.join(", ")}.`, {
    column: target,
    columns,
  });
}

function unknownField(part: string, owner: readonly string[], type: DataType): LakeError {
  const column = formatPath([...owner, part]);
  const fields = type.kind === "struct" ? type.fields.map(({ name }) => name) : [];
  const why =
    type.kind === "struct"
      ? `The struct "${formatPath(owner)}" has the fields ${fields.join(", ")}.`
      : `"${formatPath(owner)}" is ${formatType(type)}: only fields of structs can be assigned one by one.`;
  return new LakeError("schema/unknown-field", `There is no field "${column}" to assign to. ${why}`, { column, fields });
}

function targetName({ slot, path }: AssignmentTarget, schema: StructType): string {
  return formatPath([schema.fields[slot]?.name ?? "", ...path]);
}

function overlaps(a: AssignmentTarget, b: AssignmentTarget): boolean {
  if (a.slot !== b.slot) return false;
  const shared = Math.min(a.path.length, b.path.length);
  return a.path.slice(0, shared).every((part, index) => part === b.path[index]);
}
