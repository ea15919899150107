import fc from "fast-check";
import type { IsolationLevel } from "../../src/table/table-format.js";
import { schedules } from "./schedule.js";
import { simulate, type Outcome } from "./simulate.js";

/** What a number of schedules came to, in sum. */
export interface Totals {
  schedules: number;
  calls: number;
  versions: number;
  crashes: number;
  faults: number;
}

const wish = process.env["LAKETABLE_SIMULATIONS"];
/** `npm run simulate`: of all simulations the whole. */
export const isFull = wish !== undefined;
/** Of each isolation level; few when they run among all other tests. */
export const schedulesWanted = Number(wish ?? 12);
/** How long the soak lasts, and that it is wanted. */
export const soakSeconds = Number(process.env["LAKETABLE_SIM_SECONDS"] ?? 0);

export function noTotals(): Totals {
  return { schedules: 0, calls: 0, versions: 0, crashes: 0, faults: 0 };
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

function addTo(totals: Totals, { trace, versions, crashes, faults }: Outcome): void {
  totals.schedules += 1;
  totals.calls += trace.length;
  totals.versions += versions;
  totals.crashes += crashes;
  totals.faults += faults;
}
