import { setMaxListeners } from "node:events";
import pLimit from "p-limit";
import { throwIfAborted } from "./abort.js";
import { assert } from "./assert.js";

/**
 * Runs tasks, at most so many at once, first come, first served. One limiter belongs to one level: a task that waits for
 * another task of its own limiter can wait for ever.
 */
export type Limiter = <R>(task: () => Promise<R>, signal?: AbortSignal) => Promise<R>;

/** A task whose `signal` has aborted by the time its turn comes is not started: `usage/aborted`. */
export function createLimiter(concurrency: number): Limiter {
  assert(Number.isSafeInteger(concurrency) && concurrency >= 1, "a limiter lets at least one task run");
  const limit = pLimit(concurrency);
  return (task, signal) =>
    limit(() => {
      throwIfAborted(signal);
      return task();
    });
}

/** What `mapOrdered` hands to the function beside the item. */
export interface MapContext {
  /** 0-based place of the item. */
  readonly index: number;
  /** Aborts as soon as nobody wants the result any more: the caller's signal, an earlier failure, or an early return. */
  readonly signal: AbortSignal;
}

/**
 * The results of `fn` in the order of `items`, computed ahead: at most `concurrency` are under way or waiting to be taken.
 *
 * Items are taken, and `fn` is called, strictly in order. So a function that begins by reserving memory from a
 * first-come-first-served budget gets it in order too, and a later result can never starve an earlier one.
 *
 * A failure (of `fn` or of `items`) surfaces in its place, after the results before it; no item is started once one has
 * failed. On failure, abort and early return the calls under way get their signal aborted and are awaited, results that
 * nobody will take go to `drop`, and `items` is closed: when the generator has ended nothing goes on in the background.
 *
 * @throws usage/aborted when `signal` aborts
 */
export async function* mapOrdered<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  concurrency: number,
  fn: (item: T, context: MapContext) => Promise<R> | R,
  signal?: AbortSignal,
  drop?: (result: R) => void,
): AsyncGenerator<R, void, undefined> {
  assert(Number.isSafeInteger(concurrency) && concurrency >= 1, "mapOrdered works on at least one item at a time");
  throwIfAborted(signal);
  const stop = new AbortController();
  // Every call under way may listen; Node takes more than ten listeners for a leak.
  setMaxListeners(0, stop.signal);
  const forward = (): void => stop.abort(signal?.reason);
  signal?.addEventListener("abort", forward, { once: true });
  const pump = createPump(items, concurrency, fn, stop.signal);
  let failed = false;
  let isDone = false;
  try {
    for (let head = await pump.next(); head !== undefined; head = await pump.next()) {
      if (head.state === "done" && signal?.aborted) drop?.(head.result);
      throwIfAborted(signal);
      if (head.state === "failed") throw head.error;
      yield head.result;
    }
    isDone = true;
    throwIfAborted(signal);
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    signal?.removeEventListener("abort", forward);
    // Aborting makes an error with a stack, which small and frequent uses would pay for without having anything to stop.
    if (!isDone) stop.abort();
    const closing = await pump.drain(drop);
    // An error that is already on its way says more than one met while closing the source.
    if (closing !== undefined && !failed) throw closing.error;
  }
}

type Failure = { readonly state: "failed"; readonly error: unknown };
type Outcome<R> = { readonly state: "done"; readonly result: R } | Failure;

interface Pump<R> {
  /** The outcome of the next item, or `undefined` after the last one. Room that becomes free is filled at once. */
  next(): Promise<Outcome<R> | undefined>;
  /** Waits until nothing is under way and closes the source; what closing failed with. */
  drain(drop: ((result: R) => void) | undefined): Promise<Failure | undefined>;
}

/** Keeps up to `concurrency` calls of `fn` under way. Its promises never reject, so none can go unhandled. */
function createPump<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  concurrency: number,
  fn: (item: T, context: MapContext) => Promise<R> | R,
  signal: AbortSignal,
): Pump<R> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const queue: Promise<Outcome<R>>[] = [];
  let pulling: Promise<void> | undefined;
  let started = 0;
  /** No more items are taken: the source has ended, something failed, or the consumer has left. */
  let ended = false;
  let sourceOpen = true;

  const call = async (item: T, index: number): Promise<Outcome<R>> => {
    const outcome = await settle(() => fn(item, { index, signal }));
    if (outcome.state === "failed") ended = true;
    return outcome;
  };
  const pull = async (): Promise<void> => {
    const step = await settle(() => source.next());
    if (step.state === "done" && step.result.done !== true) {
      if (!ended) queue.push(call(step.result.value, started++));
      return;
    }
    ended = true;
    sourceOpen = false;
    if (step.state === "failed") queue.push(Promise.resolve(step));
  };
  const fill = (): void => {
    if (ended || signal.aborted || pulling !== undefined || queue.length >= concurrency) return;
    pulling = pull().then(() => {
      pulling = undefined;
      fill();
    });
  };

  return {
    async next() {
      for (;;) {
        fill();
        const head = queue[0];
        if (head !== undefined) {
          const outcome = await head;
          queue.shift();
          fill();
          return outcome;
        }
        if (pulling === undefined) return undefined;
        await pulling;
      }
    },
    async drain(drop) {
      ended = true;
      await pulling;
      for (const outcome of await Promise.all(queue)) if (outcome.state === "done") drop?.(outcome.result);
      const closing = await settle(() => (sourceOpen ? source.return?.() : undefined));
      return closing.state === "failed" ? closing : undefined;
    },
  };
}

async function settle<R>(work: () => Promise<R> | R): Promise<Outcome<R>> {
  try {
    return { state: "done", result: await work() };
  } catch (error) {
    return { state: "failed", error };
  }
}
