import { assert } from "./assert.js";
import type { Host } from "./host.js";

/** How long to wait between attempts. */
export interface Backoff {
  /** The wait after the first failure is below this. */
  readonly baseMs: number;
  /** No wait is longer. */
  readonly maxMs: number;
}

export interface RetryOptions extends Backoff {
  /** How often to try in all; 1 = never again. */
  readonly attemptsMax: number;
  /** Whether a later attempt may succeed. An outcome that is unknown is not for here: trying again could do the work twice. */
  readonly isTransient: (error: unknown) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The result of the first attempt (1, 2, …) that succeeds. The error of the last one is thrown as it is, and so is one
 * that is not transient.
 *
 * @throws usage/aborted when `signal` aborts during a wait
 */
export async function retry<R>(host: Host, options: RetryOptions, attempt: (number: number) => Promise<R>): Promise<R> {
  assert(Number.isSafeInteger(options.attemptsMax) && options.attemptsMax >= 1, "work is attempted at least once");
  for (let number = 1; ; number += 1) {
    try {
      return await attempt(number);
    } catch (error) {
      if (number >= options.attemptsMax || !options.isTransient(error)) throw error;
    }
    await host.sleep(backoffMs(host, options, number), options.signal);
  }
}

/**
 * The wait after failure number `failures` (1, 2, …): anything from 0 to the exponential bound, evenly ("full jitter"), so
 * that rivals who failed together do not meet again.
 */
export function backoffMs(host: Pick<Host, "random">, backoff: Backoff, failures: number): number {
  // Past 2^52 the factor adds nothing but the risk of infinity.
  const bound = Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(failures - 1, 52));
  return Math.floor(host.random() * bound);
}
