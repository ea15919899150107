import type { Host } from "../base/host.js";
import type { Logger } from "../base/logger.js";
import { silentLogger } from "../base/logger.js";
import type { ParquetCodec } from "../parquet/codec/codec.js";
import type { ObjectStore } from "../storage/object-store.js";
import { createCommitCache, type CommitCache } from "./commit-cache.js";

/** What all work on one table's log needs. */
export interface DeltaContext {
  /** Rooted at the table. */
  readonly store: ObjectStore;
  readonly host: Host;
  readonly codec: ParquetCodec;
  readonly logger: Logger;
  /** Commits that have been read; they never change. */
  readonly commits: CommitCache;
}

export interface DeltaContextOptions {
  readonly store: ObjectStore;
  readonly host: Host;
  readonly codec: ParquetCodec;
  readonly logger?: Logger | undefined;
}

export function createDeltaContext({ store, host, codec, logger = silentLogger }: DeltaContextOptions): DeltaContext {
  return { store, host, codec, logger, commits: createCommitCache(cachedCommitBytes) };
}

/** Enough for the commits between two checkpoints of a busy table, little beside a memory budget. */
const cachedCommitBytes = 32 << 20;
