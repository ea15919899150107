import { join } from "node:path";
import { describe, test } from "vitest";
import { programs } from "../model/program.js";
import { count, missingPeers } from "./environment.js";
import { knownFault } from "./ledger.js";
import { peers } from "./peers.js";
import { soak } from "./soak.js";
import { expectRead, trace } from "./trace.js";

describe("tables that laketable reads", () => {
  const runs = { spark: count("LAKETABLE_PEERS_SPARK_RUNS", 25), "delta-rs": count("LAKETABLE_PEERS_RUNS", 400) };
  for (const peer of [peers.deltars, peers.spark]) {
    const name = peer.name as "spark" | "delta-rs";
    test.skipIf(missingPeers(name))(`${runs[name]} random ones that ${name} wrote have the right rows at every version`, () =>
      soak({
        name: `${name} writes`,
        arbitrary: programs(6),
        runs: runs[name],
        check: async (program, folder) => {
          if (knownFault(name, "writes", program)) return;
          await expectRead(peers.ours, await trace(program, join(folder, "table"), [peer]));
        },
        deeds: (program) => [
          { by: name, do: "create", program },
          ...program.steps.map((step) => ({ by: name, do: "step", schema: program.schema, step }) as const),
          { by: "laketable", do: "read", schema: program.schema },
        ],
      }),
    );
  }
});
