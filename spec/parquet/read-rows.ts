import { createInlineCodec } from "../../src/parquet/codec/codec-inline.js";
import { schemaOfFile } from "../../src/parquet/metadata/file-schema.js";
import { readFooter } from "../../src/parquet/metadata/footer.js";
import { bytesRangeReader, type RangeReader } from "../../src/parquet/range-reader.js";
import { readParquet, type ReadColumn, type ReadParquetOptions } from "../../src/parquet/read/read-file.js";
import { rowArrayReader, type Row, type RowOptions } from "../../src/schema/row-reader.js";
import type { StructType } from "../../src/schema/types.js";
import type { ByteRange } from "../../src/storage/object-store.js";

export const codec = createInlineCodec();

export interface ReadRowsOptions extends Partial<Omit<ReadParquetOptions, "columns">> {
  /** The wanted columns. Default: all, in the types the file suggests. */
  readonly schema?: StructType;
  readonly matchBy?: "name" | "id";
  readonly rowOptions?: RowOptions;
}

export interface ReadRows {
  readonly rows: readonly Row[];
  /** The physical number of each row. */
  readonly numbers: readonly number[];
}

/** The rows that `readParquet` gives of a file in memory. */
export async function readRows(source: Uint8Array | RangeReader, options: ReadRowsOptions = {}): Promise<ReadRows> {
  const file = source instanceof Uint8Array ? bytesRangeReader("test.parquet", source) : source;
  const { matchBy = "name", rowOptions, ...rest } = options;
  const schema = options.schema ?? schemaOfFile((await readFooter(file)).schema, file.path);
  const toRows = rowArrayReader(schema, rowOptions);
  const rows: Row[] = [];
  const numbers: number[] = [];
  for await (const piece of readParquet(file, { codec, columns: columnsOf(schema, matchBy), ...rest })) {
    rows.push(...toRows(piece.batch));
    numbers.push(...(piece.rows ?? Array.from({ length: piece.batch.numRows }, (_, i) => piece.firstRow + i)));
  }
  return { rows, numbers };
}

export function columnsOf(schema: StructType, matchBy: "name" | "id" = "name"): readonly ReadColumn[] {
  return schema.fields.map((field) => ({ name: field.name, field, matchBy }));
}

export interface CountingReader extends RangeReader {
  /** Of each call, in order. */
  readonly calls: (readonly ByteRange[])[];
}

/** A file in memory that remembers what was asked of it. */
export function countingReader(bytes: Uint8Array, path = "test.parquet"): CountingReader {
  const inner = bytesRangeReader(path, bytes);
  const calls: (readonly ByteRange[])[] = [];
  return {
    path,
    size: inner.size,
    calls,
    read: (ranges, signal) => {
      calls.push(ranges);
      return inner.read(ranges, signal);
    },
  };
}
