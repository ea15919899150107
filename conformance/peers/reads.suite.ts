import { join } from "node:path";
import { describe, test } from "vitest";
import { programs } from "../model/program.js";
import { count, missingPeers } from "./environment.js";
import { knownFault } from "./ledger.js";
import { peers } from "./peers.js";
import { soak } from "./soak.js";
import { expectRead, trace } from "./trace.js";

describe("tables that laketable wrote", () => {
  const runs = { spark: count("LAKETABLE_PEERS_SPARK_RUNS", 40), "delta-rs": count("LAKETABLE_PEERS_RUNS", 400) };
  for (const peer of [peers.deltars, peers.spark]) {
    const name = peer.name as "spark" | "delta-rs";
    test.skipIf(missingPeers(name))(`${runs[name]} random ones are read by ${name} at every version`, () =>
      soak({
        name: `${name} reads`,
        arbitrary: programs(6),
        runs: runs[name],
        check: async (program, folder) => {
          if (knownFault(name, "reads", program)) return;
          await expectRead(peer, await trace(program, join(folder, "table"), [peers.ours]));
        },
        deeds: (program) => [
          { by: "laketable", do: "create", program },
          ...program.steps.map((step) => ({ by: "laketable", do: "step", schema: program.schema, step }) as const),
          { by: name, do: "read", schema: program.schema },
        ],
      }),
    );
  }
});
