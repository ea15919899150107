import type { FaultyOperation } from "./faulty-store.js";

export type ScheduledOperation = FaultyOperation | "abort" | "sleep" | "yield";

/** A call that a process waits for. */
export interface PendingCall {
  readonly process: string;
  readonly operation: ScheduledOperation;
  readonly key: string;
}

/** What becomes of a call. */
export type Fate =
  | { readonly kind: "carry-out" }
  /** Nothing is done, and the caller gets the error. */
  | { readonly kind: "fail-before"; readonly error: Error }
  /** It is done, and the caller gets the error. */
  | { readonly kind: "lose-reply"; readonly error: Error }
  /** The caller gets the error now; the call is done when somebody runs what `settle` gives back. */
  | { readonly kind: "late"; readonly error: Error }
  /** It is done; `"created"` becomes `"exists"`, as a client gives it that repeated a put after a lost reply. */
  | { readonly kind: "echo" }
  /** The caller is dead and never hears of it. */
  | { readonly kind: "orphan" };

/** Holds every call of every process until it is told which comes next. */
export interface Scheduler {
  call<R>(call: PendingCall, carryOut: () => Promise<R>): Promise<R>;
  /** The calls that wait, oldest first. */
  pending(process?: string): readonly PendingCall[];
  /** Ends the wait of a call. The work of a call that is late or of the dead is handed back, to be done later or never. */
  settle(call: PendingCall, fate: Fate): Promise<(() => Promise<void>) | undefined>;
}

interface Entry {
  readonly call: PendingCall;
  readonly carryOut: () => Promise<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export function createScheduler(): Scheduler {
  const entries: Entry[] = [];
  return {
    call: <R>(call: PendingCall, carryOut: () => Promise<R>) =>
      new Promise<R>((resolve, reject) => {
        entries.push({ call, carryOut, resolve: resolve as (result: unknown) => void, reject });
      }),
    pending: (process) => entries.map(({ call }) => call).filter((call) => process === undefined || call.process === process),
    async settle(call, fate) {
      const at = entries.findIndex((entry) => entry.call === call);
      const [entry] = entries.splice(at, at < 0 ? 0 : 1);
      if (entry === undefined) throw new Error(`${call.operation} ${call.key} does not wait`);
      const later = async (): Promise<void> => void (await entry.carryOut().catch(() => undefined));
      if (fate.kind === "orphan") return later;
      if (fate.kind === "fail-before" || fate.kind === "late") {
        entry.reject(fate.error);
        return fate.kind === "late" ? later : undefined;
      }
      try {
        const result = await entry.carryOut();
        if (fate.kind === "lose-reply") entry.reject(fate.error);
        else entry.resolve(fate.kind === "echo" && result === "created" ? "exists" : result);
      } catch (error) {
        entry.reject(error);
      }
      return undefined;
    },
  };
}

/**
 * Lets everything run that waits for nothing but itself. Once all modules are loaded what the engine does between two calls of
 * store and host is promises alone, and those are all done when the event loop turns.
 */
export function runUntilQuiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
