import type { Host } from "../base/host.js";
import type { Logger } from "../base/logger.js";
import type { MemoryBudget } from "../base/memory.js";
import type { Progress } from "../base/progress.js";
import type { ParquetCodec } from "../parquet/codec/codec.js";
import type { ObjectStore } from "../storage/object-store.js";
import type { WriteMetrics } from "../table/operation.js";
import type { Table } from "../table/table-format.js";

/** What every verb works with; made by the composition root. */
export interface EngineContext {
  readonly host: Host;
  /** Rooted at the table. */
  readonly store: ObjectStore;
  readonly codec: ParquetCodec;
  readonly memory: MemoryBudget;
  readonly logger: Logger;
}

/** What a writing verb is told beside its own options. */
export interface VerbOptions {
  readonly signal?: AbortSignal | undefined;
  readonly userMetadata?: string | undefined;
  readonly maxAttempts?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What a writing verb resolves to. `table` is the one to go on with; `committed` is false when nothing had to change. */
export interface VerbResult {
  readonly table: Table;
  readonly committed: boolean;
  readonly version: number;
  readonly timestampMs: number;
  readonly metrics: WriteMetrics;
}
