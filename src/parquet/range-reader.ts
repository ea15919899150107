import { mapOrdered } from "../base/concurrency.js";
import type { ByteRange, ObjectStore } from "../storage/object-store.js";
import { corruptFile } from "./corrupt.js";

/**
 * A file of immutable bytes, read by ranges. `read` fetches all ranges (merging near ones, in parallel) and resolves to their
 * bytes in the order asked for; a failure is the store's `LakeError`.
 */
export interface RangeReader {
  /** How messages name the file. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  read(ranges: readonly ByteRange[], signal?: AbortSignal): Promise<Uint8Array[]>;
}

/** Ranges nearer than this are fetched as one: a request costs a store about as much as so many bytes. */
export const MERGE_GAP_BYTES = 1 << 20;
/** Merged ranges do not grow past this, so that a big read goes over several connections. */
const MERGED_BYTES_MAX = 16 << 20;
/** Requests of one `read` that are under way at once. */
const PARALLEL_REQUESTS = 8;

/** An object of a store. A range beyond what the store has is `parquet/corrupt`: the file is shorter than its table says. */
export function storeRangeReader(store: ObjectStore, file: { readonly key: string; readonly size: number }): RangeReader {
  const path = `${store.url}/${file.key}`;
  return {
    path,
    size: file.size,
    read: async (ranges, signal) => {
      const fetches = mergeRanges(ranges);
      const chunks: Uint8Array[] = [];
      const fetch = async ({ start, end }: ByteRange, context: { readonly signal: AbortSignal }): Promise<Uint8Array> => {
        const bytes = await store.get(file.key, { range: { start, end }, signal: context.signal });
        if (bytes.length !== end - start) throw corruptFile(path, `bytes ${start} to ${end} were asked for and ${bytes.length} came`);
        return bytes;
      };
      for await (const bytes of mapOrdered(fetches, PARALLEL_REQUESTS, fetch, signal)) chunks.push(bytes);
      return cut(ranges, fetches, chunks);
    },
  };
}

/** Bytes that are in memory already. */
export function bytesRangeReader(path: string, bytes: Uint8Array): RangeReader {
  return {
    path,
    size: bytes.length,
    read: (ranges) =>
      Promise.resolve(
        ranges.map(({ start, end }) => {
          if (start < 0 || end > bytes.length) throw corruptFile(path, `bytes ${start} to ${end} are beyond its ${bytes.length} bytes`);
          return bytes.subarray(start, end);
        }),
      ),
  };
}

/** The requests by which the ranges are fetched: ascending, disjoint, each range within one of them. */
export function mergeRanges(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of [...ranges]
    .filter((range) => range.end > range.start)
    .sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = merged.at(-1);
    const grown = last === undefined ? 0 : Math.max(last.end, end) - last.start;
    if (last !== undefined && (start < last.end || (start - last.end <= MERGE_GAP_BYTES && grown <= MERGED_BYTES_MAX))) {
      last.end = Math.max(last.end, end);
    } else merged.push({ start, end });
  }
  return merged;
}

function cut(ranges: readonly ByteRange[], fetches: readonly ByteRange[], chunks: readonly Uint8Array[]): Uint8Array[] {
  return ranges.map(({ start, end }) => {
    if (end <= start) return new Uint8Array(0);
    let low = 0;
    let high = fetches.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((fetches[middle]?.start ?? Infinity) <= start) low = middle;
      else high = middle - 1;
    }
    const from = start - (fetches[low]?.start ?? 0);
    return chunks[low]?.subarray(from, from + end - start) ?? new Uint8Array(0);
  });
}
