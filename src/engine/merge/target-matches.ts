/** What a merge may do with a target row that a second source row matches. */
export type RepeatRule =
  /** Two source rows cannot both change one row: the merge fails. */
  | "refuse"
  /** The row is deleted either way, or nothing is done to matched rows. */
  | "ignore";

/** The matches of the rows of one batch, collected from pairs in any order. */
export interface TargetMatches {
  /** 1 for each row that some source row matches. */
  readonly isMatched: Uint8Array;
  /**
   * Adds pairs and gives those that are the first of their target row.
   *
   * `"repeat"` names a target row with a second match where the rule refuses one.
   */
  add(pairs: Pairs): Pairs | { readonly kind: "repeat"; readonly targetRow: number; readonly sourceRows: readonly [number, number] };
}

/** Target rows and the source rows they are paired with. */
export interface Pairs {
  readonly kind: "pairs";
  readonly targetRows: Int32Array;
  readonly sourceRows: Int32Array;
}

export function pairsOf(targetRows: Int32Array, sourceRows: Int32Array): Pairs {
  return { kind: "pairs", targetRows, sourceRows };
}

export function collectMatches(length: number, rule: RepeatRule): TargetMatches {
  const isMatched = new Uint8Array(length);
  const firstSource = new Int32Array(rule === "refuse" ? length : 0);
  return {
    isMatched,
    add: (pairs) => {
      const { targetRows, sourceRows } = pairs;
      const kept = new Uint8Array(targetRows.length);
      let keptCount = 0;
      for (let i = 0; i < targetRows.length; i++) {
        const row = targetRows[i] as number;
        const source = sourceRows[i] as number;
        if (isMatched[row] === 0) {
          isMatched[row] = 1;
          if (rule === "refuse") firstSource[row] = source;
          kept[i] = 1;
          keptCount++;
        } else if (rule === "refuse") {
          return { kind: "repeat", targetRow: row, sourceRows: [firstSource[row] as number, source] };
        }
      }
      if (keptCount === targetRows.length) return pairs;
      return pairsOf(
        targetRows.filter((_, i) => kept[i] === 1),
        sourceRows.filter((_, i) => kept[i] === 1),
      );
    },
  };
}
