import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { monotonicTimes, versionAt } from "../../../src/delta/protocol/time-travel.js";

const commits = fc
  .array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 12 })
  .map((times) => times.map((modifiedMs, version) => ({ version, modifiedMs })));

describe("commit times", () => {
  it("ascend strictly and are never before the file's", () => {
    fc.assert(
      fc.property(commits, (files) => {
        const times = monotonicTimes(files);
        for (const [at, time] of times.entries()) {
          expect(time.timestampMs).toBeGreaterThanOrEqual(files[at]?.modifiedMs ?? 0);
          expect(time.timestampMs).toBeGreaterThan(times[at - 1]?.timestampMs ?? -1);
        }
      }),
    );
  });

  it("give the newest version not later than a time, by definition", () => {
    fc.assert(
      fc.property(commits, fc.integer({ min: -5, max: 80 }), (files, wanted) => {
        const times = monotonicTimes(files);
        const first = times[0]?.timestampMs ?? 0;
        const last = times.at(-1)?.timestampMs ?? 0;
        if (wanted < first || wanted > last) {
          expect(() => versionAt(times, wanted)).toThrow(expect.objectContaining({ code: "delta/timestamp-out-of-range" }));
        } else {
          expect(versionAt(times, wanted)).toBe(
            Math.max(...times.filter((time) => time.timestampMs <= wanted).map((time) => time.version)),
          );
        }
      }),
    );
  });

  it("outside of the range name both ends with their versions", () => {
    const times = monotonicTimes([
      { version: 3, modifiedMs: 0 },
      { version: 4, modifiedMs: 86_400_000 },
    ]);
    expect(() => versionAt(times, -1)).toThrow(
      /before the first.*1970-01-01T00:00:00.000Z \(version 3\).*1970-01-02T00:00:00.000Z \(version 4\)/,
    );
    expect(() => versionAt(times, 1e12)).toThrow(/after the last/);
    expect(() => versionAt([], 5)).toThrow(expect.objectContaining({ code: "delta/timestamp-out-of-range" }));
  });
});
