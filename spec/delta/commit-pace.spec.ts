import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCommitPace } from "../../src/delta/commit-pace.js";

const most = { random: () => 0.999_999 };

describe("createCommitPace", () => {
  test("who is several versions behind has caught up, and goes on at once", () => {
    const pace = createCommitPace(most);
    expect([pace.afterLoss(2, 50), pace.afterLoss(40, 50)]).toEqual([0, 0]);
  });

  test("who lost a race waits for up to four times what an attempt takes, and no longer however often it loses", () => {
    const pace = createCommitPace(most);
    expect([1, 2, 3, 4, 50].map(() => pace.afterLoss(1, 10))).toEqual([9, 19, 39, 39, 39]);
    expect(pace.afterLoss(1, 60_000)).toBe(999);
  });

  test("waits are spread evenly from nothing on", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(2000), (random, tookMs) => {
        const wait = createCommitPace({ random: () => random }).afterLoss(1, tookMs);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBe(Math.floor(random * Math.min(1000, Math.max(2, tookMs))));
      }),
    );
  });

  test("a store that fails is asked less and less often; an answer makes it new", () => {
    const pace = createCommitPace(most);
    expect([1, 2, 3].map(() => pace.afterFailure())).toEqual([9, 19, 39]);
    pace.afterLoss(3, 1);
    expect(pace.afterFailure()).toBe(9);
  });
});
