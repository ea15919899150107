import { LakeError } from "./errors.js";

/**
 * A share of memory, in bytes, that work reserves before it allocates and gives back when done.
 * `reserve` waits its turn (first come, first served) while others hold the bytes.
 */
export interface MemoryBudget {
  readonly limitBytes: number;
  readonly usedBytes: number;
  /** Waits until `bytes` are free. More than the whole limit is granted alone, so that one big row group cannot block for ever. */
  reserve(bytes: number): Promise<MemoryLease>;
  /** The lease when it is free at once. */
  tryReserve(bytes: number): MemoryLease | undefined;
}

export interface MemoryLease {
  readonly bytes: number;
  /** Safe to call twice. */
  release(): void;
}

/** @throws usage/invalid-option when `limitBytes` is no positive number */
export function createMemoryBudget(limitBytes: number): MemoryBudget {
  if (!(limitBytes > 0)) {
    throw new LakeError("usage/invalid-option", `memoryLimit must be a positive number of bytes, found ${limitBytes}.`, { memoryLimit: limitBytes });
  }
  let used = 0;
  const waiting: { bytes: number; grant: (lease: MemoryLease) => void }[] = [];
  const fits = (bytes: number): boolean => used === 0 || used + bytes <= limitBytes;
  const take = (bytes: number): MemoryLease => {
    used += bytes;
    let held = true;
    return {
      bytes,
      release: () => {
        if (!held) return;
        held = false;
        used -= bytes;
        for (let next = waiting[0]; next !== undefined && fits(next.bytes); next = waiting[0]) {
          waiting.shift();
          next.grant(take(next.bytes));
        }
      },
    };
  };
  return {
    limitBytes,
    get usedBytes() {
      return used;
    },
    reserve: (bytes) =>
      waiting.length === 0 && fits(bytes) ? Promise.resolve(take(bytes)) : new Promise((grant) => waiting.push({ bytes, grant })),
    tryReserve: (bytes) => (waiting.length === 0 && fits(bytes) ? take(bytes) : undefined),
  };
}
