/** A list of 32-bit integers that grows by doubling; `array` holds `length` of them and is replaced when it grows. */
export interface GrowableInts {
  array: Int32Array;
  length: number;
}

export function growableInts(capacity = 16): GrowableInts {
  return { array: new Int32Array(capacity), length: 0 };
}

/** Makes room for `count` more; what lies behind `length` is undefined. */
export function reserveInts(list: GrowableInts, count: number): void {
  const needed = list.length + count;
  if (needed <= list.array.length) return;
  const grown = new Int32Array(Math.max(needed, list.array.length * 2));
  grown.set(list.array.subarray(0, list.length));
  list.array = grown;
}
