import type { RecordBatch } from "apache-arrow";
import { LakeError } from "../base/errors.js";
import { batchOf, columnsOf } from "../columnar/batch.js";
import { nullColumn } from "../columnar/build.js";
import type { Column } from "../columnar/column.js";
import { toArrowSchema } from "../schema/arrow-mapping.js";
import { findFieldIndex, mergeSchemas } from "../schema/evolution.js";
import type { Field, StructType } from "../schema/types.js";
import { storeValues } from "./store-value.js";

export interface AlignOptions {
  /** Columns of type void that the table lacks are passed over instead of refused. */
  readonly ignoreNewVoids?: boolean | undefined;
}

/**
 * How batches of one schema become rows of a table: columns find each other by name without regard to case, types by Spark's
 * ANSI store assignment, missing nullable columns are null; nested fields likewise.
 *
 * @throws schema/unknown-column      the data has a column that the table lacks
 * @throws schema/incompatible        a type that does not go into the column's
 * @throws schema/duplicate-column    two columns of the data differ only in case
 * @throws schema/not-null            the data lacks a column that must not be null
 */
export function planAlignment(data: StructType, table: StructType, options: AlignOptions = {}): (batch: RecordBatch) => RecordBatch {
  mergeSchemas(table, options.ignoreNewVoids === true ? withoutNewVoids(data, table) : data, { allowNew: false });
  const arrowSchema = toArrowSchema(table);
  const columns = table.fields.map((field): ((batch: RecordBatch) => Column) => {
    const at = findFieldIndex(data, field.name);
    const given = data.fields[at];
    if (given === undefined) {
      if (!field.nullable) throw missingColumn(field, data);
      return (batch) => nullColumn(field.type, batch.numRows);
    }
    return (batch) => storeValues(columnsOf(batch)[at] as Column, given.type, field);
  });
  return (batch) =>
    batchOf(
      arrowSchema,
      columns.map((column) => column(batch)),
      batch.numRows,
    );
}

/**
 * The data's schema without columns of type void that the table lacks: they hold nothing but nulls, which is what the rows
 * have in a column that is not there.
 */
export function withoutNewVoids(data: StructType, table: StructType): StructType {
  const fields = data.fields.filter(({ name, type }) => type.kind !== "void" || findFieldIndex(table, name) >= 0);
  return fields.length === data.fields.length ? data : { kind: "struct", fields };
}

function missingColumn({ name }: Field, data: StructType): LakeError {
  const columns = data.fields.map((field) => field.name);
  return new LakeError(
    "schema/not-null",
    `The data lacks the column "${name}", which must not be null (it has ${columns.join(", ")}). ` +
      "Nothing was committed; add the column to the data.",
    { column: name, columns },
  );
}
