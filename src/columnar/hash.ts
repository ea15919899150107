import { bytesOf, layoutOf, nullMask, offsetsOf } from "./access.js";
import type { Column } from "./column.js";
import { columnWords, wordsPerKey } from "./key-words.js";

/** Hash of `width` words from `start`. The last step spreads the entropy to the low bits, which tables use as the slot. */
export function hashWords(words: Int32Array, start: number, width: number): number {
  let hash = 0x2545f491;
  for (let i = 0; i < width; i++) {
    hash = Math.imul(hash ^ (words[start + i] as number), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return finish(hash);
}

/** The same for one 64-bit value, the most common key. */
export function hashWordPair(low: number, high: number): number {
  return finish(Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b));
}

export function hashWord(word: number): number {
  return finish(Math.imul(word, 0x9e3779b1));
}

function finish(hash: number): number {
  let x = hash ^ (hash >>> 15);
  x = Math.imul(x, 0x2c1b3c6d);
  return x ^ (x >>> 13);
}

export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word =
      (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x85ebca6b);
  return finish(hash);
}

/**
 * One hash per row over all columns, the same for equal keys (Spark's equality; nulls equal each other) whatever the batch:
 * for splitting rows into partitions by key.
 */
export function hashRows(columns: readonly Column[], length: number): Int32Array {
  const hashes = new Int32Array(length);
  for (const column of columns) mixColumn(column, hashes);
  return hashes;
}

function mixColumn(column: Column, hashes: Int32Array): void {
  const mix = (row: number, hash: number): void => {
    hashes[row] = hashWordPair(hashes[row] as number, hash);
  };
  if (layoutOf(column.type) === "bytes") {
    const offsets = offsetsOf(column);
    const bytes = bytesOf(column);
    const nulls = nullMask(column);
    for (let row = 0; row < hashes.length; row++)
      mix(row, nulls?.[row] === 1 ? 0 : hashBytes(bytes, offsets[row] as number, offsets[row + 1] as number));
    return;
  }
  const words = columnWords(column);
  const width = wordsPerKey(column.type);
  for (let row = 0; row < hashes.length; row++) mix(row, hashWords(words, row * width, width));
}
