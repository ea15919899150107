import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  deletesFilesInDoubt,
  forgetsItsTxnId,
  ignoresWhatItRead,
  putsUnconditionally,
  takesDoubtForFailure,
  trustsStaleListings,
} from "./broken.js";
import { schedules, type ScheduledFault } from "./schedule.js";
import { simulate } from "./simulate.js";
import { isFull } from "./suite.js";
import { Violation, type Rule } from "./violation.js";
import type { Variant } from "./world.js";

/** What a broken engine is caught by, and within how many schedules at the latest. */
interface Case {
  readonly name: string;
  readonly variant: Variant;
  readonly rules: readonly Rule[];
  readonly schedulesMax: number;
  /** What every fault of a schedule is like, for an engine that only a rare one would catch. */
  readonly fault?: Pick<ScheduledFault, "at" | "effect" | "failing">;
}

const cases: readonly Case[] = [
  {
    name: "that does not know its own commit again after a lost reply commits twice",
    variant: forgetsItsTxnId,
    rules: ["committed-twice", "refused-but-committed", "file-twice", "unfounded-conflict", "live-file-deleted"],
    schedulesMax: 200,
  },
  {
    name: "that puts versions without a condition replaces those of rivals",
    variant: putsUnconditionally,
    rules: ["version-rewritten"],
    schedulesMax: 50,
  },
  {
    name: "that trusts listings which lag behind shows old versions",
    variant: trustsStaleListings,
    rules: ["stale-view"],
    schedulesMax: 20,
  },
  {
    name: "that does not check what it read against rivals breaks the serial order",
    variant: ignoresWhatItRead,
    rules: ["not-serial"],
    schedulesMax: 100,
  },
  {
    name: "that deletes data files of a commit in doubt loses rows",
    variant: deletesFilesInDoubt,
    rules: ["live-file-missing", "live-file-deleted"],
    fault: { at: "commit", effect: "lose-reply", failing: 24 },
    schedulesMax: 100,
  },
  {
    name: "that takes a put of unknown outcome for a failed one denies its commits",
    variant: takesDoubtForFailure,
    rules: ["refused-but-committed", "live-file-deleted", "live-file-missing"],
    fault: { at: "commit", effect: "lose-reply", failing: 0 },
    schedulesMax: 100,
  },
];

describe("an engine is caught", () => {
  test.each(cases)("$name", { timeout: 240_000 }, async ({ variant, rules, schedulesMax, fault }) => {
    const caught: Rule[] = [];
    const property = fc.asyncProperty(schedules("Serializable"), async (schedule) => {
      try {
        const faults = schedule.faults.map((one) => ({ ...one, ...fault }));
        await simulate({ ...schedule, faults }, variant);
      } catch (error) {
        if (error instanceof Violation) caught.push(error.rule);
        throw error;
      }
    });
    // The first that is found will do; that schedules shrink is another test's matter.
    const { numRuns } = await fc.check(property, { numRuns: schedulesMax, endOnFailure: true });
    if (isFull) console.log(`caught by ${String(caught[0])} in schedule ${numRuns}`);
    expect(
      caught.slice(0, 1).filter((rule) => !rules.includes(rule)),
      `after ${numRuns} schedules`,
    ).toEqual([]);
    expect(caught.length, `${numRuns} schedules`).toBeGreaterThan(0);
  });
});
