import { abortError } from "./abort.js";
import { availableParallelism, totalmem } from "node:os";
import { randomUUID } from "node:crypto";

/**
 * Where all non-determinism enters: time, ids, randomness, waiting, the environment.
 * Everything below the composition root takes a `Host`; simulation injects its own.
 */
export interface Host {
  /** Milliseconds since the epoch. */
  now(): number;
  /** A random version-4 UUID, lower case. */
  uuid(): string;
  /** A number in [0, 1). */
  random(): number;
  /** Resolves after `ms` milliseconds, or rejects with `usage/aborted` as soon as `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Resolves in a later turn of the event loop, so that timers and sockets of the same process get theirs. */
  yieldTurn(): Promise<void>;
  /** An environment variable. */
  env(name: string): string | undefined;
  readonly cpus: number;
  readonly totalMemoryBytes: number;
}

/** The host of a real process. */
export const systemHost: Host = {
  now: () => Date.now(),
  uuid: () => randomUUID(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError(signal));
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(abortError(signal));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
  yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
  env: (name) => process.env[name],
  cpus: availableParallelism(),
  totalMemoryBytes: totalmem(),
};
