import fc from "fast-check";
import { expect, test } from "vitest";
import { schedules } from "./schedule.js";
import { simulate } from "./simulate.js";
import { expectAllMet, schedulesWanted, simulateMany } from "./suite.js";

test("rival writers, readers and a store that fails leave a table as its statements in a row do", { timeout: 600_000 }, async () => {
  const totals = await simulateMany("Serializable", schedulesWanted);
  console.log(`Serializable: ${JSON.stringify(totals)}`);
  expectAllMet(totals);
});

test("a schedule runs the same way every time", async () => {
  for (const schedule of fc.sample(schedules("Serializable"), 5))
    expect((await simulate(schedule)).trace).toEqual((await simulate(schedule)).trace);
});
