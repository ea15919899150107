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

// Classes, here and in what else is made anew for every chunk: code that is optimized for closures goes when they do, again and again.
export function createExtremes(order: ValueOrder): Extremes {
  switch (order) {
    case "int64":
      return new Int64Extremes();
    case "boolean":
    case "int32":
    case "float":
    case "double":
      return new NumberExtremes(numberForms[order]);
    case "bytes":
      return new ByteExtremes(compareBytes);
    case "signed-bytes":
      return new ByteExtremes(compareSignedBytes);
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

/** How numbers lie in a page. */
interface NumberForm {
  readonly width: number;
  readonly isFloat: boolean;
  readonly read: (view: DataView, at: number) => number;
  readonly write: (view: DataView, value: number) => void;
}

const numberForms: Readonly<Record<"boolean" | "int32" | "float" | "double", NumberForm>> = {
  boolean: { width: 1, isFloat: false, read: (view, at) => view.getUint8(at), write: (view, value) => view.setUint8(0, value) },
  int32: { width: 4, isFloat: false, read: (view, at) => view.getInt32(at, true), write: (view, value) => view.setInt32(0, value, true) },
  float: {
    width: 4,
    isFloat: true,
    read: (view, at) => view.getFloat32(at, true),
    write: (view, value) => view.setFloat32(0, value, true),
  },
  double: {
    width: 8,
    isFloat: true,
    read: (view, at) => view.getFloat64(at, true),
    write: (view, value) => view.setFloat64(0, value, true),
  },
};

class NumberExtremes implements Extremes {
  private readonly form: NumberForm;
  /** Least, greatest, and 1 for a NaN. */
  private readonly found = Float64Array.of(Infinity, -Infinity, 0);

  constructor(form: NumberForm) {
    this.form = form;
  }

  scan(bytes: Uint8Array, start: number, count: number): void {
    scanNumbers(viewOf(bytes), start, count, this.form, this.found);
  }

  add(bytes: Uint8Array, start: number): void {
    this.scan(bytes, start, 1);
  }

  take(nullCount: number): ValueSummary {
    const [min = 0, max = 0, nans] = this.found;
    const hasNaN = nans === 1;
    this.found.set([Infinity, -Infinity, 0]);
    if (min > max) return { min: undefined, max: undefined, nullCount, hasNaN };
    // parquet.thrift: a zero minimum is written as -0, a zero maximum as +0, since both zeros compare equal.
    const { isFloat } = this.form;
    return { min: this.encoded(isFloat && min === 0 ? -0 : min), max: this.encoded(isFloat && max === 0 ? 0 : max), nullCount, hasNaN };
  }

  private encoded(value: number): Uint8Array {
    const bytes = new Uint8Array(this.form.width);
    this.form.write(viewOf(bytes), value);
    return bytes;
  }
}

function scanNumbers(view: DataView, start: number, count: number, { width, read }: NumberForm, found: Float64Array): void {
  for (let at = start, end = start + count * width; at < end; at += width) {
    const value = read(view, at);
    if (value < (found[0] as number)) found[0] = value;
    if (value > (found[1] as number)) found[1] = value;
    if (value !== value) found[2] = 1;
  }
}

const NO_WORDS = [0x7fffffff, 0xffffffff, -0x80000000, 0];

class Int64Extremes implements Extremes {
  /** High and low word of the least, then of the greatest; low words without sign. */
  private readonly found = Float64Array.from(NO_WORDS);
  private isEmpty = true;

  scan(bytes: Uint8Array, start: number, count: number): void {
    scanWords(viewOf(bytes), start, count, this.found);
    if (count > 0) this.isEmpty = false;
  }

  add(bytes: Uint8Array, start: number): void {
    this.scan(bytes, start, 1);
  }

  take(nullCount: number): ValueSummary {
    const [minHigh = 0, minLow = 0, maxHigh = 0, maxLow = 0] = this.found;
    const min = this.isEmpty ? undefined : encodedWords(minHigh, minLow);
    const max = this.isEmpty ? undefined : encodedWords(maxHigh, maxLow);
    this.found.set(NO_WORDS);
    this.isEmpty = true;
    return { min, max, nullCount, hasNaN: false };
  }
}

function scanWords(view: DataView, start: number, count: number, found: Float64Array): void {
  for (let at = start, end = start + count * 8; at < end; at += 8) {
    const high = view.getInt32(at + 4, true);
    const minHigh = found[0] as number;
    const maxHigh = found[2] as number;
    if (high > minHigh && high < maxHigh) continue;
    const low = view.getUint32(at, true);
    if (high < minHigh || (high === minHigh && low < (found[1] as number))) {
      found[0] = high;
      found[1] = low;
    }
    if (high > maxHigh || (high === maxHigh && low > (found[3] as number))) {
      found[2] = high;
      found[3] = low;
    }
  }
}

function encodedWords(high: number, low: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = viewOf(bytes);
  view.setUint32(0, low, true);
  view.setInt32(4, high, true);
  return bytes;
}

interface ByteSpan {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Compares `bytes[start, end)` with `other`, without making an object of it: there is one call for each value. */
type CompareBytes = (bytes: Uint8Array, start: number, end: number, other: ByteSpan) => number;

class ByteExtremes implements Extremes {
  private readonly compare: CompareBytes;
  private min: ByteSpan | undefined;
  private max: ByteSpan | undefined;

  constructor(compare: CompareBytes) {
    this.compare = compare;
  }

  scan(): void {
    assert(false, "values of varying width are added one by one");
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    if (this.min === undefined || this.compare(bytes, start, end, this.min) < 0) this.min = { bytes, start, end };
    if (this.max === undefined || this.compare(bytes, start, end, this.max) > 0) this.max = { bytes, start, end };
  }

  take(nullCount: number): ValueSummary {
    const [min, max] = [copied(this.min), copied(this.max)];
    [this.min, this.max] = [undefined, undefined];
    const isShort = [min, max].every((value) => value !== undefined && value.length <= EXTREME_BYTES_MAX);
    return { min: isShort ? min : undefined, max: isShort ? max : undefined, nullCount, hasNaN: false };
  }
}

function copied(span: ByteSpan | undefined): Uint8Array | undefined {
  return span?.bytes.slice(span.start, span.end);
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
