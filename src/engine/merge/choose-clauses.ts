/** The rows of a list that satisfy a clause's condition: their positions, ascending. */
export type RowsThatPass = (clause: number, rows: Int32Array) => Int32Array;

/**
 * For each of the rows 0 … count-1 the first clause whose condition is true, -1 when none is.
 *
 * A condition is asked only about rows that no earlier clause has taken: an expression that fails on a row which is already decided
 * (a division by its zero, a cast of its text) must not fail the merge.
 */
export function chooseClauses(count: number, conditions: readonly { readonly always: boolean }[], pass: RowsThatPass): Int32Array {
  const chosen = new Int32Array(count).fill(-1);
  let open: Int32Array = Int32Array.from({ length: count }, (_, row) => row);
  for (const [clause, { always }] of conditions.entries()) {
    if (open.length === 0) break;
    const taken = always ? open : pass(clause, open);
    for (let i = 0; i < taken.length; i++) chosen[taken[i] as number] = clause;
    if (taken.length > 0) open = open.filter((row) => chosen[row] === -1);
  }
  return chosen;
}
