import type { ByteRange } from "../storage/object-store.js";

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
