export interface PoolLimits {
  /** Threads at most; 0 is the inline codec. */
  readonly workers: number;
  /** Bytes of wasm memory for all workers together. Fewer workers are used than asked for when a share would be too small. */
  readonly memoryLimitBytes: number;
}

/** Below this share a worker would be replaced after almost every row group. */
const MIN_SHARE_BYTES = 96 * 1024 * 1024;

/** How many jobs a codec with these limits runs at once. */
export function codecParallelism({ workers, memoryLimitBytes }: PoolLimits): number {
  return Math.max(1, Math.min(workers, Math.floor(memoryLimitBytes / MIN_SHARE_BYTES)));
}
