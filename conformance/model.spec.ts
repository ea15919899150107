import fc from "fast-check";
import { expect, test } from "vitest";
import { DeltaTable, LakeError } from "laketable";
import { bagDifference, bagOf } from "./reference/bag.js";
import { expectedAfter } from "./model/oracle.js";
import { perform } from "./model/perform.js";
import { programs, type ModelRow, type Program } from "./model/program.js";

const runs = Number(process.env["LAKETABLE_MODEL_RUNS"] ?? 300);
const seed = Number(process.env["LAKETABLE_MODEL_SEED"] ?? Date.now() % 2 ** 31);

test(
  `random programs do to a table what they do to a bag of rows, at every version (seed ${seed}, ${runs} programs)`,
  { timeout: 600_000 },
  async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(programs(8), (program) => run(program, `memory://model-${seed}-${number++}`)),
      { seed, numRuns: runs, endOnFailure: false, interruptAfterTimeLimit: 550_000, markInterruptAsFailure: true },
    );
  },
);

async function run(program: Program, url: string): Promise<void> {
  const options = { workers: 0 };
  const { schema, partitionBy, properties } = program;
  let table = await DeltaTable.create(url, { schema, partitionBy, properties, ...options });
  let rows: readonly ModelRow[] = [];
  const versions = new Map<number, readonly ModelRow[]>([[0, rows]]);
  for (const step of program.steps) {
    const expected = expectedAfter(rows, step);
    if (step.kind === "reopen") table = await DeltaTable.open(url, options);
    const failure = await perform(table, step).then(
      () => undefined,
      (error: unknown) => error,
    );
    if ("error" in expected) {
      expect(LakeError.is(failure) && failure.code).toBe(expected.error);
    } else {
      if (failure !== undefined) throw failure;
      rows = expected.rows;
    }
    versions.set(table.version, rows);
    await expectRows(table, rows);
  }
  for (const [version, bag] of versions) await expectRows(await DeltaTable.open(url, { version, ...options }), bag);
}

async function expectRows(table: DeltaTable<ModelRow>, rows: readonly ModelRow[]): Promise<void> {
  expect(bagDifference(bagOf(await table.toArray()), bagOf(rows)), `rows of version ${table.version}`).toEqual([]);
  expect(await table.count(), `count of version ${table.version}`).toBe(rows.length);
  const few = rows.filter((row) => row["k"] === 3);
  expect(bagDifference(bagOf(await table.toArray({ where: "k = 3" })), bagOf(few)), "where k = 3").toEqual([]);
  expect(await table.count({ where: "k = 3" })).toBe(few.length);
}
