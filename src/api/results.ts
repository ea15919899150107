import type { VerbResult } from "../engine/context.js";
import type { HistoryEntry } from "../table/table-format.js";
import type { WriteMetrics } from "../table/operation.js";

/** What a write resolves to. When nothing had to change, `version` is the one the handle had, and every count is 0. */
export interface WriteResult {
  readonly version: number;
  readonly timestamp: Date;
  readonly metrics: WriteMetrics;
  /** There, and `true`, when the table had the `txn` of the write already, and nothing was written. */
  readonly skipped?: true;
}

export function writeResult({ version, timestampMs, metrics, skipped }: VerbResult): WriteResult {
  const result = { version, timestamp: new Date(timestampMs), metrics };
  return skipped === true ? { ...result, skipped } : result;
}

/** One version as its commit describes it, newest first in `history`. */
export interface HistoryRecord {
  readonly version: number;
  readonly timestamp: Date;
  readonly operation: string | null;
  readonly operationParameters: Readonly<Record<string, unknown>>;
  readonly operationMetrics: Readonly<Record<string, string>>;
  readonly userMetadata: string | null;
  readonly engineInfo: string | null;
  readonly readVersion: number | null;
  readonly isolationLevel: string | null;
  readonly isBlindAppend: boolean | null;
  readonly txnId: string | null;
}

export function historyRecord(entry: HistoryEntry): HistoryRecord {
  return {
    version: entry.version,
    timestamp: new Date(entry.timestampMs),
    operation: entry.operation ?? null,
    operationParameters: entry.operationParameters,
    operationMetrics: entry.operationMetrics,
    userMetadata: entry.userMetadata ?? null,
    engineInfo: entry.engineInfo ?? null,
    readVersion: entry.readVersion ?? null,
    isolationLevel: entry.isolationLevel ?? null,
    isBlindAppend: entry.isBlindAppend ?? null,
    txnId: entry.txnId ?? null,
  };
}

/** A table in figures, as Spark's DESCRIBE DETAIL gives them. */
export interface TableDetail {
  readonly format: "delta";
  readonly id: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly location: string;
  readonly version: number;
  readonly createdAt: Date | null;
  readonly lastModified: Date;
  readonly partitionColumns: readonly string[];
  readonly numFiles: number;
  readonly sizeInBytes: number;
  /** `null` when a file has no statistics. */
  readonly numRecords: number | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  readonly tableFeatures: readonly string[];
}

/** A live file after skipping. */
export interface FileRecord {
  readonly path: string;
  readonly size: number;
  /** `null` when the log does not say. */
  readonly rows: number | null;
  /** Partition values in the spelling of rows. */
  readonly partition: Readonly<Record<string, unknown>>;
  readonly stats: FileStats | null;
}

/** Bounds and null counts by column path; values in the spelling of rows. */
export interface FileStats {
  readonly min: Readonly<Record<string, unknown>>;
  readonly max: Readonly<Record<string, unknown>>;
  readonly nullCount: Readonly<Record<string, number>>;
}

/** A file of the transaction log. */
export interface LogFileRecord {
  readonly path: string;
  readonly kind: string;
  readonly version: number;
  readonly size: number;
  readonly modified: Date;
}
