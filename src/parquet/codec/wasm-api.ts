/** The part of the WebAssembly JavaScript API the codec uses; neither the ES library nor Node's types declare it without the DOM. */
export interface WebAssemblyApi {
  readonly Instance: new (module: WasmModule, imports: WasmImports) => { readonly exports: unknown };
  readonly Module: { imports(module: WasmModule): readonly { readonly module: string; readonly name: string }[] };
  compile(bytes: Uint8Array): Promise<WasmModule>;
}

/** Compiled code; can be cloned into a worker. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: "WebAssembly.Module";
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

export interface WasmTable {
  get(index: number): unknown;
  set(index: number, value: unknown): void;
  /** The length before. */
  grow(count: number): number;
}

export type WasmFunction = (...args: never[]) => unknown;
export type WasmImports = Readonly<Record<string, Readonly<Record<string, WasmFunction>>>>;

export const webAssembly: WebAssemblyApi = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
