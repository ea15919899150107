import type { LeafShape } from "./patch-wire.js";

/** Values in plain encoding: value i is `bytes[offsets[i], offsets[i + 1] - gap)`; `gap` are the bytes between it and the next. */
export interface ValueList {
  readonly bytes: Uint8Array;
  /** One more than there are values. */
  readonly offsets: Int32Array;
  readonly gap: number;
}

/** Bytes of the length before each value of varying size. */
export const LENGTH_BYTES = 4;

export function readLength(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}

export function writeLength(value: number, bytes: Uint8Array, at: number): void {
  bytes[at] = value & 255;
  bytes[at + 1] = (value >> 8) & 255;
  bytes[at + 2] = (value >> 16) & 255;
  bytes[at + 3] = value >>> 24;
}

/** `count` values from `start` on; `undefined` when they do not fit before `end`. Booleans become a byte each. */
export function readValues(bytes: Uint8Array, start: number, end: number, count: number, shape: LeafShape): ValueList | undefined {
  const offsets = new Int32Array(count + 1);
  if (shape.physicalType === "BOOLEAN") {
    if (start + ((count + 7) >> 3) > end) return undefined;
    const values = new Uint8Array(count);
    for (let i = 0; i < count; i++) values[i] = ((bytes[start + (i >> 3)] as number) >> (i & 7)) & 1;
    for (let i = 0; i <= count; i++) offsets[i] = i;
    return { bytes: values, offsets, gap: 0 };
  }
  if (shape.width > 0) {
    if (start + count * shape.width > end) return undefined;
    for (let i = 0; i <= count; i++) offsets[i] = start + i * shape.width;
    return { bytes, offsets, gap: 0 };
  }
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + LENGTH_BYTES > end) return undefined;
    offsets[i] = at + LENGTH_BYTES;
    at += LENGTH_BYTES + readLength(bytes, at);
    if (at > end) return undefined;
  }
  offsets[count] = at + LENGTH_BYTES;
  return { bytes, offsets, gap: LENGTH_BYTES };
}

export function valueEnd({ offsets, gap }: ValueList, index: number): number {
  return (offsets[index + 1] as number) - gap;
}

/** The same for two values exactly when their bytes are. */
export function valueKey(list: ValueList, index: number): string {
  const { bytes, offsets } = list;
  let key = "";
  for (let at = offsets[index] as number, end = valueEnd(list, index); at < end; at++) key += String.fromCharCode(bytes[at] as number);
  return key;
}
