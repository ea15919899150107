import type { Host } from "../base/host.js";
import type { Logger } from "../base/logger.js";
import { silentLogger } from "../base/logger.js";
import type { ParquetCodec } from "../parquet/codec/codec.js";
import { createFileLocator, type FileLocator } from "../storage/file-locator.js";
import type { ObjectStore } from "../storage/object-store.js";
import { createCommitCache, type CommitCache } from "./commit-cache.js";

/** What all work on one table's log needs. */
export interface DeltaContext {
  /** Rooted at the table. */
  readonly store: ObjectStore;
  /** Finds data files and deletion vectors. */
  readonly files: FileLocator;
  readonly host: Host;
  readonly codec: ParquetCodec;
  readonly logger: Logger;
  /** Commits that have been read; they never change. */
  readonly commits: CommitCache;
}

export interface DeltaContextOptions {
  readonly store: ObjectStore;
  /** Default: none outside the table. */
  readonly files?: FileLocator | undefined;
  readonly host: Host;
  readonly codec: ParquetCodec;
  readonly logger?: Logger | undefined;
}

export function createDeltaContext(options: DeltaContextOptions): DeltaContext {
  const { store, files = createFileLocator(store), host, codec, logger = silentLogger } = options;
  return { store, files, host, codec, logger, commits: createCommitCache(cachedCommitBytes) };
}

/** Enough for the commits between two checkpoints of a busy table, little beside a memory budget. */
const cachedCommitBytes = 32 << 20;
