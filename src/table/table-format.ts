import type { StructType } from "../schema/types.js";
import type { ChangeFeed, ChangeRange } from "./changes.js";
import type { DataFile, Version, WrittenFile } from "./data-file.js";
import type { PendingCommit } from "./pending-commit.js";
import type { Snapshot } from "./snapshot.js";

/** Which version is meant. A timestamp means the newest version not later than it. */
export type VersionRef = { readonly version: Version } | { readonly timestampMs: number };

export interface TableDefinition {
  readonly schema: StructType;
  readonly partitionBy: readonly string[];
  readonly properties: ReadonlyMap<string, string>;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
}

/** One object per format: finds, opens and makes tables of it at the root of a store. */
export interface TableFormat {
  /** Whether a table is there; a folder without a log is none. */
  exists(signal?: AbortSignal): Promise<boolean>;
  /** @throws delta/not-a-table, delta/no-such-version, delta/timestamp-out-of-range */
  open(at?: VersionRef, signal?: AbortSignal): Promise<Table>;
  /** Commits version 0, or with `replace` a new version with this definition and no data. @throws delta/table-exists */
  create(definition: TableDefinition, options?: CreateOptions): Promise<Table>;
}

export interface CreateOptions {
  readonly replace?: boolean | undefined;
  readonly userMetadata?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A table that has been opened. `snapshot` is the newest version it knows of. */
export interface Table {
  readonly snapshot: Snapshot;
  /** A table whose snapshot is the newest, or the given, version; reads only what is new. */
  at(ref: VersionRef | "latest", signal?: AbortSignal): Promise<Table>;
  /**
   * Publishes `pending`, made on `base`: rebased over winners that do not conflict.
   * @throws delta/conflict with rule, both versions and advice; delta/commit-unknown
   */
  commit(base: Snapshot, pending: PendingCommit, options?: CommitOptions): Promise<CommitResult>;
  /** Newest first. */
  history(options?: HistoryOptions): AsyncIterable<HistoryEntry>;
  /** What the versions of a range changed. @throws delta/no-change-feed  some of them did not record it */
  changes(range: ChangeRange, signal?: AbortSignal): Promise<ChangeFeed>;
  /** Writes a checkpoint of the snapshot, unless there is one. */
  checkpoint(signal?: AbortSignal): Promise<void>;
  /** The log files that make up the snapshot, oldest first: for people who look under the hood. */
  logFiles(signal?: AbortSignal): Promise<readonly LogFileInfo[]>;
  /** Protocol facts for `detail`. */
  readonly protocol: ProtocolInfo;
}

/**
 * `Serializable`: the result is that of some serial order of all operations, and that order is the log's.
 * `WriteSerializable`: the same without the promise about order: a blind append that won may count as having come later.
 */
export type IsolationLevel = "Serializable" | "WriteSerializable";

export interface CommitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly maxAttempts?: number | undefined;
  /** Default: as the table's properties say. */
  readonly isolation?: IsolationLevel | undefined;
}

export interface CommitResult {
  /** Nothing was published: a rival has committed the same `transaction`, or a later one of its application. */
  readonly skipped: boolean;
  /** At the version that was committed; when skipped, at one that has the transaction. */
  readonly table: Table;
  readonly version: Version;
  readonly timestampMs: number;
  /** 1 when no rival was met. */
  readonly attempts: number;
}

export interface HistoryOptions {
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One version as its commit describes it; names and spellings are the format's own. */
export interface HistoryEntry {
  readonly version: Version;
  readonly timestampMs: number;
  readonly operation: string | undefined;
  readonly operationParameters: Readonly<Record<string, unknown>>;
  readonly operationMetrics: Readonly<Record<string, string>>;
  readonly userMetadata: string | undefined;
  readonly engineInfo: string | undefined;
  readonly readVersion: Version | undefined;
  readonly isolationLevel: string | undefined;
  readonly isBlindAppend: boolean | undefined;
  readonly txnId: string | undefined;
}

export interface LogFileInfo {
  readonly path: string;
  readonly kind: string;
  readonly version: Version;
  readonly size: number;
  readonly modifiedMs: number;
}

export interface ProtocolInfo {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  readonly features: readonly string[];
}

/** What a rival's commit did, for the conflict check. */
export interface Changes {
  readonly version: Version;
  readonly added: readonly (DataFile | WrittenFile)[];
  readonly removed: readonly { readonly path: string }[];
  /** `false`: it has only moved rows that were there from `removed` to `added`. */
  readonly dataChange: boolean;
  readonly isBlindAppend: boolean;
  readonly metadataChanged: boolean;
  /** The operation as its log names it, for messages. */
  readonly operation: string | undefined;
}
