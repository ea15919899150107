import { LakeError } from "../../base/errors.js";
import { webAssembly, type WasmFunction, type WasmImports, type WasmMemory, type WasmModule, type WasmTable } from "./wasm-api.js";

/**
 * One instance of parquet-wasm, driven without its JavaScript glue.
 *
 * The glue keeps its instance in a module-level variable: an instance that trapped, or whose memory has grown (it never
 * shrinks), could not be let go. Here an instance is a value, and dropping it frees its memory. Only the synchronous half
 * of the library is reachable; its imports are the few below, found by name without wasm-bindgen's hash.
 */
export interface WasmInstance {
  readonly exports: WasmExports;
  /** Bytes of linear memory, a high-water mark. */
  readonly memoryBytes: number;
  /** A view of the whole memory; any call into the instance may detach it. */
  bytes(): Uint8Array<ArrayBuffer>;
  /** Room for `size` bytes, which the callee they are passed to frees. */
  allocate(size: number): number;
  /** A string in memory, as wasm-bindgen passes it. */
  passString(text: string): { readonly pointer: number; readonly length: number };
  /** A JavaScript value's index, as wasm-bindgen passes it. */
  passValue(value: unknown): number;
  /** The value at `index`, which is given back. */
  takeValue(index: number): unknown;
}

/** What the codec calls of parquet-wasm 0.8.0. Results of several words arrive as arrays. */
export interface WasmExports {
  readonly memory: WasmMemory;
  readonly __wbindgen_externrefs: WasmTable;
  __externref_table_alloc(): number;
  __externref_table_dealloc(index: number): void;
  __wbindgen_malloc(size: number, align: number): number;
  __wbindgen_free(pointer: number, size: number, align: number): void;
  __wbindgen_start(): void;
  /** [table, error, failed] */
  readParquet(pointer: number, length: number, options: number): readonly [number, number, number];
  /** [stream, error, failed] */
  table_intoFFI(table: number): readonly [number, number, number];
  ffistream_numArrays(stream: number): number;
  ffistream_arrayAddr(stream: number, index: number): number;
  ffistream_schemaAddr(stream: number): number;
  __wbg_ffistream_free(stream: number, unused: number): void;
  /** [table, error, failed] */
  table_fromIPCStream(pointer: number, length: number): readonly [number, number, number];
  /** [pointer, length, error, failed]; consumes both arguments */
  writeParquet(table: number, properties: number): readonly [number, number, number, number];
  writerpropertiesbuilder_new(): number;
  writerpropertiesbuilder_build(builder: number): number;
  writerpropertiesbuilder_setCompression(builder: number, compression: number): number;
  writerpropertiesbuilder_setColumnDictionaryEnabled(builder: number, pointer: number, length: number, enabled: boolean): number;
  writerpropertiesbuilder_setCreatedBy(builder: number, pointer: number, length: number): number;
  writerpropertiesbuilder_setDataPageSizeLimit(builder: number, bytes: number): number;
  writerpropertiesbuilder_setDictionaryPageSizeLimit(builder: number, bytes: number): number;
  writerpropertiesbuilder_setMaxRowGroupSize(builder: number, rows: number): number;
  writerpropertiesbuilder_setStatisticsEnabled(builder: number, level: number): number;
  writerpropertiesbuilder_setWriterVersion(builder: number, version: number): number;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Bytes → string at `pointer` of `memory`. */
export function readText(memory: Uint8Array, pointer: number, length: number): string {
  return decoder.decode(memory.subarray(pointer, pointer + length));
}

export function instantiateWasm(module: WasmModule): WasmInstance {
  let exports: WasmExports | undefined;
  const live = (): WasmExports => {
    if (exports === undefined) throw new LakeError("parquet/codec", "The Parquet codec called back before it was started.");
    return exports;
  };
  const bytes = (): Uint8Array<ArrayBuffer> => new Uint8Array(live().memory.buffer);
  const allocate = (size: number): number => live().__wbindgen_malloc(size, 1) >>> 0;
  const passString = (text: string): { pointer: number; length: number } => {
    const encoded = encoder.encode(text);
    const pointer = allocate(encoded.length);
    bytes().set(encoded, pointer);
    return { pointer, length: encoded.length };
  };
  const passValue = (value: unknown): number => {
    const index = live().__externref_table_alloc();
    live().__wbindgen_externrefs.set(index, value);
    return index;
  };
  const takeValue = (index: number): unknown => {
    const value: unknown = live().__wbindgen_externrefs.get(index);
    live().__externref_table_dealloc(index);
    return value;
  };

  const instance = new webAssembly.Instance(module, importsOf(module, hostFunctions({ live, bytes, passString })));
  exports = instance.exports as WasmExports;
  exports.__wbindgen_start();
  return {
    exports,
    get memoryBytes() {
      return live().memory.buffer.byteLength;
    },
    bytes,
    allocate,
    passString,
    passValue,
    takeValue,
  };
}

interface Memory {
  readonly live: () => WasmExports;
  readonly bytes: () => Uint8Array<ArrayBuffer>;
  readonly passString: (text: string) => { readonly pointer: number; readonly length: number };
}

/** The imports the synchronous calls reach: reading an options object, and errors. */
function hostFunctions({ live, bytes, passString }: Memory): Readonly<Record<string, WasmFunction>> {
  const view = (): DataView => new DataView(live().memory.buffer);
  const text = (pointer: number, length: number): string => readText(bytes(), pointer >>> 0, length);
  const writeString = (target: number, value: string): void => {
    const { pointer, length } = passString(value);
    view().setInt32(target, pointer, true);
    view().setInt32(target + 4, length, true);
  };
  return {
    Error: (pointer: number, length: number) => Error(text(pointer, length)),
    __wbindgen_throw: (pointer: number, length: number) => {
      throw new LakeError("parquet/codec", `The Parquet codec failed: ${text(pointer, length)}`);
    },
    __wbindgen_is_undefined: (value: unknown) => value === undefined,
    __wbindgen_is_object: (value: unknown) => typeof value === "object" && value !== null,
    __wbindgen_is_function: (value: unknown) => typeof value === "function",
    __wbindgen_is_string: (value: unknown) => typeof value === "string",
    __wbindgen_is_bigint: (value: unknown) => typeof value === "bigint",
    __wbindgen_in: (key: string, value: object) => key in value,
    __wbindgen_jsval_eq: (a: unknown, b: unknown) => a === b,
    __wbindgen_jsval_loose_eq: (a: unknown, b: unknown) => a == b,
    __wbindgen_boolean_get: (value: unknown) => (typeof value === "boolean" ? Number(value) : 0xffffff),
    __wbindgen_number_get: (target: number, value: unknown) => {
      view().setFloat64(target + 8, typeof value === "number" ? value : 0, true);
      view().setInt32(target, Number(typeof value === "number"), true);
    },
    __wbindgen_debug_string: (target: number, value: unknown) => writeString(target, String(value)),
    Number: (value: unknown) => Number(value),
    String: (target: number, value: unknown) => writeString(target, String(value)),
    get_with_ref_key: (value: Readonly<Record<string, unknown>>, key: string) => value[key],
    isSafeInteger: (value: unknown) => Number.isSafeInteger(value),
    __wbindgen_init_externref_table: () => {
      const table = live().__wbindgen_externrefs;
      const offset = table.grow(4);
      [undefined, null, true, false].forEach((value, index) => table.set(offset + index, value));
      table.set(0, undefined);
    },
    __wbindgen_generic_0000000000000004: (value: number) => value,
    __wbindgen_generic_0000000000000005: (pointer: number, length: number) => text(pointer, length),
    __wbindgen_generic_0000000000000006: (value: bigint) => BigInt.asUintN(64, value),
  };
}

/** `__wbg_<name>_<16 hex digits>` → `<name>`. */
const plainName = (name: string): string => name.replace(/^__wbg_/, "").replace(/_[0-9a-f]{16}$/, "");

function importsOf(module: WasmModule, functions: Readonly<Record<string, WasmFunction>>): WasmImports {
  const imports: Record<string, Record<string, WasmFunction>> = {};
  for (const { module: from, name } of webAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = functions[name] ?? functions[plainName(name)] ?? missing(name);
  }
  return imports;
}

function missing(name: string): WasmFunction {
  return () => {
    throw new LakeError(
      "parquet/codec",
      `The Parquet codec called ${name}, which belongs to its asynchronous half and is not connected.`,
    );
  };
}
