import type { RecordBatch, Schema } from "apache-arrow";
import { throwIfAborted } from "../../base/abort.js";
import { assert } from "../../base/assert.js";
import { LakeError } from "../../base/errors.js";
import { term } from "../../base/wording.js";
import { batchBytes, columnsOf } from "../../columnar/batch.js";
import { nullColumn } from "../../columnar/build.js";
import type { Column } from "../../columnar/column.js";
import { concatBatches } from "../../columnar/concat.js";
import { interleave } from "../../columnar/interleave.js";
import { lowerBound } from "../../columnar/lower-bound.js";
import { take } from "../../columnar/take.js";
import { fromArrowSchema } from "../../schema/arrow-mapping.js";
import { typesEqual } from "../../schema/data-types.js";
import { assertNoCaseDuplicates, findFieldIndex, mergeSchemas } from "../../schema/evolution.js";
import type { StructType } from "../../schema/types.js";
import { storeColumn } from "../rewrite/assigned-columns.js";

/** The rows of a merge's source, in memory: they are looked up in any order, and a source can be read only once. */
export interface SourceRows {
  readonly schema: StructType;
  readonly rowCount: number;
  readonly bytes: number;
  readonly chunks: readonly SourceChunk[];
  /** The columns of the given rows (-1: nulls), each gathered when it is asked for. */
  gather(rows: Int32Array): (slot: number) => Column;
}

/** A stretch of the source's rows. */
export interface SourceChunk {
  /** Number of its first row. */
  readonly start: number;
  readonly length: number;
  readonly columns: readonly Column[];
}

export interface CollectOptions {
  /** The schema of a source that has no batch at all. */
  readonly fallback: StructType;
  readonly limitBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** Small batches are joined up to this size: a lookup then touches few arrays. */
const CHUNK_BYTES = 32 << 20;
const CHUNK_ROWS = 1 << 20;

/**
 * @throws memory/budget-exceeded when the source does not fit the memory budget
 * @throws schema/incompatible when batches of the source contradict each other, schema/duplicate-column
 */
export async function collectSource(batches: AsyncIterable<RecordBatch>, options: CollectOptions): Promise<SourceRows> {
  const joined: RecordBatch[] = [];
  let waiting: RecordBatch[] = [];
  let waitingBytes = 0;
  let waitingRows = 0;
  let bytes = 0;
  const join = (): void => {
    const [first] = waiting;
    if (first !== undefined) joined.push(concatBatches(first.schema, waiting));
    waiting = [];
    waitingBytes = 0;
    waitingRows = 0;
  };
  for await (const batch of batches) {
    throwIfAborted(options.signal);
    const size = batchBytes(batch);
    bytes += size;
    if (bytes > options.limitBytes) throw sourceTooBig(bytes, options.limitBytes);
    const [first] = waiting;
    if (first !== undefined && !sameSchema(first.schema, batch.schema)) join();
    waiting.push(batch);
    waitingBytes += size;
    waitingRows += batch.numRows;
    if (waitingBytes >= CHUNK_BYTES || waitingRows >= CHUNK_ROWS) join();
  }
  join();
  const schema = unifiedSchema(joined, options.fallback);
  return sourceRows(schema, chunksOf(joined, schema), bytes);
}

function sourceTooBig(bytes: number, limitBytes: number): LakeError {
  return new LakeError(
    "memory/budget-exceeded",
    [
      `The source of the merge takes over ${bytes} bytes, and ${limitBytes} are allowed. Nothing was changed; raise `,
      term("memory-limit"),
      ", leave out columns that no clause needs, or merge the source in parts.",
    ],
    { bytes, memoryLimit: limitBytes },
  );
}

function sameSchema(a: Schema, b: Schema): boolean {
  return (
    a === b ||
    (a.fields.length === b.fields.length &&
      a.fields.every((field, index) => field.name === b.fields[index]?.name && String(field.type) === String(b.fields[index]?.type)))
  );
}

/** Batches of rows may differ in the columns that their rows happen to have. */
function unifiedSchema(batches: readonly RecordBatch[], fallback: StructType): StructType {
  const [first, ...others] = batches.map((batch) => fromArrowSchema(batch.schema));
  const schema = others.reduce((all: StructType, each) => mergeSchemas(all, each), first ?? fallback);
  assertNoCaseDuplicates(schema);
  return schema;
}

function chunksOf(batches: readonly RecordBatch[], schema: StructType): readonly SourceChunk[] {
  const chunks: SourceChunk[] = [];
  let start = 0;
  for (const batch of batches) {
    if (batch.numRows === 0) continue;
    chunks.push({ start, length: batch.numRows, columns: columnsUnder(batch, schema) });
    start += batch.numRows;
  }
  return chunks;
}

function columnsUnder(batch: RecordBatch, schema: StructType): readonly Column[] {
  const own = fromArrowSchema(batch.schema);
  const columns = columnsOf(batch);
  if (typesEqual(own, schema, { nullability: "ignore" })) return columns;
  return schema.fields.map((field) => {
    const index = findFieldIndex(own, field.name);
    const column = columns[index];
    const from = own.fields[index];
    return column === undefined || from === undefined
      ? nullColumn(field.type, batch.numRows)
      : storeColumn(column, from.type, field.type);
  });
}

function sourceRows(schema: StructType, chunks: readonly SourceChunk[], bytes: number): SourceRows {
  const rowCount = chunks.reduce((sum, { length }) => sum + length, 0);
  const starts = Int32Array.from(chunks, ({ start }) => start);
  return {
    schema,
    rowCount,
    bytes,
    chunks,
    gather: (rows) => {
      if (chunks.length === 0) return (slot) => nullColumn(fieldAt(schema, slot).type, rows.length);
      if (chunks.length === 1) return (slot) => take(columnAt(chunks[0], slot), rows);
      // Many an expression looks at no column of the source; only one that does has to find the rows.
      let places: ReturnType<typeof locate> | undefined;
      return (slot) => {
        places ??= locate(rows, starts);
        return interleave(
          chunks.map((chunk) => columnAt(chunk, slot)),
          places.choice,
          places.local,
        );
      };
    },
  };
}

/** The chunk of each row, and its place there. */
function locate(rows: Int32Array, starts: Int32Array): { readonly choice: Int32Array; readonly local: Int32Array } {
  const choice = new Int32Array(rows.length);
  const local = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    const chunk = row < 0 ? 0 : lowerBound(starts, row + 1) - 1;
    choice[i] = chunk;
    local[i] = row < 0 ? -1 : row - (starts[chunk] as number);
  }
  return { choice, local };
}

function columnAt(chunk: SourceChunk | undefined, slot: number): Column {
  const column = chunk?.columns[slot];
  assert(column !== undefined, `the source has a column ${slot}`);
  return column;
}

function fieldAt(schema: StructType, slot: number): StructType["fields"][number] {
  const field = schema.fields[slot];
  assert(field !== undefined, `the source has a column ${slot}`);
  return field;
}
