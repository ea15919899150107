import { DeltaTable } from "../../src/api/delta-table.js";
import type { Connection } from "../../src/api/runtime.js";
import type { Host } from "../../src/base/host.js";
import { createMemoryBudget } from "../../src/base/memory.js";
import { silentLogger } from "../../src/base/logger.js";
import { createDeltaFormat } from "../../src/delta/delta-format.js";
import { createLazyCodec } from "../../src/parquet/codec/codec-lazy.js";
import { createFileLocator } from "../../src/storage/file-locator.js";
import type { ObjectStore } from "../../src/storage/object-store.js";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import type { TableFormat, VersionRef } from "../../src/table/table-format.js";
import { createScheduler, type Scheduler } from "../doubles/scheduler.js";
import { createSimulatedHost, createVirtualClock, type VirtualClock } from "../doubles/simulated-host.js";
import { createLedger, type Ledger } from "./ledger.js";
import type { TableShape } from "./schedule.js";
import { watch } from "./watched-store.js";

/** A way to be wrong: what is put between the engine and the store, or between its verbs and the log. */
export interface Variant {
  readonly store?: (store: ObjectStore, clock: VirtualClock) => ObjectStore;
  readonly format?: (format: TableFormat, store: ObjectStore) => TableFormat;
}

/** What all processes share, and those who judge them. */
export interface World {
  readonly scheduler: Scheduler;
  readonly clock: VirtualClock;
  /** How far the store's clock is off. */
  readonly storeClock: { skewMs: number };
  /** Nobody waits here. */
  readonly store: ObjectStore;
  readonly ledger: Ledger;
  readonly variant: Variant;
}

export function createWorld({ isolation }: Pick<TableShape, "isolation">, variant: Variant): World {
  const clock = createVirtualClock(Date.UTC(2026, 0, 1));
  const storeClock = { skewMs: 0 };
  const inner = createMemoryStore({ url: "memory://simulated", now: () => clock.now() + storeClock.skewMs });
  const ledger = createLedger(inner, isolation);
  const store = watch(inner, new Set(), (event) => ledger.note(event));
  return { scheduler: createScheduler(), clock, storeClock, store, ledger, variant };
}

/** One for all: what it does between two calls of the store it does at once, and it keeps nothing. */
const codec = createLazyCodec({ workers: 0, memoryLimitBytes: 256 << 20 });

export function connectProcess(store: ObjectStore, host: Host, variant: Variant = {}): Connection {
  const format = createDeltaFormat({ store, host, codec, logger: silentLogger });
  return {
    url: store.url,
    context: { host, store, files: createFileLocator(store), codec, memory: createMemoryBudget(64 << 20), logger: silentLogger },
    codec,
    format: variant.format?.(format, store) ?? format,
    maxAttempts: 12,
    isolation: undefined,
  };
}

export async function openTable(connection: Connection, at?: VersionRef): Promise<DeltaTable> {
  return new DeltaTable(connection, await connection.format.open(at), at !== undefined);
}

/** Somebody who never waits for anybody: makes the table, and looks at it in the end. */
export function connectAtOnce(world: World, seed: number): Connection {
  const host = createSimulatedHost({ seed, clock: world.clock, skewMs: () => 0, call: (_operation, _key, carryOut) => carryOut() });
  return connectProcess(world.store, host);
}
