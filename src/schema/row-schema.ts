import type { RecordBatch } from "apache-arrow";
import { struct } from "./data-types.js";
import { mergeSchemas } from "./evolution.js";
import { inferSchemaFromRows, inferUnknownFields } from "./infer-rows.js";
import { fieldPositions } from "./record-split.js";
import { batchFromRows } from "./row-writer.js";
import type { StructType } from "./types.js";

/** The schema by which rows become batches, growing as rows bring columns. */
export interface RowSchema {
  /** Takes note of the columns of rows that are to be encoded. `firstRow` is their number, for messages. */
  learn(rows: readonly unknown[], firstRow: number): void;
  /** The rows as a batch. They have been learned. */
  encode(rows: readonly unknown[], firstRow: number): RecordBatch;
  /** The batch of no rows, when a schema is given. */
  empty(): Generator<RecordBatch>;
  /** About how many rows such as these make a batch of moderate size in memory. */
  rowsWithinBytes(rows: readonly unknown[]): number;
}

export interface RowSchemaOptions {
  readonly schema?: StructType | undefined;
  readonly allowUnknown?: boolean | undefined;
  readonly partial?: boolean | undefined;
}

export function createRowSchema(options: RowSchemaOptions): RowSchema {
  const { schema: given, allowUnknown = false, partial = false } = options;
  let schema: StructType = given ?? struct([]);
  const present = new Set<string>();
  const learnPresent = (rows: readonly unknown[]): void => {
    const positions = fieldPositions(schema.fields);
    for (const row of rows) {
      if (present.size === schema.fields.length) return;
      for (const [name, value] of Object.entries(row as Record<string, unknown>)) {
        const field = value === undefined ? undefined : schema.fields[positions(name)];
        if (field !== undefined) present.add(field.name);
      }
    }
  };
  return {
    learn: (rows, firstRow) => {
      if (given === undefined)
        schema =
          schema.fields.length === 0 ? inferSchemaFromRows(rows, firstRow) : mergeSchemas(schema, inferSchemaFromRows(rows, firstRow));
      else if (allowUnknown) schema = mergeSchemas(schema, inferUnknownFields(schema, rows, firstRow));
      if (partial) learnPresent(rows);
    },
    encode: (rows, firstRow) => {
      const include = given !== undefined && partial ? (name: string): boolean => present.has(name) : undefined;
      return batchFromRows(rows, schema, include === undefined ? { firstRow } : { firstRow, include });
    },
    empty: function* () {
      if (given !== undefined) yield batchFromRows([], given);
    },
    rowsWithinBytes: (rows) => Math.floor(BATCH_BYTES / Math.max(1, averageBytes(rows))),
  };
}

// A batch is held several times on its way into a file; this keeps it far from any sensible memory limit.
const BATCH_BYTES = 32 * 1024 * 1024;
const SAMPLES = 64;

/** Bytes of a row's texts and binaries, on average over a sample; what else there is is small. */
function averageBytes(rows: readonly unknown[]): number {
  const step = Math.max(1, Math.floor(rows.length / SAMPLES));
  let bytes = 0;
  let count = 0;
  for (let i = 0; i < rows.length; i += step) {
    bytes += bytesIn(rows[i], 0);
    count += 1;
  }
  return count === 0 ? 1 : bytes / count;
}

function bytesIn(value: unknown, depth: number): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null || depth > 20) return 8;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  const items: Iterable<unknown> = Array.isArray(value)
    ? value
    : value instanceof Map
      ? [...value.keys(), ...value.values()]
      : Object.values(value);
  let bytes = 8;
  for (const item of items) bytes += bytesIn(item, depth + 1);
  return bytes;
}
