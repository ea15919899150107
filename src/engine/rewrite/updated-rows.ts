import type { RecordBatch } from "apache-arrow";
import { assert } from "../../base/assert.js";
import { batchOf, columnsOf } from "../../columnar/batch.js";
import { nullColumn, retyped } from "../../columnar/build.js";
import type { Column } from "../../columnar/column.js";
import { concatColumns } from "../../columnar/concat.js";
import { referencedSlots } from "../../expression/references.js";
import { fileOf } from "../../parquet/write/encode-splice.js";
import { writeSchema } from "../../parquet/write/write-schema.js";
import { toArrowSchema } from "../../schema/arrow-mapping.js";
import type { EngineContext } from "../context.js";
import { openFileSource } from "../file-source.js";
import { enforceRules } from "../write-rules.js";
import { rewriteBatch } from "./rewrite-batch.js";
import type { RewriteOptions } from "./rewrite-file.js";
import type { RowAction, RowChanges } from "./row-changes.js";

/** The columns of the table that the given actions assign, by slot, ascending. */
export function assignedSlots(actions: readonly RowAction[]): readonly number[] {
  const slots = actions.flatMap((action) => (action.kind === "update" ? action.assignments.map(({ slot }) => slot) : []));
  return [...new Set(slots)].sort((a, b) => a - b);
}

/**
 * The new values of updated rows of one file, as a Parquet file of the columns `slots` alone. Of the file only what the assignments look at
 * is read, for these rows alone.
 *
 * @param changes  of updated rows only
 * @param slots    `assignedSlots` of the actions that occur among the changes
 * @throws schema/not-null, delta/constraint-violated for an updated row that breaks a rule of the table
 */
export async function encodeUpdatedRows(
  context: EngineContext,
  changes: RowChanges,
  slots: readonly number[],
  options: RewriteOptions,
): Promise<Uint8Array> {
  const { plan, rules, signal } = options;
  const { schema } = plan;
  const length = changes.rows.length;
  const known = await currentColumns(context, changes, slots, options);
  const columns = schema.fields.map(({ type }, slot) => known.get(slot) ?? nullColumn(type, length));
  const rows = Int32Array.from({ length }, (_, row) => row);
  const { batch, updated } = rewriteBatch(
    { schema, arrowSchema: toArrowSchema(schema), columns, length },
    { rows, actions: changes.actions, sourceRows: changes.sourceRows },
    rules,
  );
  if (hasRules(options)) for (const each of updated) enforceRules(plan.rules, schema, each);
  return encodePlain(context, batch, slots, options, signal);
}

function hasRules({ plan }: RewriteOptions): boolean {
  return plan.rules.notNull.length + plan.rules.checks.length > 0;
}

/** The present values of the columns that the new ones depend on. */
async function currentColumns(
  context: EngineContext,
  changes: RowChanges,
  slots: readonly number[],
  options: RewriteOptions,
): Promise<ReadonlyMap<number, Column>> {
  const { snapshot, rules, signal } = options;
  const needed = hasRules(options) ? snapshot.schema.fields.map((_, slot) => slot) : slotsNeeded(changes, slots, rules.actions);
  const stored = needed.filter((slot) => slot < snapshot.schema.fields.length);
  if (stored.length === 0) return new Map();
  const source = openFileSource(context, snapshot, changes.file, { columns: snapshot.schema.fields, signal });
  const batches: RecordBatch[] = [];
  for await (const { batch } of source.read(stored, { rows: changes.rows })) batches.push(batch);
  return new Map(
    stored.map((slot, at) => {
      const column = concatColumns(batches.flatMap((batch) => columnsOf(batch)[at] ?? []));
      assert(column.length === changes.rows.length, "every updated row was read");
      return [slot, column];
    }),
  );
}

function slotsNeeded(changes: RowChanges, slots: readonly number[], actions: readonly RowAction[]): readonly number[] {
  const needed = new Set<number>();
  for (const index of occurring(changes)) {
    const action = actions[index];
    if (action?.kind !== "update") continue;
    for (const { value, path, slot } of action.assignments) {
      for (const reference of referencedSlots(value)) needed.add(reference);
      if (path.length > 0) needed.add(slot);
    }
    // What another action assigns stays as it is here.
    for (const slot of slots) if (action.assignments.every((assignment) => assignment.slot !== slot)) needed.add(slot);
  }
  return [...needed].sort((a, b) => a - b);
}

/** The numbers of the actions that some row takes. */
export function occurring({ actions }: Pick<RowChanges, "actions">): ReadonlySet<number> {
  return actions === undefined ? new Set([0]) : new Set(actions);
}

async function encodePlain(
  { codec }: EngineContext,
  batch: RecordBatch,
  slots: readonly number[],
  { plan }: RewriteOptions,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const fields = slots.map((slot) => {
    const field = plan.fileSchema.fields[plan.fileColumns.indexOf(slot)];
    assert(field !== undefined, "an assigned column is one of the file");
    return field;
  });
  const schema = writeSchema({ kind: "struct", fields });
  const arrowSchema = toArrowSchema({ kind: "struct", fields });
  const columns = slots.map((slot, at) => {
    const [column, type] = [columnsOf(batch)[slot], arrowSchema.fields[at]?.type];
    assert(column !== undefined && type !== undefined, "the updated rows have every column of the table");
    return retyped(column, type);
  });
  const encoded = await codec.encode([batchOf(schema, columns, batch.numRows)], {
    path: "the new values of updated rows",
    schema,
    compression: "uncompressed",
    formatVersion: "1.0",
    plainColumns: fields.map(({ name }) => name),
    signal,
  });
  return fileOf(encoded);
}
