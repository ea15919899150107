import fc from "fast-check";
import { join } from "node:path";
import { describe, test } from "vitest";
import { programs, type Program } from "../model/program.js";
import { count, missingPeers } from "./environment.js";
import { knownFault } from "./ledger.js";
import { peers, type Engine } from "./peers.js";
import { soak } from "./soak.js";
import { expectRead, trace, type Turns } from "./trace.js";

interface Game {
  readonly program: Program;
  readonly turns: Turns;
}

/** Programs with an engine for the creation and for each step; the last one plays from the first again. */
function games(players: readonly Engine[]): fc.Arbitrary<Game> {
  const turns = fc.array(fc.constantFrom(...players), { minLength: 2, maxLength: 6 }) as unknown as fc.Arbitrary<Turns>;
  return fc.record({ program: programs(6), turns });
}

describe("engines that take turns on one table", () => {
  play("laketable and delta-rs", [peers.ours, peers.deltars], count("LAKETABLE_PEERS_RUNS", 200));
  play("laketable, Spark and delta-rs", [peers.ours, peers.spark, peers.deltars], count("LAKETABLE_PEERS_SPARK_RUNS", 25));
});

function play(title: string, players: readonly Engine[], runs: number): void {
  const missing = missingPeers(...players.flatMap(({ name }) => (name === "laketable" ? [] : [name])));
  test.skipIf(missing)(`${title}: ${runs} random programs leave the right rows at every version`, () =>
    soak({
      name: `turns of ${title}`,
      arbitrary: games(players),
      runs,
      check: async ({ program, turns }, folder) => {
        if (turns.some(({ name }) => knownFault(name, "writes", program) ?? knownFault(name, "reads", program))) return;
        const made = await trace(program, join(folder, "table"), turns);
        for (const engine of new Set([peers.ours, ...turns])) {
          // A JVM takes long to read a version: it reads the newest, and what it writes to it has to read anyway.
          await expectRead(engine, engine === peers.spark ? { ...made, versions: new Map([...made.versions].slice(-1)) } : made);
        }
      },
      deeds: ({ program, turns }) => [
        { by: turns[0].name, do: "create", program },
        ...program.steps.map((step, index) => {
          const { name } = turns[(index + 1) % turns.length] ?? turns[0];
          return { by: name, do: "step", schema: program.schema, step } as const;
        }),
        ...[...new Set([peers.ours, ...turns])].map(({ name }) => ({ by: name, do: "read", schema: program.schema }) as const),
      ],
    }),
  );
}
