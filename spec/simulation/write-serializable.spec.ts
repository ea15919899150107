import { test } from "vitest";
import { expectAllMet, schedulesWanted, simulateMany } from "./suite.js";

test("under WriteSerializable a blind append may count as later, and nothing else may", { timeout: 600_000 }, async () => {
  const totals = await simulateMany("WriteSerializable", schedulesWanted);
  console.log(`WriteSerializable: ${JSON.stringify(totals)}`);
  expectAllMet(totals);
});
