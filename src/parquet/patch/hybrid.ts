/**
 * Parquet's run-length and bit-packing hybrid: definition levels and dictionary indices.
 *
 * @see https://github.com/apache/parquet-format/blob/master/Encodings.md
 */

/** Wider values would not fit the words that they are packed with; no dictionary is so large. */
export const HYBRID_BITS_MAX = 24;

/** Decodes `out.length` values from `bytes[start, end)`; false when the bytes are damaged. */
export function decodeHybrid(bytes: Uint8Array, start: number, end: number, bits: number, out: Int32Array): boolean {
  const count = out.length;
  const valueBytes = (bits + 7) >> 3;
  let at = start;
  let filled = 0;
  while (filled < count) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= end || shift > 28) return false;
      const byte = bytes[at++] as number;
      header += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    const length = Math.floor(header / 2);
    if (length === 0) return false;
    if (header % 2 === 0) {
      if (at + valueBytes > end) return false;
      let value = 0;
      for (let i = valueBytes - 1; i >= 0; i--) value = (value << 8) | (bytes[at + i] as number);
      at += valueBytes;
      const stop = Math.min(count, filled + length);
      out.fill(value, filled, stop);
      filled = stop;
      continue;
    }
    const values = Math.min(count - filled, length * 8);
    // A last group may be cut short after the last byte that holds a value.
    if (at + Math.ceil((values * bits) / 8) > end) return false;
    unpack(bytes, at, bits, out, filled, values);
    at += length * bits;
    filled += values;
  }
  return true;
}

function unpack(bytes: Uint8Array, start: number, bits: number, out: Int32Array, first: number, count: number): void {
  const mask = (1 << bits) - 1;
  let at = start;
  let word = 0;
  let have = 0;
  for (let i = first, stop = first + count; i < stop; i++) {
    while (have < bits) {
      word |= (bytes[at++] as number) << have;
      have += 8;
    }
    out[i] = word & mask;
    word >>>= bits;
    have -= bits;
  }
}

/** What `encodeHybrid` can need at most. */
export function hybridSizeMax(count: number, bits: number): number {
  return 64 + Math.ceil((count * bits) / 8) + Math.ceil(count / 8) * 6;
}

/** Encodes the values into `out` from `start`; gives where they end. Runs of eight and more go as runs. */
export function encodeHybrid(values: Int32Array, bits: number, out: Uint8Array, start: number): number {
  const count = values.length;
  let at = start;
  let packedFrom = 0;
  let next = 0;
  while (next < count) {
    const value = values[next] as number;
    let end = next + 1;
    while (end < count && values[end] === value) end++;
    if (end - next < 8) {
      next += 8;
      continue;
    }
    at = writePacked(values, packedFrom, next, { bits, out, start: at });
    at = encodeRun(value, end - next, bits, out, at);
    next = end;
    packedFrom = end;
  }
  return writePacked(values, packedFrom, count, { bits, out, start: at });
}

/** The same value `count` times; gives where it ends. */
export function encodeRun(value: number, count: number, bits: number, out: Uint8Array, start: number): number {
  if (count === 0) return start;
  let at = writeVarint(count * 2, out, start);
  for (let shift = 0; shift < bits; shift += 8) out[at++] = (value >>> shift) & 255;
  return at;
}

interface PackTarget {
  readonly bits: number;
  readonly out: Uint8Array;
  readonly start: number;
}

/** Values `[from, to)` in groups of eight, the last one filled up with zeros. */
function writePacked(values: Int32Array, from: number, to: number, { bits, out, start }: PackTarget): number {
  if (from >= to) return start;
  const groups = Math.ceil((to - from) / 8);
  let at = writeVarint(groups * 2 + 1, out, start);
  const end = at + groups * bits;
  let word = 0;
  let have = 0;
  for (let i = from; i < to; i++) {
    word |= (values[i] as number) << have;
    have += bits;
    while (have >= 8) {
      out[at++] = word & 255;
      word >>>= 8;
      have -= 8;
    }
  }
  if (have > 0) out[at++] = word & 255;
  out.fill(0, at, end);
  return end;
}

function writeVarint(value: number, out: Uint8Array, start: number): number {
  let at = start;
  let rest = value;
  for (; rest > 127; rest >>>= 7) out[at++] = (rest & 127) | 128;
  out[at++] = rest;
  return at;
}
