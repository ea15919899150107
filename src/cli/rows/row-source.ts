import type { RecordBatch } from "apache-arrow";
import { rowReader, type Row } from "../../schema/row-reader.js";
import type { StructType } from "../../schema/types.js";

/** What `lake show` prints, whatever the format. */
export interface RowSource {
  /** The columns of every batch. */
  readonly schema: StructType;
  /** Rows, at most. */
  readonly limit: number | undefined;
  scan(limit: number | undefined): AsyncIterable<RecordBatch>;
}

/** The rows as plain objects, at most `limit`. */
export async function* rowsOf({ schema, scan }: RowSource, limit: number | undefined): AsyncGenerator<Iterable<Row>> {
  const read = rowReader(schema);
  for await (const batch of scan(limit)) yield read(batch);
}
