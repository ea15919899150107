import type { Bounds } from "../expression/bounds.js";
import type { Value } from "../schema/value.js";

/** A table version: Delta's version, Iceberg's sequence number. A safe integer ≥ 0. */
export type Version = number;

/** A data file of a snapshot: a cheap view, made on demand and not kept. */
export interface DataFile {
  /** Where it lies: a key below the table's root, or an absolute URL. Decoded: names, not escapes. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Physical rows, deleted ones included; `undefined` when the log does not say. */
  readonly rowCount: number | undefined;
  /** Typed values of the partition columns, by their logical names. */
  readonly partition: ReadonlyMap<string, Value>;
  /** Statistics and partition values, decoded on first use. */
  readonly bounds: Bounds;
  /** Rows of the file that are no longer in the table. */
  readonly rowDeletes: RowDeletes | undefined;
  /** The format's own handle on the file; opaque to everybody else. */
  readonly origin: unknown;
}

/** Deleted rows of one data file, as the format stores them; opaque above the format but for the count. */
export interface RowDeletes {
  readonly cardinality: number;
  readonly origin: unknown;
}

/** Rows of `file` that are in the table; `undefined` when the log does not say how many it holds. */
export function liveRowCount({ rowCount, rowDeletes }: DataFile): number | undefined {
  return rowCount === undefined ? undefined : rowCount - (rowDeletes?.cardinality ?? 0);
}

/** A file that a write has made and that no version names yet. */
export interface WrittenFile {
  readonly path: string;
  readonly size: number;
  readonly rowCount: number;
  readonly partition: ReadonlyMap<string, Value>;
  readonly bounds: Bounds;
  readonly modifiedMs: number;
}
