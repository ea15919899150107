import { corruptFile } from "../corrupt.js";
import { ThriftReader } from "../thrift/thrift-reader.js";
import { ThriftWriter } from "../thrift/thrift-writer.js";

/** Where the data pages of a column chunk lie: parquet.thrift OffsetIndex. Parallel arrays, one entry per page. */
export interface OffsetIndex {
  /** In the file, page header included. */
  readonly offsets: readonly number[];
  /** Bytes, page header included. */
  readonly sizes: readonly number[];
  /** Within the row group; ascending, the first is 0. Pages begin at rows. */
  readonly firstRows: readonly number[];
}

/** What the values of each data page are bounded by: parquet.thrift ColumnIndex. Parallel arrays, one entry per page. */
export interface ColumnIndex {
  /** The page has nulls only, and no bounds. */
  readonly nullPages: readonly boolean[];
  /** True bounds in plain encoding; they may be cut short. */
  readonly minValues: readonly Uint8Array[];
  readonly maxValues: readonly Uint8Array[];
  readonly nullCounts: readonly (number | undefined)[] | undefined;
}

/** What a page index is checked against. */
export interface ChunkExtent {
  readonly path: string;
  /** Bytes of the file the chunk covers. */
  readonly start: number;
  readonly end: number;
  readonly rowCount: number;
}

/** @throws parquet/corrupt  not an offset index, or pages outside the chunk or out of order */
export function decodeOffsetIndex(bytes: Uint8Array, chunk: ChunkExtent): OffsetIndex {
  const reader = new ThriftReader(bytes, chunk.path, "offset index");
  const offsets: number[] = [];
  const sizes: number[] = [];
  const firstRows: number[] = [];
  reader.struct((id) => {
    if (id !== 1) {
      reader.raw();
      return;
    }
    reader.list(() =>
      reader.nested(() =>
        reader.struct((field) => {
          if (field === 1) offsets.push(reader.count());
          else if (field === 2) sizes.push(reader.count());
          else if (field === 3) firstRows.push(reader.count());
          else reader.raw();
        }),
      ),
    );
  });
  checkPages({ offsets, sizes, firstRows }, chunk);
  return { offsets, sizes, firstRows };
}

/** What `decodeOffsetIndex` reads. */
export function encodeOffsetIndex({ offsets, sizes, firstRows }: OffsetIndex): Uint8Array {
  const writer = new ThriftWriter();
  writer.struct([], () => {
    writer.structs(
      1,
      offsets.map((_, page) => page),
      (page) =>
        writer.struct([], () => {
          writer.i64(1, offsets[page]);
          writer.i32(2, sizes[page]);
          writer.i64(3, firstRows[page]);
        }),
    );
  });
  return writer.finish();
}

function checkPages({ offsets, sizes, firstRows }: OffsetIndex, chunk: ChunkExtent): void {
  const fail = (reason: string): never => {
    throw corruptFile(chunk.path, `an offset index does not fit its column chunk, ${reason}`);
  };
  if (offsets.length !== sizes.length || offsets.length !== firstRows.length) fail("a page location is incomplete");
  if (offsets.length === 0 && chunk.rowCount > 0) fail("it has no pages");
  let end = chunk.start;
  let row = -1;
  for (let page = 0; page < offsets.length; page++) {
    const offset = offsets[page] ?? 0;
    const firstRow = firstRows[page] ?? 0;
    if (offset < end) fail(`page ${page} overlaps what is before it`);
    end = offset + (sizes[page] ?? 0);
    if (end > chunk.end) fail(`page ${page} ends at byte ${end} of ${chunk.end}`);
    if (page === 0 ? firstRow !== 0 : firstRow <= row) fail(`page ${page} begins at row ${firstRow}`);
    row = firstRow;
  }
  if (row >= chunk.rowCount && offsets.length > 0) fail(`a page begins at row ${row} of ${chunk.rowCount}`);
}

/** @throws parquet/corrupt  not a column index, or one of another number of pages than `pageCount` */
export function decodeColumnIndex(bytes: Uint8Array, chunk: ChunkExtent, pageCount: number): ColumnIndex {
  const reader = new ThriftReader(bytes, chunk.path, "column index");
  let nullPages: boolean[] = [];
  let minValues: Uint8Array[] = [];
  let maxValues: Uint8Array[] = [];
  let nullCounts: (number | undefined)[] | undefined;
  reader.struct((id) => {
    if (id === 1) nullPages = reader.booleans();
    else if (id === 2) minValues = reader.list(() => reader.binary());
    else if (id === 3) maxValues = reader.list(() => reader.binary());
    else if (id === 5) nullCounts = reader.list(() => reader.hint());
    else reader.raw();
  });
  const counts = [nullPages.length, minValues.length, maxValues.length, nullCounts?.length ?? pageCount];
  if (counts.some((count) => count !== pageCount)) {
    throw corruptFile(chunk.path, `a column index describes ${nullPages.length} pages of a column chunk that has ${pageCount}`);
  }
  return { nullPages, minValues, maxValues, nullCounts };
}
