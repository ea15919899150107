import { ThriftWriter } from "../thrift/thrift-writer.js";
import type { ValueSummary } from "./patch-wire.js";

const NO_BYTES = new Uint8Array(0);

/** parquet.thrift ColumnIndex of pages in no order; `undefined` when the bounds of a page with values are not known. */
export function encodeColumnIndex(pages: readonly ValueSummary[], rowCounts: readonly number[]): Uint8Array | undefined {
  const isNullPage = pages.map(({ nullCount }, page) => nullCount === rowCounts[page]);
  if (pages.some(({ min, max }, page) => isNullPage[page] === false && (min === undefined || max === undefined))) return undefined;
  const writer = new ThriftWriter();
  writer.struct([], () => {
    writer.booleans(1, isNullPage);
    writer.binaries(
      2,
      pages.map(({ min }) => min ?? NO_BYTES),
    );
    writer.binaries(
      3,
      pages.map(({ max }) => max ?? NO_BYTES),
    );
    writer.i32(4, 0);
    writer.i64s(
      5,
      pages.map(({ nullCount }) => nullCount),
    );
  });
  return writer.finish().slice();
}
