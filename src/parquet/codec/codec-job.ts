import { LakeError } from "../../base/errors.js";
import { checkPages } from "./check-pages.js";
import { patchGroup } from "../patch/patch-group.js";
import type { CodecFailure, CodecRequest, CodecResult, RawEncodeOptions } from "./codec-wire.js";
import { sealPages } from "./seal-pages.js";
import { readBatch, readFields } from "./wasm-arrays.js";
import type { WasmInstance } from "./wasm-instance.js";

/**
 * Runs one job on an instance, synchronously, and never throws. What the library reports is a plain failure; anything thrown
 * through its frames (a trap, a full stack) leaves the instance in no known state: `poisoned`.
 */
export function runCodecJob(wasm: WasmInstance, request: CodecRequest): CodecResult | CodecFailure {
  try {
    if (request.kind === "patch") return { kind: "patched", chunks: patchGroup(request.patch, request.path) };
    if (request.kind === "encode") return encode(wasm, request.ipc, request.options);
    for (const chunk of request.chunks) {
      const page = checkPages(request.file, chunk);
      if (page !== undefined) return { kind: "failed", reason: page.reason, page, unsupported: false, poisoned: false };
    }
    return decode(wasm, request.file, request.batchRows);
  } catch (error) {
    const unsupported = LakeError.is(error, "parquet/unsupported");
    return { kind: "failed", reason: reasonOf(error), unsupported, poisoned: !unsupported };
  }
}

function decode(wasm: WasmInstance, file: Uint8Array, batchRows: number): CodecResult | CodecFailure {
  const { exports } = wasm;
  const pointer = passBytes(wasm, file);
  const [table, readError, unreadable] = exports.readParquet(pointer, file.byteLength, wasm.passValue({ batchSize: batchRows }));
  if (unreadable) return refused(wasm, readError);
  const [stream, error, failed] = exports.table_intoFFI(table);
  if (failed) return refused(wasm, error);
  try {
    const fields = readFields(wasm.bytes(), exports.ffistream_schemaAddr(stream) >>> 0);
    const batches = Array.from({ length: exports.ffistream_numArrays(stream) >>> 0 }, (_, index) =>
      readBatch(wasm.bytes(), fields, exports.ffistream_arrayAddr(stream, index) >>> 0),
    );
    return { kind: "decoded", table: { fields, batches } };
  } finally {
    exports.__wbg_ffistream_free(stream, 0);
  }
}

function encode(wasm: WasmInstance, ipc: Uint8Array, options: RawEncodeOptions): CodecResult | CodecFailure {
  const { exports } = wasm;
  const pointer = passBytes(wasm, ipc);
  const [table, ipcError, unreadable] = exports.table_fromIPCStream(pointer, ipc.byteLength);
  if (unreadable) return refused(wasm, ipcError);
  const [start, length, error, failed] = exports.writeParquet(table, buildProperties(wasm, options));
  if (failed) return refused(wasm, error);
  const file = sealPages(wasm.bytes().subarray(start >>> 0, (start >>> 0) + (length >>> 0)));
  exports.__wbindgen_free(start, length, 1);
  return { kind: "encoded", file };
}

/** The properties are consumed by the write they are passed to, so every write builds its own. */
function buildProperties(wasm: WasmInstance, options: RawEncodeOptions): number {
  const { exports } = wasm;
  let builder = exports.writerpropertiesbuilder_new();
  builder = exports.writerpropertiesbuilder_setCompression(builder, options.compression);
  builder = exports.writerpropertiesbuilder_setWriterVersion(builder, options.writerVersion);
  builder = exports.writerpropertiesbuilder_setMaxRowGroupSize(builder, Math.max(1, options.rows));
  for (const column of options.plainColumns) {
    const { pointer, length } = wasm.passString(column);
    builder = exports.writerpropertiesbuilder_setColumnDictionaryEnabled(builder, pointer, length, false);
  }
  return exports.writerpropertiesbuilder_build(builder);
}

function passBytes(wasm: WasmInstance, bytes: Uint8Array): number {
  const pointer = wasm.allocate(bytes.byteLength);
  wasm.bytes().set(bytes, pointer);
  return pointer;
}

function refused(wasm: WasmInstance, error: number): CodecFailure {
  return { kind: "failed", reason: reasonOf(wasm.takeValue(error)), unsupported: false, poisoned: false };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
