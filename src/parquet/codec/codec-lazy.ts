import type { ParquetCodec } from "./codec.js";
import { codecParallelism, type PoolLimits } from "./pool-size.js";

export interface LazyCodec extends ParquetCodec {
  /** Loads the codec that has the limits. `encode` keeps its promise about the batches only afterwards. */
  load(): Promise<void>;
}

/** The pooled codec (with no workers the inline one), loaded when it is first needed: it brings Arrow and the encoder with it. */
export function createLazyCodec(limits: PoolLimits): LazyCodec {
  let loaded: ParquetCodec | undefined;
  let loading: Promise<ParquetCodec> | undefined;
  let closed = false;
  const load = (): Promise<ParquetCodec> => {
    loading ??= loadCodec(limits).then(async (codec) => {
      if (closed) await codec.close();
      loaded = codec;
      return codec;
    });
    return loading;
  };
  return {
    parallelism: codecParallelism(limits),
    load: async () => void (await load()),
    decode: async (file, options) => (loaded ?? (await load())).decode(file, options),
    encode: (batches, options) =>
      loaded === undefined ? load().then((codec) => codec.encode(batches, options)) : loaded.encode(batches, options),
    patch: async (request, options) => (loaded ?? (await load())).patch(request, options),
    close: async () => {
      closed = true;
      await (await loading)?.close();
    },
  };
}

async function loadCodec(limits: PoolLimits): Promise<ParquetCodec> {
  if (limits.workers > 0) return (await import("./codec-pool.js")).createPooledCodec(limits);
  return (await import("./codec-inline.js")).createInlineCodec({ memoryLimitBytes: limits.memoryLimitBytes });
}
