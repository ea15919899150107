import type { RecordBatch } from "apache-arrow";
import { layoutOf } from "../../columnar/access.js";
import { columnBytes, columnsOf } from "../../columnar/batch.js";
import type { Column } from "../../columnar/column.js";
import { hashRows } from "../../columnar/hash.js";
import { take } from "../../columnar/take.js";

/** Rows looked at. Enough to tell a thousand distinct values from a million. */
const SAMPLE_ROWS = 8192;
/** The encoder gives a dictionary up when it outgrows one page. */
const DICTIONARY_PAGE_BYTES = 1024 * 1024;
/** With more distinct values than this share of the rows a dictionary repeats what it should save. */
const DISTINCT_SHARE_MAX = 0.5;

/**
 * The columns whose dictionary would be tried for nothing, judged by a sample of the first row group: building one and then
 * giving it up makes encoding half as slow again.
 */
export function plainColumns(batches: readonly RecordBatch[]): string[] {
  const [first] = batches;
  const rows = batches.reduce((sum, { numRows }) => sum + numRows, 0);
  if (first === undefined || rows === 0) return [];
  return first.schema.fields.flatMap(({ name }, index) => {
    const columns = batches.flatMap((batch) => columnsOf(batch)[index] ?? []);
    return isPlain(columns, rows) ? [name] : [];
  });
}

function isPlain(columns: readonly Column[], rows: number): boolean {
  const [first] = columns;
  if (first === undefined) return false;
  const layout = layoutOf(first.type);
  if (layout !== "fixed" && layout !== "bytes") return false;
  const distinct = Math.min(rows, estimateDistinct(sampleHashes(columns, rows)));
  const bytes = columns.reduce((sum, column) => sum + columnBytes(column), 0);
  return distinct > rows * DISTINCT_SHARE_MAX || (distinct * bytes) / rows > DICTIONARY_PAGE_BYTES;
}

/** Hashes of rows spread evenly over all batches. */
function sampleHashes(columns: readonly Column[], rows: number): Int32Array {
  const step = Math.max(1, rows / SAMPLE_ROWS);
  const hashes: Int32Array[] = [];
  let start = 0;
  let next = 0;
  for (const column of columns) {
    const picked: number[] = [];
    for (; Math.floor(next) < start + column.length; next += step) picked.push(Math.floor(next) - start);
    start += column.length;
    if (picked.length > 0) hashes.push(hashRows([take(column, Int32Array.from(picked))], picked.length));
  }
  const all = new Int32Array(hashes.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of hashes) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Chao's estimator: what was seen once and what was seen twice tell of what was not seen. */
function estimateDistinct(hashes: Int32Array): number {
  hashes.sort();
  let distinct = 0;
  let once = 0;
  let twice = 0;
  for (let start = 0; start < hashes.length;) {
    let end = start + 1;
    while (end < hashes.length && hashes[end] === hashes[start]) end++;
    distinct++;
    if (end - start === 1) once++;
    if (end - start === 2) twice++;
    start = end;
  }
  return distinct + (once * (once - 1)) / (2 * (twice + 1));
}
