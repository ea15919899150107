import { BLOCK_BYTES, writeCopy, writeLiteral, writePreamble } from "./elements.js";

const HASH_BITS = 14;
/** Less is not worth looking for copies in. */
const BLOCK_MARGIN = 15;

const positions = new Uint16Array(1 << HASH_BITS);

/** What incompressible bytes can grow to. */
export function maxCompressedSize(size: number): number {
  return 32 + size + Math.ceil(size / 6);
}

/** How far apart copies are looked for at first: 1 is everywhere. Less is found with larger steps, in less time. */
export type SearchStep = 1 | 4;

/**
 * Compresses the first `size` bytes of `input` into `out` from `start`, where `maxCompressedSize(size)` bytes are free; gives where it
 * ends.
 */
export function compressSnappy(input: Uint8Array, size: number, out: Uint8Array, start: number, step: SearchStep = 1): number {
  let at = writePreamble(size, out, start);
  for (let from = 0; from < size; from += BLOCK_BYTES) {
    const end = Math.min(size, from + BLOCK_BYTES);
    at = compressBlock(input, from, end, { out, start: at, step });
  }
  return at;
}

interface BlockTarget {
  readonly out: Uint8Array;
  readonly start: number;
  readonly step: SearchStep;
}

function load(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
}

function hash(word: number): number {
  return Math.imul(word, 0x1e35a7bd) >>> (32 - HASH_BITS);
}

function compressBlock(input: Uint8Array, base: number, end: number, { out, start, step }: BlockTarget): number {
  let at = start;
  let pending = base;
  const limit = end - BLOCK_MARGIN;
  if (limit > base) {
    positions.fill(0);
    let from = base + 1;
    let skip = 32 * step;
    while (from <= limit) {
      const word = load(input, from);
      const slot = hash(word);
      const candidate = base + (positions[slot] as number);
      positions[slot] = from - base;
      if (candidate >= from || load(input, candidate) !== word) {
        // The longer nothing is found, the fewer places are tried: bytes without copies pass quickly.
        from += skip++ >> 5;
        continue;
      }
      let length = 4;
      while (from + length < end && input[candidate + length] === input[from + length]) length++;
      at = writeLiteral(input, pending, from, out, at);
      at = writeCopy(from - candidate, length, out, at);
      from += length;
      pending = from;
      skip = 32 * step;
    }
  }
  return writeLiteral(input, pending, end, out, at);
}
