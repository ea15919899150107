import fc from "fast-check";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { programs, type ModelRow, type Program } from "../model/program.js";
import { cellOf, difference } from "./cells.js";
import { columnType } from "./column-type.js";
import { count, missingPeers } from "./environment.js";
import { freshFolder } from "./fresh-folder.js";
import { peers, type Engine, type EngineName } from "./peers.js";
import type { Deed } from "./script.js";
import { soak } from "./soak.js";
import { trace } from "./trace.js";

interface Question {
  readonly program: Program;
  /** Draws of a column, an operator and a value that the column has. */
  readonly draws: readonly (readonly [column: number, operator: string, value: number])[];
}

const questions: fc.Arbitrary<Question> = fc.record({
  program: programs(5),
  draws: fc.array(fc.tuple(fc.nat(), fc.constantFrom("=", "<", ">=", "<=>", "is null", "is not null"), fc.nat()), {
    minLength: 3,
    maxLength: 3,
  }),
});

/** Types that a literal can be written of in the SQL of all engines. */
const comparable = /^(boolean|byte|short|int|long|float|double|decimal|string|date|timestamp)/;

/** Comparisons of columns with values they hold, as Spark writes them. */
function predicates({ program, draws }: Question): readonly string[] {
  const columns = Object.entries(program.schema).filter(([, type]) => comparable.test(type));
  const rows: readonly ModelRow[] = program.steps.flatMap((step) => ("rows" in step ? step.rows : []));
  return draws.map(([at, operator, pick]) => {
    const [name, type] = columns[at % columns.length] ?? ["k", "int"];
    const values = rows.map((row) => row[name]).filter((value) => value !== null && isSimple(value));
    if (operator.startsWith("is") || values.length === 0) return `${name} ${operator.startsWith("is") ? operator : "is null"}`;
    const cell = String(cellOf(columnType(type), values[pick % values.length]));
    return `${name} ${operator} cast('${cell.replace("T", type.startsWith("timestamp") ? " " : "T")}' as ${type})`;
  });
}

/** Texts that every engine's SQL spells alike. */
function isSimple(value: unknown): boolean {
  return typeof value !== "string" || /^[^'\\\n\u0001]*$/.test(value);
}

describe("statistics and partition values that laketable wrote", () => {
  const runs = { spark: count("LAKETABLE_PEERS_SPARK_RUNS", 12), duckdb: count("LAKETABLE_PEERS_RUNS", 150) };
  for (const peer of [peers.duckdb, peers.spark]) {
    const name = peer.name as "spark" | "duckdb";
    test.skipIf(missingPeers(name))(
      `filters on ${runs[name]} random tables find in ${name} the same rows with and without skipping`,
      () =>
        soak({
          name: `${name} skips`,
          arbitrary: questions,
          runs: runs[name],
          check: async (question, folder) => {
            const made = await trace(question.program, join(folder, "table"), [peers.ours]);
            for (const where of predicates(question)) await expectSame(peer, made.table, question.program.schema, where);
          },
          deeds: (question) => deedsOf(name, question),
        }),
    );
  }

  test.skipIf(missingPeers("spark", "duckdb"))("are believed: a file whose statistics lie is skipped", async () => {
    const schema = { k: "int" };
    const program: Program = { schema, partitionBy: [], properties: {}, steps: [{ kind: "append", rows: [{ k: 1 }, { k: 5 }] }] };
    const { table } = await trace(program, freshFolder(), [peers.ours]);
    const log = join(table, "_delta_log", "00000000000000000001.json");
    const lying = readFileSync(log, "utf8").replace('\\"maxValues\\":{\\"k\\":5}', '\\"maxValues\\":{\\"k\\":4}');
    expect(lying).toContain('{\\"k\\":4}');
    writeFileSync(log, lying);
    for (const [peer, rows] of [
      [peers.spark, 1],
      [peers.duckdb, 1],
    ] as const) {
      // prettier-ignore
      expect((await peer.rows(table, schema, { where: "k = 5", skipping: false })).rows, peer.name).toHaveLength(rows);
      expect((await peer.rows(table, schema, { where: "k = 5" })).rows, peer.name).toHaveLength(0);
    }
  });
});

async function expectSame(peer: Engine, table: string, schema: Program["schema"], where: string): Promise<void> {
  const skipping = await peer.rows(table, schema, { where });
  const everything = await peer.rows(table, schema, { where, skipping: false });
  const lost = difference(skipping, everything);
  if (lost.length > 0) throw new Error([`${peer.name} skips rows where ${where}:`, ...lost].join("\n"));
  const ours = difference(await peers.ours.rows(table, schema, { where }), everything);
  if (ours.length > 0) throw new Error([`laketable finds other rows than ${peer.name} where ${where}:`, ...ours].join("\n"));
}

function deedsOf(name: EngineName, question: Question): readonly Deed[] {
  const { program } = question;
  const { schema } = program;
  return [
    { by: "laketable", do: "create", program },
    ...program.steps.map((step): Deed => ({ by: "laketable", do: "step", schema, step })),
    ...predicates(question).map((where): Deed => ({ by: name, do: "read", schema, where })),
    ...predicates(question).map((where): Deed => ({ by: "laketable", do: "read", schema, where })),
  ];
}
