import { hasRow, withoutRows, type RowSet } from "../columnar/row-set.js";
import { takeBatch } from "../columnar/take.js";
import type { FileRows, SourceReadOptions } from "./file-source.js";

/** What `read` gives, but for the rows that are no longer in the table: nobody sees those. */
export async function* liveRows(
  deleted: RowSet,
  options: SourceReadOptions,
  read: (options: SourceReadOptions) => AsyncIterable<FileRows>,
): AsyncGenerator<FileRows, void, undefined> {
  if (options.rows === undefined) {
    for await (const piece of read(options)) {
      const live = withoutDeleted(piece, deleted);
      if (live.batch.numRows > 0) yield live;
    }
    return;
  }
  const rows = withoutRows(options.rows, deleted);
  if (rows.length > 0) yield* read({ ...options, rows });
}

function withoutDeleted(piece: FileRows, deleted: RowSet): FileRows {
  const { batch, firstRow } = piece;
  const numbers = piece.rows ?? Int32Array.from({ length: batch.numRows }, (_, row) => firstRow + row);
  const kept = numbers.map((row, at) => (hasRow(deleted, row) ? -1 : at)).filter((at) => at >= 0);
  if (kept.length === numbers.length) return piece;
  const rows = kept.map((at) => numbers[at] as number);
  return { batch: takeBatch(batch, kept), firstRow: rows[0] ?? 0, rows };
}
