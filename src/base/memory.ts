import { abortError } from "./abort.js";
import { assert } from "./assert.js";
import { LakeError } from "./errors.js";

/**
 * A share of memory, in bytes, that work reserves before it allocates and gives back when done.
 *
 * `reserve` waits its turn, strictly first come, first served: a small request never overtakes a big one. So work whose
 * results are taken in order reserves in that order, or a later result holds what an earlier one waits for; and work that
 * holds a lease does not wait for another one.
 */
export interface MemoryBudget {
  readonly limitBytes: number;
  /** More than the limit while one request that is bigger than the whole limit is served. */
  readonly usedBytes: number;
  /**
   * Waits until `bytes` are free. More than the whole limit is granted alone, so that one big row group cannot block for ever.
   *
   * @throws usage/aborted when `signal` aborts before the bytes are granted
   */
  reserve(bytes: number, signal?: AbortSignal): Promise<MemoryLease>;
  /** The lease when it is free at once and nobody waits. */
  tryReserve(bytes: number): MemoryLease | undefined;
  /**
   * Counts bytes that stay for a whole operation, such as the source of a merge: granted at once, also beyond the limit (the caller
   * judges that). They lessen what is free, but a request too big for the rest is still granted when nothing else is reserved.
   */
  hold(bytes: number): MemoryLease;
}

export interface MemoryLease {
  readonly bytes: number;
  /** Safe to call twice. */
  release(): void;
}

interface Waiter {
  readonly bytes: number;
  readonly grant: () => void;
}

/** @throws usage/invalid-option when `limitBytes` is no positive number */
export function createMemoryBudget(limitBytes: number): MemoryBudget {
  if (!(limitBytes > 0)) {
    throw new LakeError("usage/invalid-option", `memoryLimit must be a positive number of bytes, found ${limitBytes}.`, {
      memoryLimit: limitBytes,
    });
  }
  let used = 0;
  /** The part of `used` that nobody waits for. */
  let standing = 0;
  const waiting: Waiter[] = [];
  const fits = (bytes: number): boolean => used === standing || used + bytes <= limitBytes;
  const take = (bytes: number, standingBytes = 0): MemoryLease => {
    used += bytes;
    standing += standingBytes;
    let held = true;
    return {
      bytes,
      release: () => {
        if (!held) return;
        held = false;
        used -= bytes;
        standing -= standingBytes;
        serve();
      },
    };
  };
  const serve = (): void => {
    for (let next = waiting[0]; next !== undefined && fits(next.bytes); next = waiting[0]) {
      waiting.shift();
      next.grant();
    }
  };
  const wait = (bytes: number, signal: AbortSignal | undefined): Promise<MemoryLease> =>
    new Promise((resolve, reject) => {
      const waiter: Waiter = {
        bytes,
        grant: () => {
          signal?.removeEventListener("abort", leave);
          resolve(take(bytes));
        },
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(waiter), 1);
        reject(abortError(signal));
        // The one who left may have been the only one too big for what is free.
        serve();
      };
      signal?.addEventListener("abort", leave, { once: true });
      waiting.push(waiter);
    });
  const tryReserve = (bytes: number): MemoryLease | undefined => {
    assert(bytes >= 0 && bytes < Infinity, "a lease is for a number of bytes");
    return waiting.length === 0 && fits(bytes) ? take(bytes) : undefined;
  };
  return {
    limitBytes,
    get usedBytes() {
      return used;
    },
    async reserve(bytes, signal) {
      if (signal?.aborted) throw abortError(signal);
      return tryReserve(bytes) ?? wait(bytes, signal);
    },
    tryReserve,
    hold: (bytes) => take(bytes, bytes),
  };
}
