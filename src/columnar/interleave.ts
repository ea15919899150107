import type { Column } from "./column.js";
import { pickRuns, picksOf, type Choice } from "./pick-runs.js";

/**
 * Row i of the result is row `rows[i]` of `columns[choice[i]]`, null for row -1. The columns have one type.
 *
 * This is how rows of several batches are mixed without looking at one value at a time: rows that follow each other in one column
 * are copied as one piece.
 */
export function interleave(columns: readonly Column[], choice: Choice, rows: Int32Array): Column {
  return createInterleaver(choice, rows)(columns);
}

/** As `interleave`, for many lists of columns that are mixed alike. */
export function createInterleaver(choice: Choice, rows: Int32Array): (columns: readonly Column[]) => Column {
  const picks = picksOf(choice, rows);
  return (columns) => pickRuns(columns, picks);
}
