import { parentPort, workerData } from "node:worker_threads";
import { runCodecJob } from "./codec-job.js";
import type { CodecFailure, CodecRequest, CodecResult, WorkerReply } from "./codec-wire.js";
import type { WasmModule } from "./wasm-api.js";
import { instantiateWasm } from "./wasm-instance.js";

/** The script of a codec worker: answers one request after the other. It loads neither apache-arrow nor the rest of the package. */
const instance = instantiateWasm((workerData as { readonly module: WasmModule }).module);

parentPort?.on("message", (request: CodecRequest) => {
  const result = runCodecJob(instance, request);
  const spare = request.kind === "encode" ? request.ipc.buffer : undefined;
  const reply: WorkerReply = { result, spare, memoryBytes: instance.memoryBytes };
  parentPort?.postMessage(reply, [...buffersOf(result), ...(spare === undefined ? [] : [spare])]);
});

// A request that cannot be received would never be answered: ending the thread answers it.
parentPort?.on("messageerror", (error: Error) => {
  throw error;
});

function buffersOf(result: CodecResult | CodecFailure): ArrayBuffer[] {
  switch (result.kind) {
    case "decoded":
      return result.table.batches.map(({ buffer }) => buffer);
    case "encoded":
      return result.file.groups.flatMap(({ chunks }) => chunks.flatMap(({ parts }) => parts.flatMap(ownBuffer)));
    case "patched":
      return (result.chunks ?? []).flatMap(({ bytes }) => ownBuffer(bytes));
    case "failed":
      return [];
  }
}

const ownBuffer = ({ buffer }: Uint8Array): ArrayBuffer[] => (buffer instanceof ArrayBuffer ? [buffer] : []);
