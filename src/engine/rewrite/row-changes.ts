import type { EvaluationInput } from "../../expression/evaluate.js";
import type { Column } from "../../columnar/column.js";
import type { DataFile } from "../../table/data-file.js";
import type { Assignment } from "./assignment.js";

/** What a verb does to a row of the table. */
export type RowAction = { readonly kind: "delete" } | { readonly kind: "update"; readonly assignments: readonly Assignment[] };

/** The rows of one data file that a verb changes. */
export interface RowChanges {
  readonly file: DataFile;
  /** Physical numbers, ascending. */
  readonly rows: Int32Array;
  /** The action of each row, an index into the verb's actions; absent: all rows take action 0. */
  readonly actions: Uint16Array | undefined;
  /** The source row that each row is paired with, -1 for none; absent when the verb has no source. */
  readonly sourceRows: Int32Array | undefined;
}

/** What a verb does, for the rewriting of files. */
export interface RewriteRules {
  readonly actions: readonly RowAction[];
  /**
   * The input of an update's expressions for some rows: `target` gives the columns of the table for these rows; `sourceRows` are the
   * rows they are paired with.
   */
  readonly inputOf: (rows: {
    readonly length: number;
    readonly target: (slot: number) => Column;
    readonly sourceRows: Int32Array | undefined;
  }) => EvaluationInput;
}
