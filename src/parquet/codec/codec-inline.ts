import { throwIfAborted } from "../../base/abort.js";
import { LakeError } from "../../base/errors.js";
import { batchesFrom } from "./codec-batch.js";
import { codecError, codecGone } from "./codec-failure.js";
import { loadWasmModule } from "./codec-files.js";
import { runCodecJob } from "./codec-job.js";
import { decodeRequest, encodeRequest } from "./codec-request.js";
import type { CodecRequest, CodecResult } from "./codec-wire.js";
import type { ParquetCodec } from "./codec.js";
import { instantiateWasm, type WasmInstance } from "./wasm-instance.js";

export interface InlineCodecOptions {
  /** Bytes of wasm memory above which the instance is replaced after a job. Default: 256 MiB. */
  readonly memoryLimitBytes?: number | undefined;
}

const DEFAULT_MEMORY_LIMIT_BYTES = 256 * 1024 * 1024;

/**
 * The codec in the caller's own thread: every job runs to its end without a pause. For simulation, bundles, serverless and
 * `workers: 0`.
 *
 * A trap costs the instance it happened in, nothing else; an instance that has grown past its limit is let go, since wasm
 * memory never shrinks.
 */
export function createInlineCodec(options: InlineCodecOptions = {}): ParquetCodec {
  const limit = options.memoryLimitBytes ?? DEFAULT_MEMORY_LIMIT_BYTES;
  let instance: WasmInstance | undefined;
  let closed = false;

  const run = async (request: CodecRequest, path: string, signal: AbortSignal | undefined): Promise<CodecResult> => {
    const module = await loadWasmModule();
    throwIfAborted(signal);
    if (closed) throw codecGone(path, "it was closed.");
    instance ??= instantiateWasm(module);
    const result = runCodecJob(instance, request);
    if ((result.kind === "failed" && result.poisoned) || instance.memoryBytes > limit) instance = undefined;
    if (result.kind === "failed") throw codecError(result, request.kind, path);
    return result;
  };

  return {
    parallelism: 1,
    decode: async (file, options) => {
      const result = await run(decodeRequest(file, options), options.path, options.signal);
      if (result.kind !== "decoded") throw wrongAnswer();
      return batchesFrom(result.table);
    },
    encode: async (batches, options) => {
      const result = await run(encodeRequest(batches, options), options.path, options.signal);
      if (result.kind !== "encoded") throw wrongAnswer();
      return result.file;
    },
    patch: async (request, options) => {
      const result = await run({ kind: "patch", path: options.path, patch: request }, options.path, options.signal);
      if (result.kind !== "patched") throw wrongAnswer();
      return result.chunks;
    },
    close: async () => {
      closed = true;
      instance = undefined;
    },
  };
}

function wrongAnswer(): LakeError {
  return new LakeError("internal/assertion", "This is a bug in laketable: a codec job answered another kind of request.");
}
