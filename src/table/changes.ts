import type { DataFile, RowDeletes, Version } from "./data-file.js";
import type { Snapshot } from "./snapshot.js";
import type { VersionRef } from "./table-format.js";

/** Versions from the first to the last, both included. A timestamp begins with the first version not earlier than it. */
export interface ChangeRange {
  readonly from: VersionRef;
  /** Default: the newest version. A timestamp: the newest version not later than it. */
  readonly to?: VersionRef | undefined;
}

/** What the versions of a range changed. */
export interface ChangeFeed {
  /** The last version: its columns are those that the rows are given in, and by it they are found in files. */
  readonly snapshot: Snapshot;
  /** Oldest first. */
  readonly versions: AsyncIterable<VersionChanges>;
}

export interface VersionChanges {
  readonly version: Version;
  /** When it was committed: milliseconds since the epoch. */
  readonly timestampMs: number;
  readonly files: readonly ChangedRows[];
}

/** Rows of one file, and what happened to them. */
export type ChangedRows =
  /** The file says it itself, row by row, in a column `_change_type`. */
  | { readonly kind: "recorded"; readonly file: DataFile }
  | {
      readonly kind: "insert" | "delete";
      /** Without the rows that its own deletes take out. */
      readonly file: DataFile;
      /** Only rows that are among these. Default: all. */
      readonly among?: RowDeletes | undefined;
    };
