import { createTable } from "../../src/api/create-table.js";
import { loadEngine } from "../../src/api/load-engine.js";
import { runUntilQuiet, type PendingCall } from "../doubles/scheduler.js";
import { perform, rowsIn, type Statement } from "./operations.js";
import type { LedgerCounts } from "./ledger.js";
import { createProcess, type Process } from "./process.js";
import { readerOf } from "./run-reader.js";
import { writerOf } from "./run-writer.js";
import type { Schedule, ScheduledFault, TableShape } from "./schedule.js";
import { Violation } from "./violation.js";
import { connectAtOnce, createWorld, openTable, type Variant, type World } from "./world.js";

/** What a schedule came to. */
export interface Outcome extends LedgerCounts {
  /** Every call in the order in which it was settled, and what became of it. */
  readonly trace: readonly string[];
  readonly versions: number;
  readonly crashes: number;
  /** Calls that failed, lost their reply or were late. */
  readonly faults: number;
}

/** More calls than any schedule needs. */
const callsMax = 20_000;
/** Turns of the event loop that code may take between two calls before it is thought to be loading modules. */
const quietTurnsMax = 50;
const loadingMs = 15_000;

/**
 * Runs a schedule to its end and judges it after every call: the same schedule gives the same trace.
 *
 * @throws Violation with the end of the trace
 */
export async function simulate(schedule: Schedule, variant: Variant = {}): Promise<Outcome> {
  const world = createWorld(schedule.table, variant);
  await makeTable(world, schedule.table, schedule.seed);
  const run = createRun(world, schedule);
  try {
    for (const process of run.processes) process.start();
    for (let calls = 0; await run.step(); calls++)
      if (calls > callsMax) throw new Violation("stuck", `the processes do not end within ${callsMax} calls`);
    await inspect(world, schedule.seed);
  } catch (error) {
    if (error instanceof Violation) error.message += `\nThe last calls:\n${run.trace.slice(-60).join("\n")}`;
    throw error;
  }
  return { trace: run.trace, versions: world.ledger.newestVersion + 1, ...run.counts, ...world.ledger.counts };
}

async function makeTable(world: World, shape: TableShape, seed: number): Promise<void> {
  const connection = connectAtOnce(world, seed ^ 0x5eed);
  await loadEngine(connection);
  const properties = {
    "delta.checkpointInterval": String(shape.checkpointInterval),
    "delta.isolationLevel": shape.isolation,
    "delta.parquet.compression.codec": "uncompressed",
  };
  const schema = { k: "int", v: "int", p: "int" } as const;
  await createTable(connection, { schema, partitionBy: shape.isPartitioned ? ["p"] : [], properties });
  const table = await openTable(connection);
  for (let at = 0; at < shape.keys.length; at += 2) {
    const statement: Statement = {
      number: at + 1,
      id: `setup ${at}`,
      operation: { kind: "append", keys: shape.keys.slice(at, at + 2) },
    };
    world.ledger.note({ kind: "begun", statement });
    world.ledger.note({ kind: "acknowledged", statement, said: await perform(table, statement) });
  }
  await world.ledger.check();
  world.clock.advance(1000);
}

interface Run {
  readonly processes: readonly Process[];
  readonly trace: readonly string[];
  readonly counts: { readonly crashes: number; readonly faults: number };
  /** One call more; `false` when there is none left. */
  step(): Promise<boolean>;
}

/** Calls that are carried out later than their callers know. */
interface LateCall {
  readonly name: string;
  readonly afterCalls: number;
  readonly carryOut: () => Promise<void>;
}

function createRun(world: World, schedule: Schedule): Run {
  const { scheduler, ledger, clock } = world;
  const processes = processesOf(world, schedule);
  const trace: string[] = [];
  const counts = { crashes: 0, faults: 0 };
  const choose = chooser(world, schedule, processes);
  let late: readonly LateCall[] = [];

  const runLate = async (all: boolean): Promise<void> => {
    const due = late.filter(({ afterCalls }) => all || afterCalls <= trace.length);
    late = late.filter((call) => !due.includes(call));
    for (const call of due) {
      trace.push(`${call.name} is carried out`);
      await call.carryOut();
    }
  };
  const crash = async (process: Process, fault: ScheduledFault): Promise<void> => {
    counts.crashes += 1;
    trace.push(`${process.name} dies`);
    for (const [at, call] of scheduler.pending(process.name).entries()) {
      const carryOut = await scheduler.settle(call, { kind: "orphan" });
      const isDone = ((fault.amount >> (at % 5)) & 1) === 1;
      if (carryOut !== undefined && isDone) late = [...late, lateCall(call, trace.length + (fault.amount & 32), carryOut)];
    }
    const { current } = process;
    if (current !== undefined) ledger.note({ kind: "doubted", statement: current });
    process.start();
  };
  const settle = async (process: Process, call: PendingCall): Promise<void> => {
    const decision = process.fateOf(call);
    if ("crash" in decision) return crash(process, decision.crash);
    const { fate, fault } = decision;
    if (fault?.effect === "clock-jump") jump(world, process, fault);
    if (fate.kind !== "carry-out") counts.faults += 1;
    trace.push(`${nameOf(call)}${fate.kind === "carry-out" ? "" : `: ${fate.kind}`}`);
    const carryOut = await scheduler.settle(call, fate);
    if (carryOut !== undefined) late = [...late, lateCall(call, trace.length + (fault?.amount ?? 0), carryOut)];
  };

  return {
    processes,
    trace,
    counts,
    async step() {
      await untilQuiet(world, processes);
      await runLate(false);
      await ledger.check();
      for (const { failure } of processes) if (failure !== undefined) throw failure;
      const chosen = choose();
      if (chosen !== undefined) {
        clock.advance(1);
        await settle(chosen.process, chosen.call);
        return true;
      }
      await runLate(true);
      await ledger.check();
      return false;
    },
  };
}

function processesOf(world: World, { writers, readers, faults, seed, table }: Schedule): readonly Process[] {
  const count = writers.length + readers.length;
  const common = (index: number): { readonly faults: readonly ScheduledFault[]; readonly seed: number; readonly pageSize: number } => ({
    faults: faults.filter((fault) => fault.process % count === index),
    seed: seed + index * 1009,
    pageSize: table.pageSize,
  });
  return [
    ...writers.map((plan, index) =>
      createProcess(world, { ...common(index), name: `writer ${index}`, skewMs: plan.skewMs, run: writerOf(world, plan, index) }),
    ),
    ...readers.map((steps, index) =>
      createProcess(world, { ...common(writers.length + index), name: `reader ${index}`, skewMs: 0, run: readerOf(world, steps) }),
    ),
  ];
}

/** Who is next: by the bursts, then one process after the other. */
function chooser(
  { scheduler }: World,
  { bursts }: Schedule,
  processes: readonly Process[],
): () => { readonly process: Process; readonly call: PendingCall } | undefined {
  let burst = 0;
  let used = 0;
  const pick = (process: Process, at: number): { readonly process: Process; readonly call: PendingCall } | undefined => {
    const waiting = scheduler.pending(process.name);
    const call = waiting[at % Math.max(1, waiting.length)];
    return call && { process, call };
  };
  return () => {
    for (let plan = bursts[burst]; plan !== undefined; plan = bursts[burst]) {
      const process = processes[plan.process % processes.length];
      const chosen = process && used < plan.calls ? pick(process, plan.pick) : undefined;
      if (chosen !== undefined) {
        used += 1;
        return chosen;
      }
      burst += 1;
      used = 0;
    }
    for (const process of processes) {
      const chosen = pick(process, 0);
      if (chosen !== undefined) return chosen;
    }
    return undefined;
  };
}

/** Every process waits for a call or has ended: only then is one chosen, so it does not matter how long that takes. */
async function untilQuiet({ scheduler }: World, processes: readonly Process[]): Promise<void> {
  for (let turns = 0; ; turns++) {
    await runUntilQuiet();
    const busy = processes.find(({ name, isDone, failure }) => !isDone && failure === undefined && scheduler.pending(name).length === 0);
    if (busy === undefined) return;
    if (turns > quietTurnsMax + loadingMs) throw new Violation("stuck", `${busy.name} waits for nothing and does not end`);
    // Modules that are loaded for the first time take real time.
    if (turns > quietTurnsMax) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function jump(world: World, process: Process, { amount }: ScheduledFault): void {
  const ms = (amount - 32) * 60_000;
  if (amount % 2 === 0) process.skewMs += ms;
  else world.storeClock.skewMs += ms;
}

function lateCall(call: PendingCall, afterCalls: number, carryOut: () => Promise<void>): LateCall {
  return { name: nameOf(call), afterCalls, carryOut };
}

function nameOf({ process, operation, key }: PendingCall): string {
  return `${process}: ${operation} ${key.replaceAll("\n", ", ")}`;
}

/** Somebody who comes later finds the versions as they were made. */
async function inspect(world: World, seed: number): Promise<void> {
  const connection = connectAtOnce(world, seed ^ 0xe4d);
  // Readers have looked at others.
  for (let version = world.ledger.newestVersion; version >= 0; version -= 2) {
    const table = await openTable(connection, { version });
    const rows = await rowsIn(table);
    world.ledger.note({ kind: "read", who: "the inspector", version, rows });
  }
  await world.ledger.check();
  const table = await openTable(connection);
  const count = await table.count();
  if (table.version !== world.ledger.newestVersion || count !== world.ledger.rowsAt(table.version).length)
    throw new Violation("stale-view", `opened anew the table is at version ${table.version} and counts ${count} rows`);
}
