import { typesEqual } from "../../schema/data-types.js";
import type { Field, StructType } from "../../schema/types.js";

/**
 * Whether `after` is `before` with more columns, all of them nullable and without rules of their own, at the top or in structs.
 *
 * Files written for `before` are then files of `after`: a column that a file lacks reads as null (PROTOCOL.md "Reader
 * Requirements"), which is what a write that does not name the column gives it. A column with a default, a generation
 * expression, an invariant or an id of column mapping carries it in its metadata, and is not of this kind.
 */
export function onlyAddsColumns(before: StructType, after: StructType): boolean {
  const known = new Map(before.fields.map((field) => [field.name, field]));
  let kept = 0;
  for (const field of after.fields) {
    const old = known.get(field.name);
    if (old === undefined) {
      if (!isPlain(field)) return false;
      continue;
    }
    kept++;
    if (!isKept(old, field)) return false;
  }
  return kept === before.fields.length;
}

function isPlain({ nullable, metadata }: Field): boolean {
  return nullable && Object.keys(metadata).every((key) => key === "comment");
}

function isKept(before: Field, after: Field): boolean {
  if (before.nullable !== after.nullable || !sameMetadata(before, after)) return false;
  if (before.type.kind === "struct" && after.type.kind === "struct") return onlyAddsColumns(before.type, after.type);
  return typesEqual(before.type, after.type);
}

function sameMetadata(a: Field, b: Field): boolean {
  const names = new Set([...Object.keys(a.metadata), ...Object.keys(b.metadata)]);
  return [...names].every((name) => JSON.stringify(a.metadata[name]) === JSON.stringify(b.metadata[name]));
}
