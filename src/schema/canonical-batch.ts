import { RecordBatch, Struct } from "apache-arrow";
import { allValid, newColumn } from "./arrow-buffers.js";
import { fromArrowSchema, toArrowSchema } from "./arrow-mapping.js";
import type { ArrowBatchLike } from "./arrow-shape.js";
import { canonicalColumn } from "./canonical-column.js";
import { LakeError } from "../base/errors.js";
import type { StructType } from "./types.js";

/**
 * Any Arrow batch, of this or another copy of apache-arrow, as a batch in our Arrow mapping of `fromArrowSchema(batch.schema)`.
 *
 * Buffers are shared where the layouts agree: neither is to be written to afterwards. No value changes: 64-bit offsets, views,
 * dictionaries, fixed sizes and other units become the plain form; nanoseconds are rounded down to µs.
 *
 * @param schema `fromArrowSchema(batch.schema)` when the caller has it at hand
 * @throws schema/type-mismatch (a type that Delta lacks), schema/overflow (a value beyond the type's range, naming column and row),
 *   schema/invalid-value (a date with a time, a damaged batch), schema/not-null (a null map key)
 */
export function canonicalBatch(batch: ArrowBatchLike, schema: StructType = fromArrowSchema(batch.schema)): RecordBatch {
  const columns = schema.fields.map((field, i) => {
    const data = batch.data.children[i];
    if (data === undefined || data.length < batch.numRows) {
      throw new LakeError(
        "schema/invalid-value",
        `The Arrow batch is damaged: column "${field.name}" has fewer rows than the batch. Make it anew.`,
        {
          column: field.name,
        },
      );
    }
    return canonicalColumn(data.length === batch.numRows ? data : data.slice(0, batch.numRows), field.type, [field.name]);
  });
  const arrowSchema = toArrowSchema(schema);
  const data = newColumn(new Struct(arrowSchema.fields), batch.numRows, allValid, { children: columns });
  return new RecordBatch(arrowSchema, data as RecordBatch["data"]);
}
