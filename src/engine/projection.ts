import { LakeError } from "../base/errors.js";
import type { BoundExpression } from "../expression/expression.js";
import { referencedSlots, remapSlots } from "../expression/references.js";
import { assertNoCaseDuplicates, findFieldIndex } from "../schema/evolution.js";
import type { Field } from "../schema/types.js";
import type { Snapshot } from "../table/snapshot.js";

/** The columns that a read needs: those that are wanted first, then those that only its predicate looks at. */
export interface Projection {
  readonly columns: readonly Field[];
  /** Slots of `columns` that are given. */
  readonly output: readonly number[];
  /** Bound to `columns`. */
  readonly where: BoundExpression | undefined;
}

/**
 * @param wanted  top-level columns, in any case, in the order in which they are given; default: all
 * @param where   bound to the snapshot's columns
 * @throws usage/invalid-option    `wanted` is no list
 * @throws schema/unknown-column    naming the columns there are
 * @throws schema/duplicate-column  a column that is wanted twice
 */
export function projectColumns(
  snapshot: Snapshot,
  wanted: readonly string[] | undefined,
  where: BoundExpression | undefined,
): Projection {
  const { fields } = snapshot.schema;
  if (wanted !== undefined && !Array.isArray(wanted)) {
    throw new LakeError("usage/invalid-option", `columns is a list of column names such as ["id"], found ${JSON.stringify(wanted)}.`, {
      columns: wanted,
    });
  }
  const slots = wanted === undefined ? fields.map((_, slot) => slot) : wanted.map((name) => slotOf(snapshot, name));
  const fieldsOf = (list: readonly number[]): readonly Field[] => list.flatMap((slot) => fields[slot] ?? []);
  if (wanted !== undefined) assertNoCaseDuplicates({ kind: "struct", fields: fieldsOf(slots) });
  const needed = where === undefined ? slots : [...new Set([...slots, ...referencedSlots(where)])];
  return {
    columns: fieldsOf(needed),
    output: slots.map((_, at) => at),
    where: where === undefined ? undefined : remapSlots(where, (slot) => needed.indexOf(slot)),
  };
}

function slotOf({ schema }: Snapshot, name: string): number {
  const slot = findFieldIndex(schema, name);
  if (slot >= 0) return slot;
  const columns = schema.fields.map((field) => field.name);
  throw new LakeError("schema/unknown-column", `The table has no column "${name}". Columns: ${columns.join(", ")}.`, {
    column: name,
    columns,
  });
}
