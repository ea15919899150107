import type { Host } from "../base/host.js";
import type { Logger } from "../base/logger.js";
import type { MemoryBudget } from "../base/memory.js";
import type { Progress } from "../base/progress.js";
import type { ParquetCodec } from "../parquet/codec/codec.js";
import type { FileLocator } from "../storage/file-locator.js";
import type { ObjectStore } from "../storage/object-store.js";
import type { WriteMetrics } from "../table/operation.js";
import type { AppTransaction } from "../table/pending-commit.js";
import type { IsolationLevel, Table } from "../table/table-format.js";

/** What every verb works with; made by the composition root. */
export interface EngineContext {
  readonly host: Host;
  /** Rooted at the table. */
  readonly store: ObjectStore;
  /** Finds the data files that the table names. */
  readonly files: FileLocator;
  readonly codec: ParquetCodec;
  readonly memory: MemoryBudget;
  readonly logger: Logger;
}

/** What a writing verb is told beside its own options. */
export interface VerbOptions {
  readonly signal?: AbortSignal | undefined;
  readonly userMetadata?: string | undefined;
  readonly maxAttempts?: number | undefined;
  readonly isolation?: IsolationLevel | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What a verb that an application may number is told beside. */
export interface NumberedVerbOptions extends VerbOptions {
  /** Done already when the table has it, or a later one of the application: then nothing is written. Default: not numbered. */
  readonly transaction?: AppTransaction | undefined;
}

/** What a writing verb resolves to. `table` is the one to go on with; `committed` is false when nothing had to change. */
export interface VerbResult {
  readonly table: Table;
  readonly committed: boolean;
  /** The application's transaction was in the table already. */
  readonly skipped?: boolean | undefined;
  readonly version: number;
  readonly timestampMs: number;
  readonly metrics: WriteMetrics;
}
