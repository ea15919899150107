import { LakeError } from "../../base/errors.js";
import type { Column } from "../../columnar/column.js";
import { columnsOf } from "../../columnar/batch.js";
import { nullColumn } from "../../columnar/build.js";
import { growableInts, reserveInts } from "../../columnar/growable-ints.js";
import { evaluate, selectRows, type EvaluationInput } from "../../expression/evaluate.js";
import type { BoundExpression } from "../../expression/expression.js";
import { formatExpression } from "../../expression/format.js";
import { referencedSlots } from "../../expression/references.js";
import { cellReader } from "../../schema/cells.js";
import type { StructType } from "../../schema/types.js";
import { formatValue } from "../../schema/value-order.js";
import type { DataFile } from "../../table/data-file.js";
import type { Snapshot } from "../../table/snapshot.js";
import type { EngineContext } from "../context.js";
import { openFileSource, type FileRows } from "../file-source.js";
import { storeColumn } from "../rewrite/assigned-columns.js";
import { cachedInput, inputAt } from "../rewrite/cached-input.js";
import type { RowChanges } from "../rewrite/row-changes.js";
import type { BoundMerge } from "./bind-merge.js";
import { chooseClauses } from "./choose-clauses.js";
import { pairInput, type Matcher } from "./match-rows.js";
import type { SourceRows } from "./source-rows.js";
import { collectMatches, type Pairs, type RepeatRule } from "./target-matches.js";

/** What the rows of the target's files are held against. */
export interface MergeScan {
  readonly snapshot: Snapshot;
  /** The table's columns as the merge leaves them; the first ones are the snapshot's. */
  readonly target: StructType;
  readonly merge: BoundMerge;
  readonly source: SourceRows;
  readonly matcher: Matcher;
  /** 1 for each source row that some target row matches; filled by the scan. */
  readonly sourceMatched: Uint8Array;
}

export interface FileScan {
  readonly file: DataFile;
  /** Whether a row of the file can match; if not, only the clauses for rows without a match concern it. */
  readonly canMatch: boolean;
  /** True for every row that has to be looked at. */
  readonly prune: BoundExpression | undefined;
  /** Told when a row of the file matches a source row, whatever becomes of it. */
  readonly onMatch?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Decides what becomes of the rows of one file; only the columns that conditions look at are read. Actions are numbered through the
 * matched clauses and then the clauses for rows without a match.
 *
 * @throws merge/multiple-matches
 */
export async function scanFile(
  context: EngineContext,
  scan: MergeScan,
  { file, canMatch, prune, onMatch, signal }: FileScan,
): Promise<RowChanges> {
  const { snapshot, merge } = scan;
  const slots = [...slotsToRead(scan, canMatch)].sort((a, b) => a - b);
  const source = openFileSource(context, snapshot, file, { columns: snapshot.schema.fields, signal });
  const changes = collectChanges();
  for await (const piece of source.read(slots, { prune })) {
    if (piece.batch.numRows === 0) continue;
    const input = evolvedInput(scan, piece, slots);
    const outcome = createOutcome(piece.batch.numRows);
    const isMatched = canMatch ? applyMatched(scan, input, outcome, file) : undefined;
    if (onMatch !== undefined && isMatched?.includes(1) === true) onMatch();
    if (merge.notMatchedBySource.length > 0) applyNotMatched(scan, input, outcome, isMatched);
    changes.add(piece, outcome);
  }
  return changes.of(file);
}

function slotsToRead({ snapshot, merge, matcher, target }: MergeScan, canMatch: boolean): ReadonlySet<number> {
  const conditions = [...(canMatch ? merge.matched : []), ...merge.notMatchedBySource].flatMap(({ where }) =>
    where === undefined ? [] : [...referencedSlots(where)],
  );
  const slots = new Set([...(canMatch ? matcher.targetSlots : []), ...conditions].filter((slot) => slot < target.fields.length));
  // Columns that this merge adds are in no file.
  return new Set([...slots].filter((slot) => slot < snapshot.schema.fields.length));
}

/** The columns of a piece by their slots, in the types that the merge leaves. */
function evolvedInput({ snapshot, target }: MergeScan, piece: FileRows, slots: readonly number[]): EvaluationInput {
  const columns = columnsOf(piece.batch);
  return cachedInput(piece.batch.numRows, (slot) => {
    const column = columns[slots.indexOf(slot)];
    const type = target.fields[slot]?.type ?? { kind: "void" };
    const old = snapshot.schema.fields[slot];
    return column === undefined || old === undefined ? nullColumn(type, piece.batch.numRows) : storeColumn(column, old.type, type);
  });
}

/** The action of each row of a piece, -1 for none, and the source row it is paired with, -1 for none. */
interface Outcome {
  readonly actions: Int32Array;
  readonly sourceRows: Int32Array;
}

function createOutcome(length: number): Outcome {
  return { actions: new Int32Array(length).fill(-1), sourceRows: new Int32Array(length).fill(-1) };
}

/** Two matches of one row matter unless they end the same: one unconditional delete, or nothing done to matched rows at all. */
function repeatRule({ matched }: BoundMerge): RepeatRule {
  const [only] = matched;
  const onlyDeletes = matched.length === 1 && only?.action.kind === "delete" && only.where === undefined;
  return matched.length === 0 || onlyDeletes ? "ignore" : "refuse";
}

function applyMatched(scan: MergeScan, input: EvaluationInput, outcome: Outcome, file: DataFile): Uint8Array {
  const { merge, matcher, sourceMatched } = scan;
  const matches = collectMatches(input.length, repeatRule(merge));
  for (const pairs of matcher.match(input)) {
    for (let i = 0; i < pairs.sourceRows.length; i++) sourceMatched[pairs.sourceRows[i] as number] = 1;
    const added = matches.add(pairs);
    if (added.kind === "repeat") throw multipleMatches(scan, input, added, file);
    const chosen = chooseForPairs(scan, input, added);
    for (let i = 0; i < chosen.length; i++) {
      const row = added.targetRows[i] as number;
      outcome.actions[row] = chosen[i] as number;
      outcome.sourceRows[row] = added.sourceRows[i] as number;
    }
  }
  return matches.isMatched;
}

function chooseForPairs({ merge, source, target }: MergeScan, input: EvaluationInput, pairs: Pairs): Int32Array {
  const both = pairInput(pairs, input.column, source, target.fields.length);
  return chooseClauses(pairs.targetRows.length, merge.matched.map(always), (clause, rows) =>
    pass(merge.matched[clause]?.where, both, rows),
  );
}

function applyNotMatched({ merge }: MergeScan, input: EvaluationInput, outcome: Outcome, isMatched: Uint8Array | undefined): void {
  const rows = Int32Array.from({ length: input.length }, (_, row) => row);
  const alone = isMatched === undefined ? rows : rows.filter((row) => isMatched[row] === 0);
  if (alone.length === 0) return;
  const unmatched = inputAt(input, alone);
  const clauses = merge.notMatchedBySource;
  const chosen = chooseClauses(alone.length, clauses.map(always), (clause, open) => pass(clauses[clause]?.where, unmatched, open));
  for (let i = 0; i < chosen.length; i++)
    if ((chosen[i] as number) >= 0) outcome.actions[alone[i] as number] = merge.matched.length + (chosen[i] as number);
}

export function always({ where }: { readonly where: BoundExpression | undefined }): { readonly always: boolean } {
  return { always: where === undefined };
}

/** Those of `rows` for which `where` is true. */
export function pass(where: BoundExpression | undefined, input: EvaluationInput, rows: Int32Array): Int32Array {
  if (where === undefined) return rows;
  const selected = selectRows(where, rows.length === input.length ? input : inputAt(input, rows));
  return selected === "all" ? rows : selected.map((position) => rows[position] as number);
}

interface ChangeCollector {
  add(piece: FileRows, outcome: Outcome): void;
  of(file: DataFile): RowChanges;
}

function collectChanges(): ChangeCollector {
  const rows = growableInts();
  const actions = growableInts();
  const sourceRows = growableInts();
  return {
    add: ({ firstRow, rows: numbers }, outcome) => {
      const changed = countChanged(outcome.actions);
      for (const list of [rows, actions, sourceRows]) reserveInts(list, changed);
      for (let i = 0; i < outcome.actions.length; i++) {
        const action = outcome.actions[i] as number;
        if (action < 0) continue;
        rows.array[rows.length++] = numbers === undefined ? firstRow + i : (numbers[i] as number);
        actions.array[actions.length++] = action;
        sourceRows.array[sourceRows.length++] = outcome.sourceRows[i] as number;
      }
    },
    of: (file) => ({
      file,
      rows: rows.array.slice(0, rows.length),
      actions: Uint16Array.from(actions.array.subarray(0, actions.length)),
      sourceRows: sourceRows.array.slice(0, sourceRows.length),
    }),
  };
}

function countChanged(actions: Int32Array): number {
  let changed = 0;
  for (let i = 0; i < actions.length; i++) if ((actions[i] as number) >= 0) changed++;
  return changed;
}

function multipleMatches(
  { merge }: MergeScan,
  input: EvaluationInput,
  { targetRow, sourceRows }: { readonly targetRow: number; readonly sourceRows: readonly [number, number] },
  file: DataFile,
): LakeError {
  const row = inputAt(input, Int32Array.of(targetRow));
  const keys = merge.condition.equalities.map(
    ({ target }) => [formatExpression(target), describe(target, evaluate(target, row))] as const,
  );
  const named = keys.length === 0 ? "" : ` with ${keys.map(([name, value]) => `${name} = ${value}`).join(", ")}`;
  return new LakeError(
    "merge/multiple-matches",
    [
      `A row of the table${named} is matched by more than one row of the source, so it is not clear what it should become. `,
      { row: sourceRows[0] },
      " and ",
      { row: sourceRows[1] },
      " match it. Nothing was changed; make the source unique by the merge's keys first.",
    ],
    { keys: Object.fromEntries(keys), sourceRows, path: file.path },
  );
}

function describe({ type }: BoundExpression, column: Column): string {
  return formatValue(type, cellReader(type, column)(0));
}
