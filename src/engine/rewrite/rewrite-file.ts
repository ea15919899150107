import type { RecordBatch } from "apache-arrow";
import { batchOf, columnsOf } from "../../columnar/batch.js";
import { nullColumn } from "../../columnar/build.js";
import type { Column } from "../../columnar/column.js";
import { lowerBound } from "../../columnar/lower-bound.js";
import { toArrowSchema } from "../../schema/arrow-mapping.js";
import type { StructType } from "../../schema/types.js";
import type { Snapshot } from "../../table/snapshot.js";
import type { WritePlan } from "../../table/write-plan.js";
import type { EngineContext } from "../context.js";
import { readFileRows, type FileRows } from "../read-file-rows.js";
import { enforceRules } from "../write-rules.js";
import { storeColumn } from "./assigned-columns.js";
import { rewriteBatch, type BatchChanges } from "./rewrite-batch.js";
import type { RewriteRules, RowChanges } from "./row-changes.js";

export interface RewriteOptions {
  readonly snapshot: Snapshot;
  /** The table as the commit leaves it: its schema begins with the columns of the snapshot's. */
  readonly plan: WritePlan;
  readonly rules: RewriteRules;
  /** Only these rows of the file, by physical number. Default: all. */
  readonly range?: { readonly start: number; readonly end: number } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The rows that are left of a file after its changes, in the plan's schema.
 *
 * @throws schema/not-null, delta/constraint-violated for an updated row that breaks a rule of the table
 */
export async function* rewriteFile(
  context: EngineContext,
  changes: RowChanges,
  options: RewriteOptions,
): AsyncGenerator<RecordBatch, void, undefined> {
  const { snapshot, plan, rules, range, signal } = options;
  const rows = range && Int32Array.from({ length: range.end - range.start }, (_, row) => range.start + row);
  const arrowSchema = toArrowSchema(plan.schema);
  const mustCheck = plan.rules.notNull.length + plan.rules.checks.length > 0;
  for await (const piece of readFileRows(context, snapshot, changes.file, { columns: snapshot.schema.fields, rows, signal })) {
    const columns = evolvedColumns(columnsOf(piece.batch), snapshot.schema, plan.schema, piece.batch.numRows);
    const inBatch = changesWithin(changes, piece);
    if (inBatch.rows.length === 0) {
      yield batchOf(arrowSchema, columns, piece.batch.numRows);
      continue;
    }
    const { batch, updated } = rewriteBatch({ schema: plan.schema, arrowSchema, columns, length: piece.batch.numRows }, inBatch, rules);
    if (mustCheck) for (const rows of updated) enforceRules(plan.rules, plan.schema, rows);
    if (batch.numRows > 0) yield batch;
  }
}

/** Columns of a table under its schema after evolution: new columns, and new fields inside old ones, are null. */
function evolvedColumns(columns: readonly Column[], from: StructType, to: StructType, length: number): readonly Column[] {
  return to.fields.map((field, slot) => {
    const column = columns[slot];
    const old = from.fields[slot];
    return column === undefined || old === undefined ? nullColumn(field.type, length) : storeColumn(column, old.type, field.type);
  });
}

/** The part of a file's changes that falls on some of its rows, by position among these. */
function changesWithin(changes: RowChanges, { firstRow, rows: numbers, batch }: FileRows): BatchChanges {
  const last = numbers === undefined ? firstRow + batch.numRows - 1 : (numbers[numbers.length - 1] ?? -1);
  const start = lowerBound(changes.rows, numbers?.[0] ?? firstRow);
  const end = lowerBound(changes.rows, last + 1);
  const rows = changes.rows.slice(start, end);
  let position = 0;
  for (let index = 0; index < rows.length; index++) {
    const number = rows[index] as number;
    if (numbers === undefined) position = number - firstRow;
    else while ((numbers[position] as number) < number) position++;
    rows[index] = position;
  }
  return { rows, actions: changes.actions?.subarray(start, end), sourceRows: changes.sourceRows?.subarray(start, end) };
}
