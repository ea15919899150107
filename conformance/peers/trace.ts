import { expectedAfter } from "../model/oracle.js";
import type { ModelRow, Program } from "../model/program.js";
import { difference, typedRows } from "./cells.js";
import { isRefusal, type Engine } from "./peers.js";

/** A table that a program made, and the rows that each version must have. */
export interface Trace {
  readonly table: string;
  readonly schema: Program["schema"];
  readonly versions: ReadonlyMap<number, readonly ModelRow[]>;
}

/** Who does what: the table is created by the first engine, step i is done by `turns[i + 1]`; one engine does all when it is alone. */
export type Turns = readonly [Engine, ...Engine[]];

/** Runs a program; what an engine does must be what the oracle says, and a refusal must be the oracle's too. */
export async function trace(program: Program, table: string, turns: Turns): Promise<Trace> {
  await turns[0].create(table, program);
  let rows: readonly ModelRow[] = [];
  const versions = new Map([[0, rows]]);
  for (const [index, step] of program.steps.entries()) {
    const engine = turns[(index + 1) % turns.length] ?? turns[0];
    const expected = expectedAfter(rows, step);
    const outcome = await engine.run(table, program.schema, step).catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      return error;
    });
    const name = `step ${index + 1} (${step.kind} by ${engine.name})`;
    if ("error" in expected) {
      if (typeof outcome === "number") throw new Error(`${name} must be refused: ${expected.error}`);
      continue;
    }
    if (typeof outcome !== "number") throw new Error(`${name} is refused: ${outcome.message}`, { cause: outcome });
    rows = expected.rows;
    versions.set(outcome, rows);
  }
  return { table, schema: program.schema, versions };
}

/** Every version, or the given ones, as this engine reads it, is the oracle's. */
export async function expectRead(engine: Engine, { table, schema, versions }: Trace): Promise<void> {
  const problems = await Promise.all(
    [...versions].map(async ([version, rows]) => {
      const read = await engine.rows(table, schema, { version });
      const lines = difference(read, typedRows(schema, rows));
      return lines.length === 0 ? [] : [`version ${version} as ${engine.name} reads it:`, ...lines.map((line) => `  ${line}`)];
    }),
  );
  if (problems.some((lines) => lines.length > 0)) throw new Error(problems.flat().join("\n"));
}
