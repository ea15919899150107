import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { createLimiter, mapOrdered } from "../../src/base/concurrency.js";
import { LakeError } from "../../src/base/errors.js";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function turns(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await turn();
}

const rejections: unknown[] = [];
process.on("unhandledRejection", (reason) => rejections.push(reason));

afterEach(async () => {
  await turns(2);
  expect(rejections.splice(0)).toEqual([]);
});

/** A source that can be sync or async, slow, fail at its end, and remembers whether it was closed. */
function sourceOf(items: readonly number[], options: { isAsync: boolean; failsAtEnd?: boolean }) {
  const seen = { taken: 0, closed: false };
  function* sync(): Generator<number> {
    try {
      for (const item of items) {
        seen.taken += 1;
        yield item;
      }
      if (options.failsAtEnd) throw new Error("source");
    } finally {
      seen.closed = true;
    }
  }
  async function* slow(): AsyncGenerator<number> {
    for (const item of sync()) {
      await turns(item % 3);
      yield item;
    }
  }
  return { seen, items: options.isAsync ? slow() : sync() };
}

const runs = fc.record({
  delays: fc.array(fc.nat(4), { maxLength: 25 }),
  concurrency: fc.integer({ min: 1, max: 6 }),
  isAsync: fc.boolean(),
});

describe("mapOrdered", () => {
  test("gives every result in order, with at most `concurrency` under way or waiting", async () => {
    await fc.assert(
      fc.asyncProperty(runs, fc.nat(3), async ({ delays, concurrency, isAsync }, consumerDelay) => {
        let started = 0;
        let taken = 0;
        let most = 0;
        const { items, seen } = sourceOf(delays, { isAsync });
        const results: string[] = [];
        const mapped = mapOrdered(items, concurrency, async (delay, { index }) => {
          expect(index).toBe(started);
          started += 1;
          most = Math.max(most, started - taken);
          await turns(delay);
          return `${index}:${delay}`;
        });
        for await (const result of mapped) {
          results.push(result);
          taken += 1;
          await turns(consumerDelay);
        }
        expect(results).toEqual(delays.map((delay, index) => `${index}:${delay}`));
        // The one just handed over has left the queue but is not counted as taken yet.
        expect(most).toBeLessThanOrEqual(concurrency + 1);
        expect(seen.closed).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test("a failure surfaces in its place, after which nothing is under way and the source is closed", async () => {
    await fc.assert(
      fc.asyncProperty(runs, fc.nat(24), fc.boolean(), async ({ delays, concurrency, isAsync }, failAt, sourceFails) => {
        const { items, seen } = sourceOf(delays, { isAsync, failsAtEnd: sourceFails });
        let underWay = 0;
        let aborts = 0;
        const dropped: number[] = [];
        const results: number[] = [];
        const run = async (): Promise<void> => {
          const mapped = mapOrdered(
            items,
            concurrency,
            async (delay, { index, signal }) => {
              signal.addEventListener("abort", () => (aborts += 1));
              underWay += 1;
              await turns(delay);
              underWay -= 1;
              if (index === failAt) throw new Error("item");
              return index;
            },
            undefined,
            (index) => dropped.push(index),
          );
          for await (const result of mapped) results.push(result);
        };
        const outcome = await run().then(
          () => "done",
          (error: Error) => error.message,
        );
        const itemFails = failAt < delays.length;
        expect(outcome).toBe(itemFails ? "item" : sourceFails ? "source" : "done");
        expect(results).toEqual(delays.map((_, index) => index).slice(0, itemFails ? failAt : undefined));
        expect(underWay).toBe(0);
        expect(seen.closed || delays.length === 0).toBe(true);
        expect(dropped.every((index) => index > failAt)).toBe(true);
        expect(dropped.length).toBeLessThan(concurrency);
        expect(aborts).toBeGreaterThanOrEqual(itemFails ? 1 : 0);
      }),
      { numRuns: 150 },
    );
  });

  test("an early return waits for what is under way, hands over what nobody took, and closes the source", async () => {
    await fc.assert(
      fc.asyncProperty(runs, fc.nat(24), async ({ delays, concurrency, isAsync }, takeCount) => {
        fc.pre(takeCount < delays.length);
        const { items, seen } = sourceOf(delays, { isAsync });
        const finished: number[] = [];
        const taken: number[] = [];
        const dropped: number[] = [];
        const work = async (delay: number, { index }: { index: number }): Promise<number> => {
          await turns(delay);
          finished.push(index);
          return index;
        };
        for await (const index of mapOrdered(items, concurrency, work, undefined, (index) => dropped.push(index))) {
          taken.push(index);
          if (taken.length > takeCount) break;
        }
        const atReturn = finished.length;
        expect([...taken, ...dropped].sort((a, b) => a - b)).toEqual([...finished].sort((a, b) => a - b));
        expect(seen.closed).toBe(true);
        await turns(6);
        expect(finished.length).toBe(atReturn);
      }),
      { numRuns: 150 },
    );
  });

  test("an abort ends it with usage/aborted, after the calls under way have ended", async () => {
    const controller = new AbortController();
    let underWay = 0;
    const dropped: number[] = [];
    const run = async (): Promise<void> => {
      const endless = (function* () {
        for (let item = 0; ; item += 1) yield item;
      })();
      const work = async (item: number, { signal }: { signal: AbortSignal }): Promise<number> => {
        underWay += 1;
        await turns(2);
        underWay -= 1;
        if (signal.aborted && item % 2 === 0) throw new Error("cancelled");
        return item;
      };
      for await (const item of mapOrdered(endless, 4, work, controller.signal, (result) => dropped.push(result))) {
        if (item === 5) controller.abort("enough");
      }
    };
    await expect(run()).rejects.toMatchObject({ code: "usage/aborted", cause: "enough" });
    expect(underWay).toBe(0);
    expect(dropped.length).toBeGreaterThan(0);
  });

  test("a signal that has aborted before the start starts nothing", async () => {
    let started = 0;
    const mapped = mapOrdered([1], 1, () => (started += 1), AbortSignal.abort());
    await expect(mapped.next()).rejects.toMatchObject({ code: "usage/aborted" });
    expect(started).toBe(0);
  });

  test("goes on working while the consumer is busy, up to the bound", async () => {
    let started = 0;
    const mapped = mapOrdered([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3, async () => (started += 1));
    await mapped.next();
    await turns(5);
    expect(started).toBe(4);
    await mapped.return();
    expect(started).toBe(4);
  });

  test("a source that fails while being closed is reported by an early return", async () => {
    const source = (function* () {
      try {
        yield 1;
        yield 2;
      } finally {
        throw new Error("closing");
      }
    })();
    const run = async (): Promise<void> => {
      for await (const _ of mapOrdered(source, 1, (item) => item)) break;
    };
    await expect(run()).rejects.toThrow("closing");
  });

  test("its signal takes as many listeners as there are calls, without Node's warning of a leak", async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): unknown => warnings.push(warning);
    process.on("warning", listen);
    const work = async (_: number, { signal }: { signal: AbortSignal }): Promise<void> => {
      signal.addEventListener("abort", () => {});
      await turn();
    };
    for await (const _ of mapOrdered(
      Array.from({ length: 40 }, (_, index) => index),
      32,
      work,
    ));
    await turns(2);
    process.off("warning", listen);
    expect(warnings).toEqual([]);
  });
});

describe("createLimiter", () => {
  test("never runs more tasks than it allows, and hands on results and errors", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), async (delays, concurrency) => {
        const limiter = createLimiter(concurrency);
        let running = 0;
        let most = 0;
        const tasks = delays.map((delay, index) =>
          limiter(async () => {
            most = Math.max(most, ++running);
            await turns(delay);
            running -= 1;
            if (delay === 3) throw new Error(`task ${index}`);
            return index;
          }).catch((error: Error) => error.message),
        );
        expect(await Promise.all(tasks)).toEqual(delays.map((delay, index) => (delay === 3 ? `task ${index}` : index)));
        expect(most).toBe(Math.min(concurrency, delays.length));
      }),
      { numRuns: 80 },
    );
  });

  test("does not start a task whose signal aborted while it waited", async () => {
    const limiter = createLimiter(1);
    const controller = new AbortController();
    let started = false;
    const first = limiter(() => turns(3));
    const second = limiter(async () => {
      started = true;
    }, controller.signal);
    controller.abort();
    await expect(second).rejects.toSatisfy((error) => LakeError.is(error, "usage/aborted"));
    await first;
    expect(started).toBe(false);
  });
});
