import { systemHost, type Host } from "../../src/base/host.js";
import { createDeltaContext, type DeltaContext } from "../../src/delta/delta-context.js";
import { commitPath } from "../../src/delta/protocol/log-path.js";
import { createInlineCodec } from "../../src/parquet/codec/codec-inline.js";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import type { ObjectStore } from "../../src/storage/object-store.js";
import { createCountingStore, type CountingStore } from "../doubles/counting-store.js";

/** A table whose log is written by hand, one JSON line per action, with a clock that the test moves. */
export interface LogFixture {
  readonly store: CountingStore;
  /** A fresh context: nothing is cached in it. */
  context(): DeltaContext;
  readonly warnings: string[];
  /** Milliseconds since the epoch at which the next object is stored. */
  clockMs: number;
  commit(version: number, ...actions: readonly object[]): Promise<void>;
  put(key: string, bytes: Uint8Array | string): Promise<void>;
}

const codec = createInlineCodec();

export function logFixture(): LogFixture {
  const warnings: string[] = [];
  const inner: ObjectStore = createMemoryStore({ now: () => fixture.clockMs });
  const store = createCountingStore(inner);
  const host: Host = { ...systemHost, now: () => fixture.clockMs };
  const fixture: LogFixture = {
    store,
    warnings,
    clockMs: 1_700_000_000_000,
    context: () => createDeltaContext({ store, host, codec, logger: { warn: (message) => void warnings.push(message) } }),
    commit: (version, ...actions) => fixture.put(commitPath(version), actions.map((action) => JSON.stringify(action)).join("\n")),
    put: (key, bytes) => inner.put(key, typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes),
  };
  return fixture;
}

export const protocol = { protocol: { minReaderVersion: 1, minWriterVersion: 2 } };

export interface MetadataOptions {
  readonly fields?: readonly (readonly [name: string, type: unknown])[];
  readonly partitionColumns?: readonly string[];
  readonly configuration?: Readonly<Record<string, string>>;
}

export function metaData({ fields = [["id", "long"]], partitionColumns = [], configuration = {} }: MetadataOptions = {}): object {
  const schema = { type: "struct", fields: fields.map(([name, type]) => ({ name, type, nullable: true, metadata: {} })) };
  return {
    metaData: {
      id: "5fba94ed-9794-4965-ba6e-6ee3c0d22af9",
      format: { provider: "parquet", options: {} },
      schemaString: JSON.stringify(schema),
      partitionColumns,
      configuration,
      createdTime: 1,
    },
  };
}

export interface AddOptions {
  readonly partitionValues?: Readonly<Record<string, string | null>>;
  readonly stats?: object;
  readonly size?: number;
  readonly deletionVector?: object;
}

export function add(path: string, { partitionValues = {}, stats, size = 100, deletionVector }: AddOptions = {}): object {
  return {
    add: {
      path,
      partitionValues,
      size,
      modificationTime: 1,
      dataChange: true,
      ...(stats === undefined ? {} : { stats: JSON.stringify(stats) }),
      ...(deletionVector === undefined ? {} : { deletionVector }),
    },
  };
}

export function remove(path: string): object {
  return { remove: { path, deletionTimestamp: 1_700_000_000_000, dataChange: true } };
}
