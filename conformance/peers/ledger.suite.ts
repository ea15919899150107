import { describe, expect, test } from "vitest";
import { missingPeers } from "./environment.js";
import { freshFolder } from "./fresh-folder.js";
import { faults } from "./ledger.js";
import { peers, type Engine } from "./peers.js";
import { expectRead, trace } from "./trace.js";

const engines: Readonly<Record<string, Engine>> = { spark: peers.spark, "delta-rs": peers.deltars };

describe("what other engines are known to do wrong", () => {
  for (const { engine, does, reason, proof } of faults) {
    test.skipIf(missingPeers(engine))(`${engine} ${does}: ${reason}`, async () => {
      const peer = engines[engine] ?? peers.ours;
      const [writer, reader] = does === "reads" ? [peers.ours, peer] : [peer, peers.ours];
      const outcome = trace(proof, freshFolder(), [writer]).then((made) => expectRead(reader, made));
      await expect(outcome, `${engine} does it right now: take the entry out of ledger.ts`).rejects.toThrow();
    });
  }
});
