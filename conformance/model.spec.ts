import fc from "fast-check";
import { expect, test } from "vitest";
import { DeltaTable, LakeError } from "laketable";
import { bagDifference, bagOf } from "./reference/bag.js";
import { expectedAfter } from "./model/oracle.js";
import { programs, type MatchedClause, type ModelRow, type Program, type Step } from "./model/program.js";

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

async function perform(table: DeltaTable<ModelRow>, step: Step): Promise<unknown> {
  switch (step.kind) {
    case "append":
      return table.append([...step.rows]);
    case "overwrite":
      return table.overwrite([...step.rows], step.where === undefined ? {} : { where: step.where.sql });
    case "delete":
      return table.delete(step.where === undefined ? {} : step.where.sql);
    case "update":
      return table.update({ set: step.update.set as Record<string, string>, ...whereSql(step) });
    case "merge":
      return merge(table, step);
    case "checkpoint":
      return table.checkpoint();
    case "reopen":
      return undefined;
  }
}

function merge(table: DeltaTable<ModelRow>, step: Extract<Step, { kind: "merge" }>): Promise<unknown> {
  let builder = table.merge({ source: [...step.rows], on: "target.k = source.k" });
  for (const clause of step.matched) {
    builder =
      clause.action === "update-all"
        ? builder.whenMatchedUpdateAll(whereSql(clause))
        : clause.action === "delete"
          ? builder.whenMatchedDelete(whereSql(clause))
          : builder.whenMatchedUpdate({ set: setOf(clause), ...whereSql(clause) });
  }
  for (const clause of step.notMatched) builder = builder.whenNotMatchedInsertAll(whereSql(clause));
  for (const clause of step.bySource) {
    builder =
      clause.action === "delete"
        ? builder.whenNotMatchedBySourceDelete(whereSql(clause))
        : builder.whenNotMatchedBySourceUpdate({ set: setOf(clause), ...whereSql(clause) });
  }
  return builder.execute();
}

function setOf(clause: MatchedClause): Record<string, string> {
  return clause.action === "update" ? (clause.update.set as Record<string, string>) : {};
}

function whereSql(clause: { readonly where?: { readonly sql: string } }): { readonly where?: string } {
  return clause.where === undefined ? {} : { where: clause.where.sql };
}
