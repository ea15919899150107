import { abortError, throwIfAborted } from "../../base/abort.js";
import { LakeError } from "../../base/errors.js";
import { batchesFrom } from "./codec-batch.js";
import { codecError, codecGone } from "./codec-failure.js";
import { loadWasmModule, locateWorker } from "./codec-files.js";
import { createInlineCodec } from "./codec-inline.js";
import { decodeRequest, encodeRequest } from "./codec-request.js";
import type { CodecRequest, CodecResult, WorkerReply } from "./codec-wire.js";
import type { ParquetCodec } from "./codec.js";
import { codecParallelism, type PoolLimits } from "./pool-size.js";
import { givenBytes, startPoolWorker, type PoolWorker } from "./pool-worker.js";
import type { WasmModule } from "./wasm-api.js";

interface Job {
  readonly request: CodecRequest;
  /** Bytes of the request when it was made. */
  readonly size: number;
  readonly path: string;
  resolve(result: CodecResult): void;
  reject(error: unknown): void;
}

/**
 * The codec in worker threads: started when first needed, kept for the next job, unable to keep the process alive when idle.
 *
 * A worker that traps, dies, or whose memory has outgrown its share is replaced; only the job it was on can fail with it.
 */
export function createPooledCodec(limits: PoolLimits): ParquetCodec {
  const { workers, memoryLimitBytes } = limits;
  if (workers === 0) return createInlineCodec({ memoryLimitBytes });
  const parallelism = codecParallelism(limits);
  const pool = new WorkerPool(parallelism, memoryLimitBytes / parallelism);
  return {
    parallelism,
    decode: async (file, options) => {
      const result = await pool.run(decodeRequest(transferable(file), options), options.path, options.signal);
      if (result.kind !== "decoded") throw wrongAnswer();
      return batchesFrom(result.table);
    },
    encode: async (batches, options) => {
      const result = await pool.run(encodeRequest(batches, options, pool.allocate), options.path, options.signal);
      if (result.kind !== "encoded") throw wrongAnswer();
      return result.file;
    },
    patch: async (request, options) => {
      const patch = { ...request, bytes: transferable(request.bytes) };
      const result = await pool.run({ kind: "patch", path: options.path, patch }, options.path, options.signal);
      if (result.kind !== "patched") throw wrongAnswer();
      return result.chunks;
    },
    close: () => pool.close(),
  };
}

/** `bytes` alone in their buffer: transferring takes the whole buffer away, other people's views of it too. */
function transferable(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

function wrongAnswer(): LakeError {
  return new LakeError("internal/assertion", "This is a bug in laketable: a codec worker answered another kind of request.");
}

class WorkerPool {
  readonly #size: number;
  readonly #shareBytes: number;
  readonly #queue: Job[] = [];
  readonly #busy = new Map<PoolWorker, Job>();
  readonly #idle: PoolWorker[] = [];
  /** Buffers of requests that are done. Fresh memory costs more than the copy into it; kept only while there is work. */
  #spares: ArrayBuffer[] = [];
  #closed = false;

  constructor(size: number, shareBytes: number) {
    this.#size = size;
    this.#shareBytes = shareBytes;
  }

  readonly allocate = (size: number): Uint8Array<ArrayBuffer> => {
    const fitting = this.#spares.findIndex(({ byteLength }) => byteLength >= size && byteLength <= 2 * size);
    const [spare] = fitting < 0 ? [] : this.#spares.splice(fitting, 1);
    // A little room, since the next row group is never quite as large as this one.
    return spare === undefined ? new Uint8Array(new ArrayBuffer(Math.ceil(size * 1.1)), 0, size) : new Uint8Array(spare, 0, size);
  };

  async run(request: CodecRequest, path: string, signal: AbortSignal | undefined): Promise<CodecResult> {
    throwIfAborted(signal);
    const size = givenBytes(request).byteLength;
    const module = await loadWasmModule();
    const script = locateWorker();
    throwIfAborted(signal);
    if (this.#closed) throw codecGone(path, "it was closed.");
    return new Promise((resolve, reject) => {
      const job: Job = {
        request,
        size,
        path,
        resolve: (result) => {
          signal?.removeEventListener("abort", onAbort);
          resolve(result);
        },
        reject: (error) => {
          signal?.removeEventListener("abort", onAbort);
          reject(error);
        },
      };
      // A job under way runs to its end unheard; one that waits is forgotten.
      const onAbort = (): void => {
        const waiting = this.#queue.indexOf(job);
        if (waiting >= 0) this.#queue.splice(waiting, 1);
        job.reject(abortError(signal));
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#queue.push(job);
      this.#pump(script, module);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const workers = [...this.#idle, ...this.#busy.keys()];
    for (const job of [...this.#busy.values(), ...this.#queue]) job.reject(codecGone(job.path, "it was closed."));
    this.#queue.length = 0;
    this.#busy.clear();
    this.#idle.length = 0;
    await Promise.all(workers.map((worker) => worker.stop()));
  }

  /** Gives waiting jobs to idle workers, and to new ones while there may be more. */
  #pump(script: URL, module: WasmModule): void {
    while (this.#queue.length > 0) {
      const worker = this.#idle.pop() ?? (this.#busy.size < this.#size ? this.#start(script, module) : undefined);
      if (worker === undefined) return;
      const job = this.#queue.shift();
      if (job === undefined) return;
      if (givenBytes(job.request).byteLength !== job.size) {
        // A message with a detached buffer is never delivered, and nobody is told.
        this.#idle.push(worker);
        job.reject(codecGone(job.path, "its bytes were given to another job before."));
        continue;
      }
      this.#busy.set(worker, job);
      worker.run(job.request);
    }
  }

  #start(script: URL, module: WasmModule): PoolWorker {
    const worker = startPoolWorker(script, module, {
      onReply: (reply) => {
        this.#settle(worker, reply);
        this.#pump(script, module);
      },
      onDeath: (why, cause) => {
        const job = this.#busy.get(worker);
        this.#busy.delete(worker);
        const resting = this.#idle.indexOf(worker);
        if (resting >= 0) this.#idle.splice(resting, 1);
        job?.reject(codecGone(job.path, why, cause));
        this.#pump(script, module);
      },
    });
    return worker;
  }

  #settle(worker: PoolWorker, { result, spare, memoryBytes }: WorkerReply): void {
    const job = this.#busy.get(worker);
    this.#busy.delete(worker);
    if (this.#busy.size + this.#queue.length === 0) this.#spares = [];
    else if (spare !== undefined && this.#spares.length <= this.#size) this.#spares.push(spare);
    const poisoned = result.kind === "failed" && result.poisoned;
    if (poisoned || memoryBytes > this.#shareBytes) void worker.stop();
    else this.#idle.push(worker);
    if (job === undefined) return;
    if (result.kind === "failed") job.reject(codecError(result, job.request.kind, job.path));
    else job.resolve(result);
  }
}
