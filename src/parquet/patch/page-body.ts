import { decodeHybrid, encodeHybrid, encodeRun, hybridSizeMax } from "./hybrid.js";
import { compressSnappy, maxCompressedSize } from "./snappy/compress-snappy.js";
import { decompressSnappy } from "./snappy/decompress-snappy.js";
import { readLength, writeLength } from "./value-list.js";
import type { PatchCompression } from "./patch-wire.js";

/** Bytes that grow and are used again: fresh memory costs more than the work done in it. */
export interface Scratch {
  /** At least so many bytes, with what they held before or nothing. */
  take(size: number): Uint8Array;
}

export function createScratch(): Scratch {
  let bytes = new Uint8Array(0);
  return {
    take: (size) => {
      if (size > bytes.length) bytes = new Uint8Array(Math.ceil(size * 1.25));
      return bytes;
    },
  };
}

/** As `Scratch`, for numbers. */
export interface NumberScratch {
  /** Exactly so many, with what they held before. */
  take(count: number): Int32Array;
}

export function createNumberScratch(): NumberScratch {
  let numbers = new Int32Array(0);
  return {
    take: (count) => {
      if (count > numbers.length) numbers = new Int32Array(Math.ceil(count * 1.25));
      return numbers.subarray(0, count);
    },
  };
}

/** What one thread needs to patch pages, one after the other. */
export const pageMemory = {
  body: createScratch(),
  edited: createScratch(),
  packed: createScratch(),
  dictionary: createScratch(),
  levels: createNumberScratch(),
  old: createNumberScratch(),
  fresh: createNumberScratch(),
} as const;

/** The bytes of a page of `size` bytes, in memory of their own or in `scratch`; `undefined` when they are damaged. */
export function pageBytes(stored: Uint8Array, size: number, compression: PatchCompression, scratch: Scratch): Uint8Array | undefined {
  // A page that damaged bytes claim to be enormous is none: nothing is compressed to less than a twentieth of a percent.
  if (size > Math.max(1 << 16, stored.length * 2048)) return undefined;
  const body = scratch.take(size);
  if (compression === "snappy") return decompressSnappy(stored, body, size) === size ? body : undefined;
  if (stored.length !== size) return undefined;
  body.set(stored);
  return body;
}

/**
 * The first `size` bytes of `body` as they are stored, in `scratch`. `share` is how much of a page like it compression has left: the
 * less there was to gain, the less is looked for.
 */
export function storedBytes(body: Uint8Array, size: number, compression: PatchCompression, scratch: Scratch, share = 0): Uint8Array {
  if (compression === "uncompressed") return body.subarray(0, size);
  const out = scratch.take(maxCompressedSize(size));
  return out.subarray(0, compressSnappy(body, size, out, 0, share > 0.9 ? 4 : 1));
}

/** Definition levels of a page of `count` rows, and where its values begin; levels are absent where no row is null. */
export interface PageLevels {
  readonly levels: Int32Array | undefined;
  readonly end: number;
}

export function readLevels(body: Uint8Array, size: number, count: number): PageLevels | undefined {
  const start = 4;
  if (size < start) return undefined;
  const end = start + readLength(body, 0);
  if (end > size) return undefined;
  if (isRunOfOnes(body, start, end, count)) return { levels: undefined, end };
  const levels = pageMemory.levels.take(count);
  if (!decodeHybrid(body, start, end, 1, levels)) return undefined;
  return { levels: levels.includes(0) ? levels : undefined, end };
}

/** Whether the levels are one run and say that no row is null, as those of most pages do. */
function isRunOfOnes(body: Uint8Array, start: number, end: number, count: number): boolean {
  let [header, at] = [0, start];
  for (let scale = 1; at < end && at < start + 4; scale *= 128) {
    const byte = body[at++] as number;
    header += (byte & 127) * scale;
    if (byte < 128) return at + 1 === end && body[at] === 1 && header === count * 2;
  }
  return false;
}

/** Bytes that `writeLevels` may need. */
export function levelsSizeMax(count: number): number {
  return 16 + hybridSizeMax(count, 1);
}

/** Gives where the levels end. */
export function writeLevels(levels: Int32Array | undefined, count: number, out: Uint8Array): number {
  const start = 4;
  const end = levels === undefined ? encodeRun(1, count, 1, out, start) : encodeHybrid(levels, 1, out, start);
  writeLength(end - start, out, 0);
  return end;
}
