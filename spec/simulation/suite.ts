import fc from "fast-check";
import { expect } from "vitest";
import type { IsolationLevel } from "../../src/table/table-format.js";
import { schedules } from "./schedule.js";
import { simulate, type Outcome } from "./simulate.js";

/** What a number of schedules came to, in sum. */
export type Totals = Record<(typeof totalNames)[number], number>;

const totalNames = [
  ...(["schedules", "calls", "faults", "crashes", "versions"] as const),
  ...(["acknowledged", "skipped", "refused", "doubted", "reads"] as const),
] as const;

const wish = process.env["LAKETABLE_SIMULATIONS"];
/** `npm run simulate`: of all simulations the whole. */
export const isFull = wish !== undefined;
/** Of each isolation level; few when they run among all other tests. */
export const schedulesWanted = Number(wish ?? 12);
/** How long the soak lasts, and that it is wanted. */
export const soakSeconds = Number(process.env["LAKETABLE_SIM_SECONDS"] ?? 0);

export function noTotals(): Totals {
  return Object.fromEntries(totalNames.map((name) => [name, 0])) as Totals;
}

/** Runs random schedules; a violation comes with seed, path and the smallest schedule that shows it. */
export async function simulateMany(
  isolation: IsolationLevel,
  numRuns: number,
  options: { readonly seed?: number; readonly totals?: Totals } = {},
): Promise<Totals> {
  const { seed, totals = noTotals() } = options;
  const property = fc.asyncProperty(schedules(isolation), async (schedule) => addTo(totals, await simulate(schedule)));
  await fc.assert(property, { numRuns, ...(seed === undefined ? {} : { seed }) });
  return totals;
}

function addTo(totals: Totals, outcome: Outcome): void {
  const one: Totals = { ...outcome, schedules: 1, calls: outcome.trace.length };
  for (const name of totalNames) totals[name] += one[name];
}

/** Everything that a simulation is about has happened: with many schedules that is certain. */
export function expectAllMet(totals: Totals): void {
  if (isFull) for (const name of totalNames) expect(totals[name], name).toBeGreaterThan(0);
}
