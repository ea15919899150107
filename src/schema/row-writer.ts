import { RecordBatch, Struct } from "apache-arrow";
import { LakeError } from "../base/errors.js";
import { allValid, newColumn } from "./arrow-buffers.js";
import { toArrowSchema } from "./arrow-mapping.js";
import { describeCell } from "./cell-list.js";
import { encodeField } from "./column-encoder.js";
import { struct } from "./data-types.js";
import { isPlainRecord, splitRecords } from "./record-split.js";
import type { StructType } from "./types.js";

export { inferSchemaFromRows } from "./infer-rows.js";

export interface BatchFromRowsOptions {
  /** The number of the first row, for messages. Default: 0. */
  readonly firstRow?: number;
  /** For each field whether it becomes a column; one that is left out must not be in any row. Default: all do. */
  readonly include?: (name: string) => boolean;
}

/**
 * Rows in the forms of `Row` (README "Rows") as one batch in the Arrow mapping of `schema`.
 *
 * Besides what `rowReader` gives, a long takes safe integers, a timestamp `Date`s and bigints of µs, a decimal numbers that are
 * exact at its scale, a map plain objects, an array typed arrays. Names are matched without regard to case; an absent field and
 * `undefined` are null. Nothing is rounded or cut off, but for doubles into a float.
 *
 * @throws schema/unknown-field, schema/not-null, schema/overflow (a number, decimal or moment out of range),
 *   schema/invalid-value (a fraction for an integer, a day that is none, …), schema/type-mismatch; each names column, row and value
 */
export function batchFromRows(rows: readonly unknown[], schema: StructType, options: BatchFromRowsOptions = {}): RecordBatch {
  const { firstRow = 0, include } = options;
  assertRecords(rows, firstRow);
  const rowOf = (index: number): number => firstRow + index;
  const { columns } = splitRecords(rows, schema.fields, [], rowOf);
  const kept = schema.fields.map((field, i) => ({ field, cells: columns[i] ?? [] })).filter(({ field }) => include?.(field.name) ?? true);
  const children = kept.map(({ field, cells }) => encodeField(field, cells, [], rowOf));
  const arrowSchema = toArrowSchema(kept.length === schema.fields.length ? schema : struct(kept.map(({ field }) => field)));
  const data = newColumn(new Struct(arrowSchema.fields), rows.length, allValid, { children });
  return new RecordBatch(arrowSchema, data as RecordBatch["data"]);
}

/** @throws schema/type-mismatch for a row that is no object with fields */
export function assertRecords(rows: readonly unknown[], firstRow: number): void {
  for (let i = 0; i < rows.length; i += 1) {
    if (isPlainRecord(rows[i])) continue;
    throw new LakeError(
      "schema/type-mismatch",
      `Row ${firstRow + i} is ${describeCell(rows[i])}, and a row is an object with the columns as its fields. ` +
        `Pass rows such as { id: 1n, name: "a" }.`,
      { row: firstRow + i },
    );
  }
}
