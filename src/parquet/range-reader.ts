import { mapOrdered } from "../base/concurrency.js";
import { LakeError } from "../base/errors.js";
import type { ByteRange, ObjectStore } from "../storage/object-store.js";
import { corruptFile } from "./corrupt.js";

/**
 * A file of immutable bytes, read by ranges. `read` fetches all ranges (merging near ones, in parallel) and resolves to their
 * bytes in the order asked for; a failure is the store's `LakeError`.
 */
export interface RangeReader {
  /** How messages name the file. */
  readonly path: string;
  /** Bytes, as somebody has said. */
  readonly size: number;
  /** Bytes, as they really are now; `undefined` when the file is not there. Asked for only when reading by `size` failed. */
  measure?(signal?: AbortSignal): Promise<number | undefined>;
  read(ranges: readonly ByteRange[], signal?: AbortSignal): Promise<Uint8Array[]>;
}

/** Ranges nearer than this are fetched as one: a request costs a store about as much as so many bytes. */
export const MERGE_GAP_BYTES = 1 << 20;
/** Merged ranges do not grow past this, so that a big read goes over several connections. */
const MERGED_BYTES_MAX = 16 << 20;
/** Requests of one `read` that are under way at once. */
const PARALLEL_REQUESTS = 8;

/**
 * An object of a store, of which something (a table's log, a listing) says that it has `size` bytes.
 *
 * @throws parquet/corrupt    it is shorter
 * @throws storage/not-found  it is not there
 */
export function storeRangeReader(store: ObjectStore, file: { readonly key: string; readonly size: number }): RangeReader {
  const path = `${store.url}/${file.key}`;
  return {
    path,
    size: file.size,
    measure: async (signal) => (await store.head(file.key, { signal }))?.size,
    read: async (ranges, signal) => {
      const fetches = mergeRanges(ranges);
      const chunks: Uint8Array[] = [];
      const fetch = async ({ start, end }: ByteRange, context: { readonly signal: AbortSignal }): Promise<Uint8Array> => {
        const bytes = await store.get(file.key, { range: { start, end }, signal: context.signal }).catch((error: unknown) => {
          throw explained(error, path, file.size);
        });
        if (bytes.length !== end - start) throw corruptFile(path, `bytes ${start} to ${end} were asked for and ${bytes.length} came`);
        return bytes;
      };
      for await (const bytes of mapOrdered(fetches, PARALLEL_REQUESTS, fetch, signal)) chunks.push(bytes);
      return cut(ranges, fetches, chunks);
    },
  };
}

/** What a store's error means for a file whose size was known before. */
function explained(error: unknown, path: string, size: number): unknown {
  if (LakeError.is(error, "storage/not-found")) {
    const message =
      `${path} is named by its table and is not there. A vacuum removes the files that only older versions need: read a newer ` +
      `version, or open the table again. If the version is the latest, restore the file from a copy.`;
    return new LakeError(error.code, message, { ...error.context, path }, error);
  }
  // A store tells the real size when the range goes beyond it.
  const found = LakeError.is(error, "storage/io") ? error.context["size"] : undefined;
  if (typeof found !== "number" || found >= size) return error;
  return corruptFile(path, `it was cut off, it has ${found} bytes and should have ${size}`, { bytes: found, expectedBytes: size }, error);
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
