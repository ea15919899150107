import { test } from "vitest";
import { noTotals, simulateMany, soakSeconds } from "./suite.js";

test.runIf(soakSeconds > 0)(`random schedules for ${soakSeconds} seconds`, { timeout: (soakSeconds + 600) * 1000 }, async () => {
  const totals = { Serializable: noTotals(), WriteSerializable: noTotals() };
  const endMs = Date.now() + soakSeconds * 1000;
  for (let seed = Date.now() % 2 ** 31; Date.now() < endMs; seed += 1) {
    for (const isolation of ["Serializable", "WriteSerializable"] as const)
      await simulateMany(isolation, 50, { seed, totals: totals[isolation] });
    console.log(`seed ${seed} passed; so far ${JSON.stringify(totals)}`);
  }
});
