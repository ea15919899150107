import { findField, mergeSchemas } from "../../schema/evolution.js";
import { field, struct } from "../../schema/data-types.js";
import type { DataType, Field, StructType } from "../../schema/types.js";
import { targetPath } from "../rewrite/assignment.js";
import type { MergeClause } from "./merge-clause.js";

/**
 * The table's schema after a merge with schema evolution: an update-all or insert-all brings every column of the source that the
 * table lacks, nested ones too; an explicit assignment brings the column that it names, when the source has one of that name.
 *
 * @returns `target` itself when nothing is new
 * @throws schema/incompatible when a column of both has types that do not go together
 */
export function mergedSchema(target: StructType, source: StructType, clauses: readonly MergeClause[]): StructType {
  if (clauses.some(({ action }) => action === "update-all" || action === "insert-all")) return mergeSchemas(target, source);
  return clauses.flatMap(assignedNames).reduce((schema, name) => withAssigned(schema, source, name), target);
}

function assignedNames(clause: MergeClause): readonly string[] {
  if ("set" in clause) return Object.keys(clause.set);
  return "values" in clause ? Object.keys(clause.values) : [];
}

function withAssigned(schema: StructType, source: StructType, name: string): StructType {
  if (findField(schema, name) !== undefined) return schema;
  const path = findField(source, name) === undefined ? targetPath(name) : [name];
  if (hasPath(schema, path)) return schema;
  const part = partAt(source, path);
  return part === undefined ? schema : mergeSchemas(schema, struct([part]));
}

function hasPath(type: DataType, path: readonly string[]): boolean {
  const [name, ...below] = path;
  if (name === undefined) return true;
  const found = type.kind === "struct" ? findField(type, name) : undefined;
  return found !== undefined && hasPath(found.type, below);
}

/** The source's column cut down to one nested field. */
function partAt(type: DataType, path: readonly string[]): Field | undefined {
  const [name = "", ...below] = path;
  const found = type.kind === "struct" ? findField(type, name) : undefined;
  if (found === undefined || below.length === 0) return found;
  const part = partAt(found.type, below);
  return part === undefined ? undefined : field(found.name, struct([part]), { nullable: found.nullable, metadata: found.metadata });
}
