import { LakeError } from "./errors.js";

/** The error of work that its caller cancelled. */
export function abortError(signal?: AbortSignal): LakeError {
  return new LakeError("usage/aborted", "The operation was aborted by its signal. Nothing further was written.", {}, signal?.reason);
}

/** Call between files and batches: throws `usage/aborted` once `signal` has aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}

/**
 * The items of `source` until `signal` aborts: also while the source keeps its next item waiting, perhaps for ever. The source is
 * then told to end, and nobody waits for that.
 *
 * @throws usage/aborted
 */
export async function* untilAborted<T>(source: Iterable<T> | AsyncIterable<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
  if (signal === undefined) {
    yield* source;
    return;
  }
  const items = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortError(signal));
    signal.addEventListener("abort", onAbort, { once: true });
  });
  // The rejection is seen by the race; without one under way nobody asks for it.
  aborted.catch(() => {});
  let isDone = false;
  try {
    for (;;) {
      throwIfAborted(signal);
      const next = await Promise.race([items.next(), aborted]);
      if (next.done === true) {
        isDone = true;
        return;
      }
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    if (!isDone) {
      const ended = Promise.resolve(items.return?.()).catch(() => {});
      if (!signal.aborted) await ended;
    }
  }
}
