import type { BoundExpression } from "../expression/expression.js";
import type { StructType } from "../schema/types.js";
import type { DataFile, WrittenFile } from "./data-file.js";
import type { Operation, OperationDetails, WriteMetrics } from "./operation.js";

/**
 * What a commit wishes to do: declarative and replayable against any later version that does not conflict.
 * Data files are written once; only the publishing is retried.
 */
export interface PendingCommit {
  readonly operation: Operation;
  readonly metrics: WriteMetrics;
  readonly details?: OperationDetails | undefined;
  readonly added: readonly WrittenFile[];
  /** Files of the base snapshot that this commit takes out of the table. */
  readonly removed: readonly DataFile[];
  readonly metadata?: MetadataChange | undefined;
  /** What the result depends on. */
  readonly reads: ReadSet;
  /** `false` when the bag of rows stays the same (compaction). */
  readonly dataChange: boolean;
  /** The application's own number for this write: once it is in the table, it is not written again. */
  readonly transaction?: AppTransaction | undefined;
  readonly userMetadata?: string | undefined;
}

/** A write as its application counts them. Versions of one application only grow; a version not above the newest is done. */
export interface AppTransaction {
  readonly appId: string;
  /** Any 64-bit number. */
  readonly version: bigint;
}

/** A metadata wish: what is absent stays as it is. */
export interface MetadataChange {
  readonly schema?: StructType | undefined;
  readonly partitionBy?: readonly string[] | undefined;
  /** Keys to set; `undefined` removes the key. */
  readonly properties?: ReadonlyMap<string, string | undefined> | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** Replace the whole table definition, the table id stays (CREATE OR REPLACE). */
  readonly replace?: boolean | undefined;
}

/**
 * What a write depends on in its base snapshot. A blind append depends on nothing.
 * Predicates are bound to `tableScope(base.schema)`: the write's result is decided by the rows that match any of them.
 */
export interface ReadSet {
  /** Every row counts. */
  readonly wholeTable: boolean;
  readonly predicates: readonly BoundExpression[];
  /** `path`s of all files that hold a row which counts. A file that was read and holds none is not among them. */
  readonly files: ReadonlySet<string>;
}

export const readNothing: ReadSet = Object.freeze({ wholeTable: false, predicates: Object.freeze([]), files: new Set<string>() });

/** Adds files, and depends on nothing that it read. */
export function isBlindAppend(commit: PendingCommit): boolean {
  const { reads } = commit;
  return (
    commit.added.length > 0 &&
    commit.removed.length === 0 &&
    commit.metadata === undefined &&
    !reads.wholeTable &&
    reads.predicates.length === 0 &&
    reads.files.size === 0
  );
}

/**
 * Whether the write that carries `mine` is in the table already: `theirs` has its number, or a later one of its application.
 *
 * Spark (`checkIfTransactionsConflict`) aborts on any commit of the same application, since its writer had read the number
 * before; this writer asks again for every winner, so an older number is no obstacle, and an equal one is the answer.
 */
export function isWritten(mine: AppTransaction, theirs: readonly AppTransaction[]): boolean {
  return theirs.some(({ appId, version }) => appId === mine.appId && version >= mine.version);
}
