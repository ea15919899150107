import { assert, unreachable } from "../../base/assert.js";
import type { ValueOrder, ValueSummary } from "./patch-wire.js";

/** Longer extremes say little for their size. */
const EXTREME_BYTES_MAX = 256;

/** Finds the least and greatest of values in plain encoding. */
export interface Extremes {
  /** `count` values of fixed width, one after the other. */
  scan(bytes: Uint8Array, start: number, count: number): void;
  /** One value of any width. */
  add(bytes: Uint8Array, start: number, end: number): void;
  /** What was found since the last call. */
  take(nullCount: number): ValueSummary;
}

export function createExtremes(order: ValueOrder): Extremes {
  switch (order) {
    case "int64":
      return int64Extremes();
    case "boolean":
      return numberExtremes(1, (view, at) => view.getUint8(at));
    case "int32":
      return numberExtremes(4, (view, at) => view.getInt32(at, true));
    case "float":
      return numberExtremes(
        4,
        (view, at) => view.getFloat32(at, true),
        (view, value) => view.setFloat32(0, value, true),
      );
    case "double":
      return numberExtremes(
        8,
        (view, at) => view.getFloat64(at, true),
        (view, value) => view.setFloat64(0, value, true),
      );
    case "bytes":
    case "signed-bytes":
      return byteExtremes(order === "bytes" ? compareBytes : compareSignedBytes);
    default:
      return unreachable(order);
  }
}

/** The bounds of several stretches of values together. */
export function joinSummaries(order: ValueOrder, parts: readonly ValueSummary[]): ValueSummary {
  const extremes = createExtremes(order);
  for (const { min, max } of parts) for (const value of [min, max]) if (value !== undefined) extremes.add(value, 0, value.length);
  const joined = extremes.take(parts.reduce((sum, { nullCount }) => sum + nullCount, 0));
  return { ...joined, hasNaN: parts.some(({ hasNaN }) => hasNaN) };
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function numberExtremes(
  width: number,
  read: (view: DataView, at: number) => number,
  writeFloat?: (view: DataView, value: number) => void,
): Extremes {
  let min = Infinity;
  let max = -Infinity;
  let hasNaN = false;
  const scan = (bytes: Uint8Array, start: number, count: number): void => {
    const view = viewOf(bytes);
    for (let at = start, end = start + count * width; at < end; at += width) {
      const value = read(view, at);
      if (value < min) min = value;
      if (value > max) max = value;
      if (value !== value) hasNaN = true;
    }
  };
  const encoded = (value: number): Uint8Array => {
    const bytes = new Uint8Array(width);
    const view = viewOf(bytes);
    if (writeFloat !== undefined) writeFloat(view, value);
    else if (width === 1) view.setUint8(0, value);
    else view.setInt32(0, value, true);
    return bytes;
  };
  return {
    scan,
    add: (bytes, start) => scan(bytes, start, 1),
    take: (nullCount) => {
      const isEmpty = min > max;
      // parquet.thrift: a zero minimum is written as -0, a zero maximum as +0, since both zeros compare equal.
      const isFloat = writeFloat !== undefined;
      const found = {
        min: isEmpty ? undefined : encoded(isFloat && min === 0 ? -0 : min),
        max: isEmpty ? undefined : encoded(isFloat && max === 0 ? 0 : max),
      };
      const summary = { ...found, nullCount, hasNaN };
      [min, max, hasNaN] = [Infinity, -Infinity, false];
      return summary;
    },
  };
}

function int64Extremes(): Extremes {
  let [minHigh, minLow, maxHigh, maxLow] = [0x7fffffff, 0xffffffff, -0x80000000, 0];
  let isEmpty = true;
  const scan = (bytes: Uint8Array, start: number, count: number): void => {
    const view = viewOf(bytes);
    for (let at = start, end = start + count * 8; at < end; at += 8) {
      const high = view.getInt32(at + 4, true);
      if (high > minHigh && high < maxHigh) continue;
      const low = view.getUint32(at, true);
      if (high < minHigh || (high === minHigh && low < minLow)) [minHigh, minLow] = [high, low];
      if (high > maxHigh || (high === maxHigh && low > maxLow)) [maxHigh, maxLow] = [high, low];
    }
    isEmpty &&= count === 0;
  };
  const encoded = (high: number, low: number): Uint8Array => {
    const bytes = new Uint8Array(8);
    const view = viewOf(bytes);
    view.setUint32(0, low, true);
    view.setInt32(4, high, true);
    return bytes;
  };
  return {
    scan,
    add: (bytes, start) => scan(bytes, start, 1),
    take: (nullCount) => {
      const min = isEmpty ? undefined : encoded(minHigh, minLow);
      const max = isEmpty ? undefined : encoded(maxHigh, maxLow);
      [minHigh, minLow, maxHigh, maxLow, isEmpty] = [0x7fffffff, 0xffffffff, -0x80000000, 0, true];
      return { min, max, nullCount, hasNaN: false };
    },
  };
}

interface ByteSpan {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Compares `bytes[start, end)` with `other`, without making an object of it: there is one call for each value. */
type CompareBytes = (bytes: Uint8Array, start: number, end: number, other: ByteSpan) => number;

function byteExtremes(compare: CompareBytes): Extremes {
  let min: ByteSpan | undefined;
  let max: ByteSpan | undefined;
  const copied = (span: ByteSpan | undefined): Uint8Array | undefined => span?.bytes.slice(span.start, span.end);
  return {
    scan: () => assert(false, "values of varying width are added one by one"),
    add: (bytes, start, end) => {
      if (min === undefined || compare(bytes, start, end, min) < 0) min = { bytes, start, end };
      if (max === undefined || compare(bytes, start, end, max) > 0) max = { bytes, start, end };
    },
    take: (nullCount) => {
      const found = [copied(min), copied(max)];
      [min, max] = [undefined, undefined];
      const isShort = found.every((value) => value !== undefined && value.length <= EXTREME_BYTES_MAX);
      return { min: isShort ? found[0] : undefined, max: isShort ? found[1] : undefined, nullCount, hasNaN: false };
    },
  };
}

function compareBytes(bytes: Uint8Array, start: number, end: number, other: ByteSpan): number {
  const length = Math.min(end - start, other.end - other.start);
  for (let i = 0; i < length; i++) {
    const difference = (bytes[start + i] as number) - (other.bytes[other.start + i] as number);
    if (difference !== 0) return difference;
  }
  return end - start - (other.end - other.start);
}

/** Big-endian two's complement of one width, as decimals are. */
function compareSignedBytes(bytes: Uint8Array, start: number, end: number, other: ByteSpan): number {
  const sign = (from: Uint8Array, at: number): number => ((from[at] ?? 0) << 24) >> 31;
  return sign(bytes, start) - sign(other.bytes, other.start) || compareBytes(bytes, start, end, other);
}
