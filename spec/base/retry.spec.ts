import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { abortError } from "../../src/base/abort.js";
import { systemHost, type Host } from "../../src/base/host.js";
import { backoffMs, retry } from "../../src/base/retry.js";

/** A host whose time passes only by sleeping. */
function sleepingHost(random: () => number): { host: Host; waits: number[] } {
  const waits: number[] = [];
  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) throw abortError(signal);
    waits.push(ms);
  };
  return { host: { ...systemHost, random, sleep }, waits };
}

const always = { attemptsMax: 5, baseMs: 100, maxMs: 1000, isTransient: () => true };

describe("retry", () => {
  test("waits below the exponential bound and the maximum, and stops at the first success", async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 5 }), async (random, succeedsAt) => {
        const { host, waits } = sleepingHost(() => random);
        const result = await retry(host, always, async (number) => {
          if (number < succeedsAt) throw new Error("again");
          return number;
        });
        expect(result).toBe(succeedsAt);
        expect(waits).toEqual([100, 200, 400, 800].slice(0, succeedsAt - 1).map((bound) => Math.floor(random * bound)));
      }),
    );
  });

  test("throws the last error as it is", async () => {
    const { host, waits } = sleepingHost(() => 0.5);
    const run = retry(host, always, async (number) => {
      throw new Error(`attempt ${number}`);
    });
    await expect(run).rejects.toThrow("attempt 5");
    expect(waits).toEqual([50, 100, 200, 400]);
  });

  test("does not try again what is not transient", async () => {
    const { host } = sleepingHost(() => 0);
    let attempts = 0;
    const run = retry(host, { ...always, isTransient: () => false }, async () => {
      attempts += 1;
      throw new Error("final");
    });
    await expect(run).rejects.toThrow("final");
    expect(attempts).toBe(1);
  });

  test("an abort ends the waiting", async () => {
    const { host } = sleepingHost(() => 0);
    const run = retry(host, { ...always, signal: AbortSignal.abort() }, async () => Promise.reject(new Error("again")));
    await expect(run).rejects.toMatchObject({ code: "usage/aborted" });
  });

  test("the wait stays finite after any number of failures", () => {
    expect(backoffMs({ random: () => 0.999 }, { baseMs: 100, maxMs: 20_000 }, 5000)).toBe(19_980);
  });
});
