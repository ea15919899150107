import { Worker } from "node:worker_threads";
import type { CodecRequest, WorkerReply } from "./codec-wire.js";
import type { WasmModule } from "./wasm-api.js";

/** One worker thread, which does one job at a time. */
export interface PoolWorker {
  /** Sends the request, its bytes transferred. Exactly one of the listener's calls follows, unless `stop` comes first. */
  run(request: CodecRequest): void;
  /** Ends the thread; nothing is heard of it afterwards. */
  stop(): Promise<void>;
}

export interface PoolWorkerListener {
  onReply(reply: WorkerReply): void;
  /** The thread has ended or cannot be talked to any more. */
  onDeath(why: string, cause: unknown): void;
}

/** The bytes of a request that go to the worker for good. */
export function givenBytes(request: CodecRequest): Uint8Array {
  switch (request.kind) {
    case "decode":
      return request.file;
    case "encode":
      return request.ipc;
    case "patch":
      return request.patch.bytes;
  }
}

/** Starts a thread. It keeps the process alive only while it has a job. */
export function startPoolWorker(script: URL, module: WasmModule, listener: PoolWorkerListener): PoolWorker {
  // Flags of the parent, such as loaders, do not concern the script.
  const worker = new Worker(script, { workerData: { module }, execArgv: [] });
  worker.unref();
  let over = false;
  const die = (why: string, cause?: unknown): void => {
    if (over) return;
    over = true;
    void worker.terminate();
    listener.onDeath(why, cause);
  };
  worker.on("message", (reply: WorkerReply) => {
    if (over) return;
    worker.unref();
    listener.onReply(reply);
  });
  worker.on("messageerror", (error) => die("its answer could not be received.", error));
  worker.on("error", (error) => die(`its worker thread failed: ${error instanceof Error ? error.message : String(error)}`, error));
  worker.on("exit", (code) => die(`its worker thread ended with exit code ${code}.`));
  return {
    run: (request) => {
      const bytes = givenBytes(request);
      worker.ref();
      worker.postMessage(request, bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : []);
    },
    stop: async () => {
      over = true;
      await worker.terminate();
    },
  };
}
