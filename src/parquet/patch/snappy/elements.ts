/**
 * Snappy's block format, in place of a library: pages are taken apart and put together where no codec instance is at hand.
 *
 * @see https://github.com/google/snappy/blob/main/format_description.txt
 */

/** Copies reach back this far at most: each block is compressed for itself. */
export const BLOCK_BYTES = 1 << 16;

/** The size of what `bytes` decompress to, and where their elements begin; `undefined` for no snappy. */
export function readPreamble(bytes: Uint8Array): { readonly size: number; readonly start: number } | undefined {
  let size = 0;
  for (let at = 0; at < 5; at++) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    size += (byte & 127) * 2 ** (7 * at);
    if (byte < 128) return { size, start: at + 1 };
  }
  return undefined;
}

export function writePreamble(size: number, out: Uint8Array, start: number): number {
  let at = start;
  let rest = size;
  for (; rest > 127; rest = Math.floor(rest / 128)) out[at++] = (rest % 128) | 128;
  out[at++] = rest;
  return at;
}

/** Bytes of a copy's offset that follow its tag, or the high byte's rest. */
export function copyExtra(tag: number): number {
  const kind = tag & 3;
  return kind === 3 ? 4 : kind;
}

export function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] as number);
  return value;
}

export function copyLiteral(from: Uint8Array, at: number, out: Uint8Array, to: number, length: number): void {
  if (length > 32) out.set(from.subarray(at, at + length), to);
  else for (let i = 0; i < length; i++) out[to + i] = from[at + i] as number;
}

export function writeLiteral(input: Uint8Array, from: number, end: number, out: Uint8Array, start: number): number {
  const length = end - from;
  if (length === 0) return start;
  let at = start;
  const count = length - 1;
  if (count < 60) {
    out[at++] = count << 2;
  } else if (count < 256) {
    out[at++] = 60 << 2;
    out[at++] = count;
  } else if (count < 65536) {
    out[at++] = 61 << 2;
    out[at++] = count & 255;
    out[at++] = count >> 8;
  } else {
    out[at++] = 62 << 2;
    out[at++] = count & 255;
    out[at++] = (count >> 8) & 255;
    out[at++] = count >> 16;
  }
  copyLiteral(input, from, out, at, length);
  return at + length;
}

export function writeCopy(offset: number, total: number, out: Uint8Array, start: number): number {
  let at = start;
  let length = total;
  while (length > 0) {
    // What is left over after a copy of 64 bytes has at least 4, so that it can be a short copy.
    const part = length > 64 && length < 68 ? 60 : Math.min(length, 64);
    if (part >= 4 && part < 12 && offset < 2048) {
      out[at++] = 1 | ((part - 4) << 2) | ((offset >> 8) << 5);
      out[at++] = offset & 255;
    } else {
      out[at++] = 2 | ((part - 1) << 2);
      out[at++] = offset & 255;
      out[at++] = offset >> 8;
    }
    length -= part;
  }
  return at;
}
