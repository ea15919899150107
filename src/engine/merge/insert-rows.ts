import type { RecordBatch } from "apache-arrow";
import { batchOf } from "../../columnar/batch.js";
import { nullColumn } from "../../columnar/build.js";
import type { EvaluationInput } from "../../expression/evaluate.js";
import { toArrowSchema } from "../../schema/arrow-mapping.js";
import type { StructType } from "../../schema/types.js";
import { assignedColumns } from "../rewrite/assigned-columns.js";
import type { BoundClause, InsertAction } from "./bind-merge.js";
import { chooseClauses } from "./choose-clauses.js";
import { always, pass } from "./scan-file.js";
import type { SourceRows } from "./source-rows.js";

/** Source rows that one clause inserts. */
export interface Insertion {
  readonly action: InsertAction;
  /** Numbers of source rows, ascending. */
  readonly rows: Int32Array;
}

/** Rows that are made at once. */
const INSERT_ROWS = 1 << 17;

/** Which source rows without a match are inserted, and by which clause. */
export function planInsertions(
  clauses: readonly BoundClause<InsertAction>[],
  source: SourceRows,
  sourceMatched: Uint8Array,
  width: number,
): readonly Insertion[] {
  if (clauses.length === 0) return [];
  return source.chunks.flatMap(({ start, length }) => {
    const all = Int32Array.from({ length }, (_, row) => start + row);
    const unmatched = all.filter((row) => sourceMatched[row] === 0);
    if (unmatched.length === 0) return [];
    const input = sourceInput(source, unmatched, width);
    const chosen = chooseClauses(unmatched.length, clauses.map(always), (clause, rows) => pass(clauses[clause]?.where, input, rows));
    return clauses
      .map(({ action }, clause) => ({ action, rows: unmatched.filter((_, position) => chosen[position] === clause) }))
      .filter(({ rows }) => rows.length > 0);
  });
}

/** The inserted rows in the table's schema; columns that are not assigned are null. */
export function* insertedRows(insertions: readonly Insertion[], source: SourceRows, target: StructType): Generator<RecordBatch> {
  const arrowSchema = toArrowSchema(target);
  for (const { action, rows } of insertions) {
    for (let start = 0; start < rows.length; start += INSERT_ROWS) {
      const part = rows.subarray(start, start + INSERT_ROWS);
      const nulls = (slot: number): ReturnType<typeof nullColumn> =>
        nullColumn(target.fields[slot]?.type ?? { kind: "void" }, part.length);
      const assigned = assignedColumns(action.assignments, target, {
        input: sourceInput(source, part, target.fields.length),
        current: nulls,
      });
      yield batchOf(
        arrowSchema,
        target.fields.map((_, slot) => assigned.get(slot) ?? nulls(slot)),
        part.length,
      );
    }
  }
}

function sourceInput(source: SourceRows, rows: Int32Array, width: number): EvaluationInput {
  const column = source.gather(rows);
  return { length: rows.length, column: (slot) => column(slot - width) };
}
