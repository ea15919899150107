import { assert } from "../../base/assert.js";
import type { Column } from "../../columnar/column.js";
import type { KeyBounds } from "../../columnar/key-bounds.js";
import { createKeyTable, type KeyTable } from "../../columnar/key-table.js";
import { sliceColumn } from "../../columnar/slice.js";
import { take } from "../../columnar/take.js";
import { cachedInput, inputAt } from "../rewrite/cached-input.js";
import { conjunction } from "../../expression/conjuncts.js";
import { evaluate, selectRows, type EvaluationInput } from "../../expression/evaluate.js";
import type { BoundExpression } from "../../expression/expression.js";
import type { MergeCondition, MergeEquality } from "../../expression/merge-condition.js";
import { referencedSlots } from "../../expression/references.js";
import { joinRows } from "../rewrite/find-rows.js";
import type { SourceRows } from "./source-rows.js";
import { pairsOf, type Pairs } from "./target-matches.js";

/** Finds the source rows that belong to target rows. */
export interface Matcher {
  /** Columns of the target that the condition looks at. */
  readonly targetSlots: ReadonlySet<number>;
  /** What is known of the source's side of each equality. */
  readonly keyBounds: readonly KeyBounds[];
  /** The source's side of one equality, chunk by chunk. */
  readonly keyColumns: (key: number) => readonly Column[];
  readonly bytes: number;
  /** All pairs for which the condition is true, in portions; those of one target row may come in several. */
  match(target: EvaluationInput): Generator<Pairs>;
}

/** Target rows that are probed at once, which bounds the pairs of a portion where keys repeat. */
const PROBE_ROWS = 1 << 17;
/** Pairs on which the rest of the condition is evaluated at once. */
const PAIRS_MAX = 1 << 18;

/** `width` is the number of the target's columns: the source's columns are the slots from there on. */
export function createMatcher(condition: MergeCondition, source: SourceRows, width: number): Matcher {
  const candidates = sourceCandidates(condition.sourceOnly, source, width);
  const partner = condition.equalities.length > 0 ? hashPartners(condition, source, candidates, width) : everyPartner(candidates);
  const targetOnly = condition.targetOnly.length === 0 ? undefined : conjunction(condition.targetOnly);
  const rest = condition.rest.length === 0 ? undefined : conjunction(condition.rest);
  const used = [...condition.targetOnly, ...condition.rest, ...condition.equalities.map(({ target }) => target)];
  return {
    targetSlots: new Set(used.flatMap((expression) => [...referencedSlots(expression)]).filter((slot) => slot < width)),
    keyBounds: partner.keyBounds,
    keyColumns: (key) => candidates.chunks.map(({ input }) => evaluate((condition.equalities[key] as MergeEquality).source, input)),
    bytes: partner.bytes,
    *match(target) {
      const selected = targetOnly === undefined ? "all" : selectRows(targetOnly, target);
      if (selected !== "all" && selected.length === 0) return;
      const rows = selected === "all" ? target : inputAt(target, selected);
      for (const pairs of partner.pairs(rows)) {
        const found = selected === "all" ? pairs : pairsOf(take32(selected, pairs.targetRows), pairs.sourceRows);
        const kept = rest === undefined ? found : pairsThatPass(rest, found, target, source, width);
        if (kept.targetRows.length > 0) yield kept;
      }
    },
  };
}

/** The input of an expression over both sides, for pairs of rows. */
export function pairInput(pairs: Pairs, target: (slot: number) => Column, source: SourceRows, width: number): EvaluationInput {
  const sourceColumn = source.gather(pairs.sourceRows);
  return cachedInput(pairs.targetRows.length, (slot) =>
    slot < width ? take(target(slot), pairs.targetRows) : sourceColumn(slot - width),
  );
}

interface Partners {
  readonly keyBounds: readonly KeyBounds[];
  readonly bytes: number;
  pairs(target: EvaluationInput): Generator<Pairs>;
}

/** Rows of the source that can match at all, chunk by chunk; `rows` are numbers within the chunk. */
interface Candidates {
  readonly chunks: readonly { readonly start: number; readonly rows: Int32Array | "all"; readonly input: EvaluationInput }[];
  /** The source row of the n-th candidate; absent when every row is one. */
  readonly rowOf: Int32Array | undefined;
  readonly count: number;
}

function sourceCandidates(sourceOnly: readonly BoundExpression[], source: SourceRows, width: number): Candidates {
  const condition = sourceOnly.length === 0 ? undefined : conjunction(sourceOnly);
  const chunks = source.chunks.map(({ start, length, columns }) => {
    const input: EvaluationInput = { length, column: (slot) => columns[slot - width] as Column };
    const rows = condition === undefined ? "all" : selectRows(condition, input);
    return { start, rows, input: rows === "all" ? input : inputAt(input, rows) };
  });
  if (chunks.every(({ rows }) => rows === "all")) return { chunks, rowOf: undefined, count: source.rowCount };
  const rowOf = joinRows(
    chunks.map(({ start, rows, input }) =>
      rows === "all" ? Int32Array.from({ length: input.length }, (_, row) => start + row) : rows.map((row) => start + row),
    ),
  );
  return { chunks, rowOf, count: rowOf.length };
}

function hashPartners(condition: MergeCondition, source: SourceRows, candidates: Candidates, width: number): Partners {
  const { equalities } = condition;
  const table: KeyTable = createKeyTable(equalities.map(({ target, nullSafe }) => ({ type: target.type, nullSafe })));
  for (const { input } of candidates.chunks)
    table.add(
      equalities.map((equality) => evaluate(equality.source, input)),
      input.length,
    );
  assert(candidates.rowOf !== undefined || table.rowCount === source.rowCount, `the key table of ${width} columns has every source row`);
  return {
    keyBounds: equalities.map((_, index) => table.keyBounds(index)),
    bytes: table.bytes,
    *pairs(target) {
      const keys = equalities.map((equality) => evaluate(equality.target, target));
      for (let start = 0; start < target.length; start += PROBE_ROWS) {
        const end = Math.min(target.length, start + PROBE_ROWS);
        const { probeRows, buildRows } = table.probe(
          keys.map((key) => sliceColumn(key, start, end)),
          end - start,
        );
        if (probeRows.length === 0) continue;
        if (start > 0) for (let i = 0; i < probeRows.length; i++) probeRows[i] = (probeRows[i] as number) + start;
        yield pairsOf(probeRows, candidates.rowOf === undefined ? buildRows : take32(candidates.rowOf, buildRows));
      }
    },
  };
}

/** Without an equality every target row meets every source row, a block of each at a time. */
function everyPartner({ rowOf, count }: Candidates): Partners {
  return {
    keyBounds: [],
    bytes: 0,
    *pairs(target) {
      const sourceStep = Math.min(Math.max(count, 1), PAIRS_MAX);
      const targetStep = Math.max(1, Math.floor(PAIRS_MAX / sourceStep));
      for (let firstTarget = 0; firstTarget < target.length; firstTarget += targetStep) {
        const targets = Math.min(targetStep, target.length - firstTarget);
        for (let firstSource = 0; firstSource < count; firstSource += sourceStep) {
          const sources = Math.min(sourceStep, count - firstSource);
          const targetRows = Int32Array.from({ length: targets * sources }, (_, pair) => firstTarget + Math.floor(pair / sources));
          const numbers = Int32Array.from({ length: targets * sources }, (_, pair) => firstSource + (pair % sources));
          yield pairsOf(targetRows, rowOf === undefined ? numbers : take32(rowOf, numbers));
        }
      }
    },
  };
}

/** The pairs for which `rest` is true. */
function pairsThatPass(rest: BoundExpression, pairs: Pairs, target: EvaluationInput, source: SourceRows, width: number): Pairs {
  const kept: { readonly targets: Int32Array; readonly sources: Int32Array }[] = [];
  for (let start = 0; start < pairs.targetRows.length; start += PAIRS_MAX) {
    const part = pairsOf(pairs.targetRows.subarray(start, start + PAIRS_MAX), pairs.sourceRows.subarray(start, start + PAIRS_MAX));
    const selected = selectRows(rest, pairInput(part, target.column, source, width));
    if (selected === "all") kept.push({ targets: part.targetRows, sources: part.sourceRows });
    else kept.push({ targets: take32(part.targetRows, selected), sources: take32(part.sourceRows, selected) });
  }
  return pairsOf(joinRows(kept.map(({ targets }) => targets)), joinRows(kept.map(({ sources }) => sources)));
}

function take32(values: Int32Array, rows: Int32Array): Int32Array {
  const out = new Int32Array(rows.length);
  for (let i = 0; i < out.length; i++) out[i] = values[rows[i] as number] as number;
  return out;
}
