import { RecordBatch, Type } from "apache-arrow";
import { assembleNull } from "./assemble.js";
import { batchOf, columnsOf } from "./batch.js";
import type { Column } from "./column.js";

/** Rows `[start, end)` without a copy. */
export function sliceColumn(column: Column, start: number, end: number): Column {
  if (start === 0 && end === column.length) return column;
  // A slice of a Null column by apache-arrow's own `slice` has a null count of -1.
  if (column.typeId === Type.Null) return assembleNull(column.type, end - start);
  return column.slice(start, end - start);
}

/** Rows `[start, end)` without a copy. */
export function sliceBatch(batch: RecordBatch, start: number, end: number): RecordBatch {
  if (start === 0 && end === batch.numRows) return batch;
  return batchOf(
    batch.schema,
    columnsOf(batch).map((column) => sliceColumn(column, start, end)),
    end - start,
  );
}
