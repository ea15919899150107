import type { DeltaTable } from "../../src/api/delta-table.js";
import { LakeError } from "../../src/base/errors.js";
import type { Connection } from "../../src/api/runtime.js";
import { perform, type Operation, type Statement } from "./operations.js";
import { isCommit, type Process } from "./process.js";
import type { WriterPlan } from "./schedule.js";
import { Violation } from "./violation.js";
import { openTable, type World } from "./world.js";

/** Opens the table and sees the newest version there is, whatever fails on the way: faults are finite. */
export async function openNewest(world: World, connection: Connection, process: Process): Promise<DeltaTable> {
  for (;;) {
    process.begin();
    const before = world.ledger.newestVersion;
    try {
      const table = await openTable(connection);
      assertFresh(process, table.version, before);
      return table;
    } catch (error) {
      assertStoreFailure(process, error, "open");
    }
  }
}

/** Whether it moved to the newest version; if not, the store had failed. */
export async function refresh(world: World, table: DeltaTable, process: Process): Promise<boolean> {
  process.begin();
  const before = world.ledger.newestVersion;
  try {
    await table.refresh();
    assertFresh(process, table.version, before);
    return true;
  } catch (error) {
    assertStoreFailure(process, error, "refresh");
    return false;
  }
}

function assertFresh(process: Process, version: number, atLeast: number): void {
  if (version < atLeast)
    throw new Violation("stale-view", `${process.name} was shown version ${version}; ${atLeast} had been there before`);
}

export function assertStoreFailure(process: Process, error: unknown, what: string): void {
  if (error instanceof Violation) throw error;
  if (isStoreFailure(error) && process.strikes.length > 0) return;
  throw unexpected(process, error, what);
}

function isStoreFailure(error: unknown): error is LakeError {
  return (["storage/unavailable", "storage/io", "storage/no-space"] as const).some((code) => LakeError.is(error, code));
}

function unexpected(process: Process, error: unknown, what: string): Violation {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const code = LakeError.is(error) ? error.code : "no LakeError";
  const struck = process.strikes.map(({ call, effect }) => `${effect} ${call.operation} ${call.key}`).join(", ");
  return new Violation("unexpected-error", `${process.name}, ${what}: ${code} after [${struck}]: ${text}`);
}

/** Goes on where it died: what it died of is not begun again, but for what may be repeated. */
export function writerOf(world: World, plan: WriterPlan, index: number): (connection: Connection, process: Process) => Promise<void> {
  let next = 0;
  return async (connection, process) => {
    const table = await openNewest(world, connection, process);
    for (let step = plan.steps[next]; step !== undefined; step = plan.steps[next]) {
      const { operation } = step;
      if (operation.kind === "ingest") await ingest(world, table, process, { number: 0, id: `batch ${operation.batch}`, operation });
      next += 1;
      if (operation.kind === "ingest" || (step.refresh && !(await refresh(world, table, process)))) continue;
      await run(world, table, process, { number: 100 + index * 10 + next, id: `${process.name} statement ${next}`, operation });
    }
  };
}

/** As a job does it: again, until it is told that the batch is there. */
async function ingest(world: World, table: DeltaTable, process: Process, statement: Statement): Promise<void> {
  while (!(await run(world, table, process, statement))) await refresh(world, table, process);
}

/** Whether it was acknowledged. */
async function run(world: World, table: DeltaTable, process: Process, statement: Statement): Promise<boolean> {
  const { ledger } = world;
  const readVersion = table.version;
  process.begin(statement);
  ledger.note({ kind: "begun", statement });
  try {
    ledger.note({ kind: "acknowledged", statement, said: await perform(table, statement) });
    return true;
  } catch (error) {
    judgeFailure(world, process, statement, readVersion, error);
    return false;
  } finally {
    process.begin();
  }
}

/** A statement fails by one of three: the store, a rival, or the store in a way that leaves the outcome open. */
function judgeFailure(world: World, process: Process, statement: Statement, readVersion: number, error: unknown): void {
  const { ledger } = world;
  if (LakeError.is(error, "delta/commit-unknown")) {
    // "exists" may mean that the very call had succeeded: so a failure of reading back leaves open what became of any put.
    if (!process.strikes.some(({ call, isAfterPut }) => isAfterPut && !isCommit(call)))
      throw new Violation("unfounded-doubt", `${statement.id} could have known what became of it: ${error.message}`);
    ledger.note({ kind: "doubted", statement });
    return;
  }
  if (LakeError.is(error, "delta/conflict")) assertFounded(world, statement, readVersion, error);
  else assertStoreFailure(process, error, JSON.stringify(statement));
  // Another process may ingest the same batch.
  if (statement.operation.kind === "ingest") return;
  ledger.note({ kind: "refused", statement, reason: String(error) });
}

/** A conflict has a winner that the statement had not seen; what only adds rows has none but a change of the table's definition. */
function assertFounded({ ledger }: World, statement: Statement, readVersion: number, error: LakeError): void {
  const winner = Number(error.context["version"]);
  const winners = ledger.statementsBetween(readVersion, winner).map(({ operation }) => operation.kind);
  const isFounded = winners.length > 0 && (!adding.has(statement.operation.kind) || winners.some((kind) => redefining.has(kind)));
  if (!isFounded) throw new Violation("unfounded-conflict", `${statement.id} on version ${readVersion}: ${error.message}`);
}

const adding: ReadonlySet<Operation["kind"]> = new Set(["append", "ingest", "widen"]);
const redefining: ReadonlySet<Operation["kind"]> = new Set(["set-property", "widen"]);
