import type { Connection } from "../../src/api/runtime.js";
import { storageError } from "../../src/storage/storage-error.js";
import { createSimulatedHost } from "../doubles/simulated-host.js";
import { createSimulatedStore, type CallSimulation } from "../doubles/simulated-store.js";
import type { Fate, PendingCall } from "../doubles/scheduler.js";
import type { Statement } from "./operations.js";
import type { ScheduledFault } from "./schedule.js";
import { connectProcess, type World } from "./world.js";

/** What a fault did to a call. */
export interface Strike {
  readonly call: PendingCall;
  readonly effect: ScheduledFault["effect"];
  /** Whether a version had been put before, for the statement under way. */
  readonly isAfterPut: boolean;
}

/** One process: what it runs, its clock, and what goes wrong for it. It outlives its deaths. */
export interface Process {
  readonly name: string;
  /** Since the statement or read under way began. */
  readonly strikes: readonly Strike[];
  skewMs: number;
  /** The statement under way. */
  current: Statement | undefined;
  isDone: boolean;
  /** What it failed with: a violation that its own code noticed. */
  failure: unknown;
  /** A statement or a read begins: what struck before is no excuse for it. */
  begin(statement?: Statement): void;
  /** Begins anew with nothing remembered; calls of the life before stay unanswered. */
  start(): void;
  /** What is to become of a call of it, and whether that is its end. */
  fateOf(call: PendingCall): Decision;
}

export type Decision = { readonly fate: Fate; readonly fault: ScheduledFault | undefined } | { readonly crash: ScheduledFault };

export interface ProcessOptions {
  readonly name: string;
  readonly skewMs: number;
  readonly seed: number;
  readonly pageSize: number;
  readonly faults: readonly ScheduledFault[];
  readonly run: (connection: Connection, process: Process) => Promise<void>;
}

const versionFile = /^_delta_log\/\d{20}\.json$/;

export function isCommit(call: PendingCall): boolean {
  return (call.operation === "putIfAbsent" || call.operation === "put") && versionFile.test(call.key);
}

export function createProcess(world: World, options: ProcessOptions): Process {
  const { name, seed, pageSize, run } = options;
  const faults = options.faults.map((fault) => ({ fault, seen: 0 }));
  let life = 0;
  let hasPut = false;
  const strikes: Strike[] = [];
  let failing = 0;

  const decide = (call: PendingCall): Decision => {
    for (const entry of faults) {
      if (entry.fault.at === "commit" && !isCommit(call)) continue;
      entry.seen += 1;
      if (entry.seen !== entry.fault.skip + 1) continue;
      if (entry.fault.effect === "crash") return { crash: entry.fault };
      failing = entry.fault.failing;
      return { fate: fateUnder(entry.fault, call, world), fault: entry.fault };
    }
    if (failing === 0 || !canFail(call)) return { fate: { kind: "carry-out" }, fault: undefined };
    failing -= 1;
    return { fate: { kind: "fail-before", error: failure(call, world) }, fault: undefined };
  };
  const process: Process = {
    name,
    strikes,
    skewMs: options.skewMs,
    current: undefined,
    isDone: false,
    failure: undefined,
    begin(statement) {
      strikes.length = 0;
      hasPut = false;
      process.current = statement;
    },
    start() {
      const mine = ++life;
      failing = 0;
      process.begin();
      const call: CallSimulation = (operation, key, carryOut) =>
        mine === life ? world.scheduler.call({ process: name, operation, key }, carryOut) : new Promise(() => {});
      const host = createSimulatedHost({ seed: seed + mine, clock: world.clock, skewMs: () => process.skewMs, call });
      const simulated = createSimulatedStore(world.store, call, pageSize);
      const store = world.variant.store?.(simulated, world.clock) ?? simulated;
      run(connectProcess(store, host, world.variant), process).then(
        () => (process.isDone = true),
        (error: unknown) => (process.failure = error),
      );
    },
    fateOf(call) {
      const decision = decide(call);
      if ("fate" in decision && decision.fate.kind !== "carry-out")
        strikes.push({ call, effect: decision.fault?.effect ?? "fail-before", isAfterPut: hasPut });
      hasPut ||= isCommit(call);
      return decision;
    },
  };
  return process;
}

function canFail({ operation }: PendingCall): boolean {
  return operation !== "sleep" && operation !== "yield" && operation !== "abort";
}

const writes: ReadonlySet<string> = new Set(["put", "putIfAbsent", "openWriter", "write", "close"]);

/** A fault does to a call what it can do to one of its kind. */
function fateUnder(fault: ScheduledFault, call: PendingCall, world: World): Fate {
  if (!canFail(call) || fault.effect === "clock-jump" || fault.effect === "crash") return { kind: "carry-out" };
  const isWrite = writes.has(call.operation);
  if (fault.effect === "echo") return call.operation === "putIfAbsent" ? { kind: "echo" } : { kind: "carry-out" };
  if (fault.effect === "no-space" && isWrite) return { kind: "fail-before", error: failure(call, world, "storage/no-space") };
  if (fault.effect === "lose-reply" || fault.effect === "late") return { kind: fault.effect, error: failure(call, world) };
  // A read that fails with `storage/io` has found the object damaged, which no fault here does.
  const code = isWrite && fault.amount % 2 === 1 ? "storage/io" : "storage/unavailable";
  return { kind: "fail-before", error: failure(call, world, code) };
}

function failure(
  call: PendingCall,
  { store: { url } }: World,
  code: "storage/unavailable" | "storage/io" | "storage/no-space" = "storage/unavailable",
): Error {
  const { operation, key } = call;
  const name = operation === "write" || operation === "close" ? "openWriter" : operation;
  return storageError(code, `The fault that was asked for (${operation} ${key}).`, { url, key, operation: name as "get" });
}
