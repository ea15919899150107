import type { RecordBatch, Schema } from "apache-arrow";
import { throwIfAborted } from "../base/abort.js";
import { assert } from "../base/assert.js";
import { batchOf, columnsOf } from "../columnar/batch.js";
import { constantColumn } from "../columnar/build.js";
import type { Column } from "../columnar/column.js";
import { concatBatches } from "../columnar/concat.js";
import { sliceBatch } from "../columnar/slice.js";
import { takeBatch } from "../columnar/take.js";
import { conjunction, conjuncts } from "../expression/conjuncts.js";
import { selectRows } from "../expression/evaluate.js";
import type { BoundExpression } from "../expression/expression.js";
import { referencedSlots } from "../expression/references.js";
import { toArrowSchema } from "../schema/arrow-mapping.js";
import type { Field } from "../schema/types.js";
import type { DataFile } from "../table/data-file.js";
import type { Snapshot } from "../table/snapshot.js";
import type { EngineContext } from "./context.js";
import { openFileSource, type FileRows, type FileSource } from "./file-source.js";

export type { FileRows } from "./file-source.js";

export interface ReadFileRowsOptions {
  /** Logical columns of the table (the reader's types): what `where` may refer to. */
  readonly columns: readonly Field[];
  /** Bound to `tableScope` of exactly `columns`. Only rows for which it is true are given. */
  readonly where?: BoundExpression | undefined;
  /** Slots of `columns` to give, in this order; columns that only `where` needs are left out here. Default: all. */
  readonly output?: readonly number[] | undefined;
  /** Ascending physical row numbers: no other row is looked at. */
  readonly rows?: Int32Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Below this a second round of requests costs more than the bytes it saves. */
const LATE_READ_MIN_BYTES = 1 << 20;
/** How many rows are filtered before the other columns of the survivors are fetched. */
const LATE_READ_ROWS = 1 << 20;

/** The physical number of each row. */
export function rowNumbers({ batch, firstRow, rows }: FileRows): Int32Array {
  return rows ?? Int32Array.from({ length: batch.numRows }, (_, row) => firstRow + row);
}

/**
 * The rows of one data file: its columns as the snapshot binds them, partition values as constants, `where` applied.
 *
 * The columns that `where` needs are read first, the others only for the rows that survive. Where no row survives there
 * is no batch.
 */
export async function* readFileRows(
  context: EngineContext,
  snapshot: Snapshot,
  file: DataFile,
  options: ReadFileRowsOptions,
): AsyncGenerator<FileRows, void, undefined> {
  const { columns, rows, signal } = options;
  throwIfAborted(signal);
  if (rows?.length === 0) return;
  const source = openFileSource(context, snapshot, file, { columns, signal });
  const output = options.output ?? columns.map((_, slot) => slot);
  const where = options.where === undefined ? undefined : undecided(source, options.where, columns);
  if (where === "never") return;
  if (where === undefined) {
    for await (const piece of source.read(output, { rows })) if (piece.batch.numRows > 0) yield piece;
    return;
  }
  const filter: Filter = { where, slots: [...referencedSlots(where)].sort((a, b) => a - b) };
  const isLate = file.size >= LATE_READ_MIN_BYTES && output.some((slot) => source.isStored(slot) && !filter.slots.includes(slot));
  yield* isLate ? readLate(source, filter, output, options) : readAtOnce(source, filter, output, options);
}

interface Filter {
  readonly where: BoundExpression;
  /** What it refers to, ascending. */
  readonly slots: readonly number[];
}

/** What is left of `where` once its conjuncts on partition values are judged: nothing when all are true, `"never"` when one is not. */
function undecided(source: FileSource, where: BoundExpression, columns: readonly Field[]): BoundExpression | "never" | undefined {
  const open: BoundExpression[] = [];
  for (const part of conjuncts(where)) {
    if ([...referencedSlots(part)].some((slot) => source.isStored(slot))) {
      open.push(part);
      continue;
    }
    const column = (slot: number): Column => constantColumn(fieldAt(columns, slot).type, source.constant(slot), 1);
    const selected = selectRows(part, { length: 1, column });
    if (selected !== "all" && selected.length === 0) return "never";
  }
  return open.length === 0 ? undefined : conjunction(open);
}

/** Reads filter and output columns together and drops the rows that fail. */
async function* readAtOnce(
  source: FileSource,
  filter: Filter,
  output: readonly number[],
  options: ReadFileRowsOptions,
): AsyncGenerator<FileRows, void, undefined> {
  const slots = [...new Set([...output, ...filter.slots])];
  const schema = schemaOf(options.columns, output);
  for await (const piece of source.read(slots, { prune: filter.where, rows: options.rows })) {
    const kept = filterPiece(piece, filter.where, slots);
    if (kept === undefined) continue;
    yield { ...kept, batch: batchOf(schema, columnsOf(kept.batch).slice(0, output.length), kept.batch.numRows) };
  }
}

/** Filters stretches of rows by their filter columns alone, then fetches the other columns of each stretch's survivors. */
async function* readLate(
  source: FileSource,
  filter: Filter,
  output: readonly number[],
  options: ReadFileRowsOptions,
): AsyncGenerator<FileRows, void, undefined> {
  let survivors: FileRows[] = [];
  let scanned = 0;
  for await (const piece of source.read(filter.slots, { prune: filter.where, rows: options.rows })) {
    scanned += piece.batch.numRows;
    const kept = filterPiece(piece, filter.where, filter.slots);
    if (kept !== undefined) survivors.push(kept);
    if (scanned < LATE_READ_ROWS || survivors.length === 0) continue;
    yield* complete(source, filter, output, survivors, options.columns);
    survivors = [];
    scanned = 0;
  }
  if (survivors.length > 0) yield* complete(source, filter, output, survivors, options.columns);
}

/** Fetches the columns that `survivors` lack and puts all of `output` together. */
async function* complete(
  source: FileSource,
  filter: Filter,
  output: readonly number[],
  survivors: readonly FileRows[],
  columns: readonly Field[],
): AsyncGenerator<FileRows, void, undefined> {
  const schema = schemaOf(columns, output);
  const known = concatBatches(
    schemaOf(columns, filter.slots),
    survivors.map(({ batch }) => batch),
  );
  const rows = joinRowNumbers(survivors, known.numRows);
  const lateSlots = output.filter((slot) => !filter.slots.includes(slot));
  let start = 0;
  for await (const { batch } of source.read(lateSlots, { rows })) {
    const end = start + batch.numRows;
    const early = columnsOf(sliceBatch(known, start, end));
    const late = columnsOf(batch);
    const joined = output.map((slot) => {
      const column = filter.slots.includes(slot) ? early[filter.slots.indexOf(slot)] : late[lateSlots.indexOf(slot)];
      assert(column !== undefined, "an output column was read early or late");
      return column;
    });
    const numbers = rows.subarray(start, end);
    yield { batch: batchOf(schema, joined, batch.numRows), firstRow: numbers[0] ?? 0, rows: numbers };
    start = end;
  }
  assert(start === rows.length, `the late columns have the ${rows.length} rows that survived, not ${start}`);
}

/** The rows of `piece` (whose columns are `slots`) for which `where` is true. */
function filterPiece(piece: FileRows, where: BoundExpression, slots: readonly number[]): FileRows | undefined {
  const columns = columnsOf(piece.batch);
  const selected = selectRows(where, {
    length: piece.batch.numRows,
    column: (slot) => {
      const column = columns[slots.indexOf(slot)];
      assert(column !== undefined, `the filter's column ${slot} was read`);
      return column;
    },
  });
  if (selected === "all") return piece.batch.numRows === 0 ? undefined : piece;
  if (selected.length === 0) return undefined;
  const rows = physical(piece, selected);
  return { batch: takeBatch(piece.batch, selected), firstRow: rows[0] ?? 0, rows };
}

function physical({ rows, firstRow }: FileRows, selected: Int32Array): Int32Array {
  const out = new Int32Array(selected.length);
  for (let i = 0; i < out.length; i++) {
    const row = selected[i] as number;
    out[i] = rows === undefined ? firstRow + row : (rows[row] as number);
  }
  return out;
}

function joinRowNumbers(pieces: readonly FileRows[], total: number): Int32Array {
  const out = new Int32Array(total);
  let at = 0;
  for (const piece of pieces) {
    out.set(rowNumbers(piece), at);
    at += piece.batch.numRows;
  }
  return out;
}

function schemaOf(columns: readonly Field[], slots: readonly number[]): Schema {
  return toArrowSchema({ kind: "struct", fields: slots.map((slot) => fieldAt(columns, slot)) });
}

function fieldAt(columns: readonly Field[], slot: number): Field {
  const field = columns[slot];
  assert(field !== undefined, `slot ${slot} is one of ${columns.length} columns`);
  return field;
}
