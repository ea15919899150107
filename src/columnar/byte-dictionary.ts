import { assertOffsetRange } from "./assemble.js";
import { copyBytes } from "./bits.js";
import { growableInts, reserveInts } from "./growable-ints.js";
import { hashBytes } from "./hash.js";

/** Numbers distinct byte strings in the order of their first appearance. */
export interface ByteDictionary {
  readonly size: number;
  readonly bytes: number;
  /** The number of `values[start, end)`, which is added when new. */
  insert(values: Uint8Array, start: number, end: number): number;
  /** The number of `values[start, end)`, -1 when it is not there. */
  find(values: Uint8Array, start: number, end: number): number;
}

export function createByteDictionary(): ByteDictionary {
  let stored = new Uint8Array(256);
  const ends = growableInts();
  const hashes = growableInts();
  let slots = new Int32Array(32).fill(-1);

  const startOf = (entry: number): number => (entry === 0 ? 0 : (ends.array[entry - 1] as number));
  const isEntry = (entry: number, values: Uint8Array, start: number, end: number): boolean => {
    const from = startOf(entry);
    const length = end - start;
    if ((ends.array[entry] as number) - from !== length) return false;
    for (let i = 0; i < length; i++) if (stored[from + i] !== values[start + i]) return false;
    return true;
  };
  const slotOf = (hash: number, values: Uint8Array, start: number, end: number): number => {
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let entry = slots[slot] as number; entry !== -1; entry = slots[slot] as number) {
      if (hashes.array[entry] === hash && isEntry(entry, values, start, end)) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  };
  const grow = (): void => {
    slots = new Int32Array(slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let entry = 0; entry < ends.length; entry++) {
      let slot = (hashes.array[entry] as number) & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = entry;
    }
  };
  const append = (hash: number, values: Uint8Array, start: number, end: number): number => {
    const from = startOf(ends.length);
    const to = from + end - start;
    assertOffsetRange(to);
    if (to > stored.length) {
      const grown = new Uint8Array(Math.max(to, stored.length * 2));
      grown.set(stored.subarray(0, from));
      stored = grown;
    }
    copyBytes(values, start, stored, from, end - start);
    reserveInts(ends, 1);
    reserveInts(hashes, 1);
    ends.array[ends.length++] = to;
    hashes.array[hashes.length++] = hash;
    return ends.length - 1;
  };

  return {
    get size() {
      return ends.length;
    },
    get bytes() {
      return stored.length + (ends.array.length + hashes.array.length + slots.length) * 4;
    },
    insert: (values, start, end) => {
      const hash = hashBytes(values, start, end);
      const slot = slotOf(hash, values, start, end);
      const known = slots[slot] as number;
      if (known !== -1) return known;
      const entry = append(hash, values, start, end);
      slots[slot] = entry;
      if (ends.length * 2 > slots.length) grow();
      return entry;
    },
    find: (values, start, end) => slots[slotOf(hashBytes(values, start, end), values, start, end)] as number,
  };
}
