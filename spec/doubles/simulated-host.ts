import { throwIfAborted } from "../../src/base/abort.js";
import type { Host } from "../../src/base/host.js";
import { createChance } from "./simulated-chance.js";
import type { CallSimulation } from "./simulated-store.js";

/** Time that passes when the simulation says so, in milliseconds since the epoch. */
export interface VirtualClock {
  now(): number;
  advance(ms: number): void;
}

export function createVirtualClock(startMs: number): VirtualClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance: (ms) => {
      nowMs += Math.max(0, ms);
    },
  };
}

export interface SimulatedHostOptions {
  readonly seed: number;
  readonly clock: VirtualClock;
  /** How far the process's own clock is off, which may change. */
  readonly skewMs: () => number;
  readonly call: CallSimulation;
}

/** The host of one process: its own clock, its own chance, and a sleep that ends when the scheduler says so, never early. */
export function createSimulatedHost({ seed, clock, skewMs, call }: SimulatedHostOptions): Host {
  const chance = createChance(seed);
  return {
    now: () => clock.now() + skewMs(),
    uuid: chance.uuid,
    random: chance.random,
    sleep: (ms, signal) => {
      const wakeMs = clock.now() + ms;
      return call("sleep", `${ms} ms`, async () => {
        clock.advance(wakeMs - clock.now());
        throwIfAborted(signal);
      });
    },
    yieldTurn: () => call("yield", "", async () => undefined),
    env: () => undefined,
    cpus: 2,
    totalMemoryBytes: 1 << 30,
  };
}
