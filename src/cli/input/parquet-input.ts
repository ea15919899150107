import type { RecordBatch } from "apache-arrow";
import { readParquet } from "../../api/read-parquet.js";
import { LakeError } from "../../base/errors.js";

/** A Parquet file; its footer is at the end, so it cannot come from stdin. */
export function readParquetInput(path: string): AsyncGenerator<RecordBatch> {
  if (path === "-") {
    throw new LakeError("usage/invalid-option", "Parquet cannot be read from stdin, because its index is at the end of the file. Save it to a file first.");
  }
  return readParquet(path);
}
