import { growableInts, reserveInts } from "./growable-ints.js";
import { hashWord, hashWordPair, hashWords } from "./hash.js";

/** Numbers distinct keys of `width` words in the order of their first appearance: 0, 1, 2, … */
export interface WordTable {
  readonly size: number;
  readonly bytes: number;
  /** The number of each row's key, new keys added. Rows with a 1 in `skip` get -1 and add nothing. */
  insert(words: Int32Array, length: number, skip: Uint8Array | undefined): Int32Array;
  /** The number of each row's key, -1 for those that are not in the table. */
  find(words: Int32Array, length: number, skip: Uint8Array | undefined): Int32Array;
}

export function createWordTable(width: number): WordTable {
  const keys = growableInts(16 * width);
  let size = 0;
  // Open addressing, at most half full: -1 is a free slot.
  let slots = new Int32Array(32).fill(-1);

  const hashAt = (words: Int32Array, row: number): number => {
    if (width === 2) return hashWordPair(words[2 * row] as number, words[2 * row + 1] as number);
    return width === 1 ? hashWord(words[row] as number) : hashWords(words, row * width, width);
  };
  const grow = (): void => {
    slots = new Int32Array(slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let key = 0; key < size; key++) {
      let slot = hashAt(keys.array, key) & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = key;
    }
  };
  const insertOne = (words: Int32Array, row: number): number => {
    const mask = slots.length - 1;
    const stored = keys.array;
    let slot = hashAt(words, row) & mask;
    for (let key = slots[slot] as number; key !== -1; key = slots[slot] as number) {
      if (sameWords(stored, key * width, words, row * width, width)) return key;
      slot = (slot + 1) & mask;
    }
    slots[slot] = size;
    reserveInts(keys, width);
    for (let word = 0; word < width; word++) keys.array[keys.length + word] = words[row * width + word] as number;
    keys.length += width;
    size++;
    if (size * 2 > slots.length) grow();
    return size - 1;
  };

  return {
    get size() {
      return size;
    },
    get bytes() {
      return (keys.array.length + slots.length) * 4;
    },
    insert: (words, length, skip) => {
      const found = new Int32Array(length);
      for (let row = 0; row < length; row++) found[row] = skip !== undefined && skip[row] === 1 ? -1 : insertOne(words, row);
      return found;
    },
    find: (words, length, skip) => {
      const found = width === 2 ? findPairs(slots, keys.array, words, length) : findKeys(slots, keys.array, words, { length, width });
      if (skip !== undefined) for (let row = 0; row < length; row++) if (skip[row] === 1) found[row] = -1;
      return found;
    },
  };
}

function sameWords(left: Int32Array, leftStart: number, right: Int32Array, rightStart: number, width: number): boolean {
  for (let i = 0; i < width; i++) if (left[leftStart + i] !== right[rightStart + i]) return false;
  return true;
}

/** The loop that a merge on a 64-bit key spends its time in. */
function findPairs(slots: Int32Array, keys: Int32Array, words: Int32Array, length: number): Int32Array {
  const found = new Int32Array(length);
  const mask = slots.length - 1;
  for (let row = 0; row < length; row++) {
    const low = words[2 * row] as number;
    const high = words[2 * row + 1] as number;
    let slot = hashWordPair(low, high) & mask;
    let key = slots[slot] as number;
    while (key !== -1 && (keys[2 * key] !== low || keys[2 * key + 1] !== high)) {
      slot = (slot + 1) & mask;
      key = slots[slot] as number;
    }
    found[row] = key;
  }
  return found;
}

function findKeys(
  slots: Int32Array,
  keys: Int32Array,
  words: Int32Array,
  shape: { readonly length: number; readonly width: number },
): Int32Array {
  const { length, width } = shape;
  const found = new Int32Array(length);
  const mask = slots.length - 1;
  for (let row = 0; row < length; row++) {
    let slot = (width === 1 ? hashWord(words[row] as number) : hashWords(words, row * width, width)) & mask;
    let key = slots[slot] as number;
    while (key !== -1 && !sameWords(keys, key * width, words, row * width, width)) {
      slot = (slot + 1) & mask;
      key = slots[slot] as number;
    }
    found[row] = key;
  }
  return found;
}
