import { LakeError } from "../../base/errors.js";
import type { RawBatch, RawColumn, RawField, RawSlice } from "./codec-wire.js";
import { readText } from "./wasm-instance.js";

/**
 * Reads the Arrow C data interface out of a 32-bit memory.
 * @see https://arrow.apache.org/docs/format/CDataInterface.html#structure-definitions
 */

/** Offsets within `struct ArrowSchema`; pointers are 4 bytes, the flags and counts aligned to 8. */
const SCHEMA = { format: 0, name: 4, metadata: 8, flags: 16, childCount: 24, children: 32, dictionary: 36 } as const;
/** Offsets within `struct ArrowArray`. */
const ARRAY = { length: 0, nullCount: 8, offset: 16, buffers: 40, children: 44 } as const;
const FLAG_NULLABLE = 2;

/** How a type lays out its buffers. */
type Layout = { readonly kind: "null" | "bits" | "bytes" | "list" | "struct" } | { readonly kind: "fixed"; readonly width: number };

const FIXED_WIDTHS: Readonly<Record<string, number>> = {
  c: 1,
  C: 1,
  s: 2,
  S: 2,
  e: 2,
  i: 4,
  I: 4,
  f: 4,
  l: 8,
  L: 8,
  g: 8,
  tdD: 4,
  tdm: 8,
  tts: 4,
  ttm: 4,
  ttu: 8,
  ttn: 8,
};

function layoutOf(format: string): Layout {
  const width = FIXED_WIDTHS[format];
  if (width !== undefined) return { kind: "fixed", width };
  switch (format) {
    case "n":
      return { kind: "null" };
    case "b":
      return { kind: "bits" };
    case "u":
    case "z":
      return { kind: "bytes" };
    case "+l":
    case "+m":
      return { kind: "list" };
    case "+s":
      return { kind: "struct" };
  }
  if (format.startsWith("ts")) return { kind: "fixed", width: 8 };
  if (format.startsWith("w:")) return { kind: "fixed", width: Number(format.slice(2)) };
  if (format.startsWith("d:")) return { kind: "fixed", width: Number(format.slice(2).split(",")[2] ?? 128) / 8 };
  throw new LakeError("parquet/unsupported", `The Parquet decoder returned the Arrow format "${format}", which is not read here.`, {
    format,
  });
}

/** The top level is a struct: its children are the columns. */
export function readFields(memory: Uint8Array<ArrayBuffer>, schema: number): RawField[] {
  return childPointers(memory, schema + SCHEMA.children, schema + SCHEMA.childCount).map((child) => readField(memory, child));
}

function readField(memory: Uint8Array<ArrayBuffer>, at: number): RawField {
  const view = new DataView(memory.buffer);
  const format = readCString(memory, view.getUint32(at + SCHEMA.format, true));
  if (view.getUint32(at + SCHEMA.dictionary, true) !== 0) {
    throw new LakeError("parquet/unsupported", "The Parquet decoder returned a dictionary-encoded column, which is not read here.", {
      format,
    });
  }
  return {
    name: readCString(memory, view.getUint32(at + SCHEMA.name, true)),
    format,
    nullable: (view.getUint32(at + SCHEMA.flags, true) & FLAG_NULLABLE) !== 0,
    metadata: readMetadata(memory, view.getUint32(at + SCHEMA.metadata, true)),
    children: readFields(memory, at),
  };
}

function readMetadata(memory: Uint8Array<ArrayBuffer>, at: number): [string, string][] {
  if (at === 0) return [];
  const view = new DataView(memory.buffer);
  const entries: [string, string][] = [];
  let position = at + 4;
  const next = (): string => {
    const length = view.getInt32(position, true);
    const text = readText(memory, position + 4, length);
    position += 4 + length;
    return text;
  };
  for (let left = view.getInt32(at, true); left > 0; left--) {
    const key = next();
    entries.push([key, next()]);
  }
  return entries;
}

function readCString(memory: Uint8Array, at: number): string {
  return at === 0 ? "" : readText(memory, at, memory.indexOf(0, at) - at);
}

function childPointers(memory: Uint8Array<ArrayBuffer>, pointers: number, count: number): number[] {
  const view = new DataView(memory.buffer);
  const children = view.getUint32(pointers, true);
  return Array.from({ length: view.getUint32(count, true) }, (_, index) => view.getUint32(children + 4 * index, true));
}

/** One buffer to be copied out; offsets that do not start at 0 are moved by `rebase`. */
interface Copy {
  readonly source: number;
  readonly slice: RawSlice;
  readonly rebase: number;
}

/** Copies the batch at `array` (a struct of `fields`) out of memory into one buffer. */
export function readBatch(memory: Uint8Array<ArrayBuffer>, fields: readonly RawField[], array: number): RawBatch {
  const plan = new CopyPlan(memory);
  const length = plan.view.getUint32(array + ARRAY.length, true);
  const start = plan.view.getUint32(array + ARRAY.offset, true);
  const columns = fields.map((field, index) => plan.column(field, plan.child(array, index), start, length));
  return { length, buffer: plan.run(), columns };
}

class CopyPlan {
  readonly view: DataView;
  readonly #memory: Uint8Array<ArrayBuffer>;
  readonly #copies: Copy[] = [];
  #size = 0;

  constructor(memory: Uint8Array<ArrayBuffer>) {
    this.#memory = memory;
    this.view = new DataView(memory.buffer);
  }

  child(array: number, index: number): number {
    return this.view.getUint32(this.view.getUint32(array + ARRAY.children, true) + 4 * index, true);
  }

  /** Rows `[start, start + length)` of the array at `at`, counted without its own offset. */
  column(field: RawField, at: number, start: number, length: number): RawColumn {
    const first = this.view.getUint32(at + ARRAY.offset, true) + start;
    const whole = start === 0 && length === this.view.getUint32(at + ARRAY.length, true);
    const counted = this.view.getInt32(at + ARRAY.nullCount, true);
    const bitmap = this.#buffer(at, 0);
    const hasNulls = counted !== 0 && bitmap !== 0 && field.format !== "n";
    const bits = (source: number): RawSlice => this.#copy(source + (first >>> 3), ((first & 7) + length + 7) >>> 3);
    const node = {
      length,
      nullCount: field.format === "n" ? length : !hasNulls ? 0 : whole ? counted : -1,
      bitOffset: first & 7,
      validity: hasNulls ? bits(bitmap) : undefined,
      offsets: undefined,
      values: undefined,
      children: [],
    };
    const layout = layoutOf(field.format);
    switch (layout.kind) {
      case "null":
        return node;
      case "bits":
        return { ...node, values: bits(this.#buffer(at, 1)) };
      case "fixed":
        return { ...node, values: this.#copy(this.#buffer(at, 1) + first * layout.width, length * layout.width) };
      case "struct":
        return { ...node, children: field.children.map((child, index) => this.column(child, this.child(at, index), first, length)) };
      case "bytes": {
        const { from, to, slice } = this.#offsets(at, first, length);
        return { ...node, offsets: slice, values: this.#copy(this.#buffer(at, 2) + from, to - from) };
      }
      case "list": {
        const { from, to, slice } = this.#offsets(at, first, length);
        return {
          ...node,
          offsets: slice,
          children: field.children.map((child, index) => this.column(child, this.child(at, index), from, to - from)),
        };
      }
    }
  }

  run(): ArrayBuffer {
    const target = new Uint8Array(this.#size);
    for (const { source, slice, rebase } of this.#copies) {
      target.set(this.#memory.subarray(source, source + slice.size), slice.start);
      if (rebase === 0) continue;
      const offsets = new Int32Array(target.buffer, slice.start, slice.size >>> 2);
      for (let index = 0; index < offsets.length; index++) offsets[index] = (offsets[index] ?? 0) - rebase;
    }
    return target.buffer;
  }

  #buffer(at: number, index: number): number {
    return this.view.getUint32(this.view.getUint32(at + ARRAY.buffers, true) + 4 * index, true);
  }

  #offsets(at: number, first: number, length: number): { readonly from: number; readonly to: number; readonly slice: RawSlice } {
    const source = this.#buffer(at, 1) + 4 * first;
    // An empty array may come without an offsets buffer.
    const from = length === 0 ? 0 : this.view.getInt32(source, true);
    const to = length === 0 ? 0 : this.view.getInt32(source + 4 * length, true);
    return { from, to, slice: this.#copy(source, length === 0 ? 0 : 4 * (length + 1), from) };
  }

  #copy(source: number, size: number, rebase = 0): RawSlice {
    const slice = { start: this.#size, size };
    if (size > 0) this.#copies.push({ source, slice, rebase });
    // Typed arrays need their elements' alignment, 8 bytes at most.
    this.#size += (size + 7) & ~7;
    return slice;
  }
}
