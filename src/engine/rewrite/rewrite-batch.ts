import type { RecordBatch, Schema } from "apache-arrow";
import { assert } from "../../base/assert.js";
import { batchOf } from "../../columnar/batch.js";
import type { Column } from "../../columnar/column.js";
import { createInterleaver } from "../../columnar/interleave.js";
import { createTaker, take } from "../../columnar/take.js";
import type { StructType } from "../../schema/types.js";
import { assignedColumns } from "./assigned-columns.js";
import { cachedInput } from "./cached-input.js";
import type { RewriteRules, RowAction } from "./row-changes.js";

/** Rows of a file, whole: the columns are those of `schema`. */
export interface RowsToRewrite {
  readonly schema: StructType;
  readonly arrowSchema: Schema;
  readonly columns: readonly Column[];
  readonly length: number;
}

/** The rows of a batch that change, by their position in the batch, ascending. */
export interface BatchChanges {
  readonly rows: Int32Array;
  readonly actions: Uint16Array | undefined;
  readonly sourceRows: Int32Array | undefined;
}

export interface RewrittenRows {
  /** What becomes of the batch, in its order. */
  readonly batch: RecordBatch;
  /** The updated rows alone, for the rules that new values have to satisfy. */
  readonly updated: readonly RecordBatch[];
}

/** Applies the changes to the rows: deleted rows are left out, updated rows stay in their place. */
export function rewriteBatch(rows: RowsToRewrite, changes: BatchChanges, rules: RewriteRules): RewrittenRows {
  const updates = rules.actions.flatMap((action, index) => updateRows(rows, action, pickRows(changes, index), rules));
  const picks = pickSurvivors(rows.length, changes, rules.actions, updates);
  const survivors = createTaker(picks.targetRows);
  const mix = createInterleaver(picks.choice, picks.rows);
  const columns = rows.columns.map((column, slot) => {
    if (updates.every(({ assigned }) => !assigned.has(slot))) return survivors(column);
    return mix([column, ...updates.map(({ column: updated }) => updated(slot))]);
  });
  return {
    batch: batchOf(rows.arrowSchema, columns, picks.rows.length),
    updated: updates.map(({ column, length }) =>
      batchOf(
        rows.arrowSchema,
        rows.columns.map((_, slot) => column(slot)),
        length,
      ),
    ),
  };
}

interface Update {
  readonly action: RowAction;
  readonly length: number;
  readonly assigned: ReadonlySet<number>;
  /** A column of the table as the updated rows have it. */
  readonly column: (slot: number) => Column;
}

interface PickedRows {
  readonly rows: Int32Array;
  readonly sourceRows: Int32Array | undefined;
}

/** The changed rows that take one action. */
function pickRows({ rows, actions, sourceRows }: BatchChanges, action: number): PickedRows {
  if (actions === undefined) return action === 0 ? { rows, sourceRows } : { rows: rows.subarray(0, 0), sourceRows: undefined };
  return {
    rows: rows.filter((_, index) => actions[index] === action),
    sourceRows: sourceRows?.filter((_, index) => actions[index] === action),
  };
}

function updateRows(rows: RowsToRewrite, action: RowAction, picked: PickedRows, rules: RewriteRules): readonly Update[] {
  if (action.kind === "delete" || picked.rows.length === 0) return [];
  const taken = cachedInput(picked.rows.length, (slot) => {
    const column = rows.columns[slot];
    assert(column !== undefined, `column ${slot} is one of the table`);
    return take(column, picked.rows);
  });
  const current = taken.column;
  const input = rules.inputOf({ length: picked.rows.length, target: current, sourceRows: picked.sourceRows });
  const assigned = assignedColumns(action.assignments, rows.schema, { input, current });
  return [
    { action, length: picked.rows.length, assigned: new Set(assigned.keys()), column: (slot) => assigned.get(slot) ?? current(slot) },
  ];
}

interface Picks {
  /** Where each surviving row comes from: 0 the batch itself, then the updates. */
  readonly choice: Uint16Array;
  readonly rows: Int32Array;
  /** The surviving rows as rows of the batch. */
  readonly targetRows: Int32Array;
}

function pickSurvivors(length: number, changes: BatchChanges, actions: readonly RowAction[], updates: readonly Update[]): Picks {
  const choiceOf = actions.map((action) => updates.findIndex((update) => update.action === action) + 1);
  const isDelete = actions.map((action) => action.kind === "delete");
  const filled = new Int32Array(updates.length + 1);
  const choice = new Uint16Array(length);
  const rows = new Int32Array(length);
  const targetRows = new Int32Array(length);
  let at = 0;
  let change = 0;
  for (let row = 0; row < length; row++) {
    let from = 0;
    let fromRow = row;
    if (changes.rows[change] === row) {
      const action = changes.actions?.[change] ?? 0;
      change++;
      if (isDelete[action] === true) continue;
      from = choiceOf[action] as number;
      fromRow = filled[from] as number;
      filled[from] = fromRow + 1;
    }
    choice[at] = from;
    rows[at] = fromRow;
    targetRows[at++] = row;
  }
  assert(change === changes.rows.length, "every changed row is a row of the batch");
  return { choice: choice.subarray(0, at), rows: rows.subarray(0, at), targetRows: targetRows.subarray(0, at) };
}
