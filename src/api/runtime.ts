import { createMemoryBudget, type MemoryBudget } from "../base/memory.js";
import { LakeError } from "../base/errors.js";
import { systemHost } from "../base/host.js";
import { silentLogger } from "../base/logger.js";
import { createDeltaFormat } from "../delta/delta-format.js";
import type { EngineContext } from "../engine/context.js";
import { createLazyCodec, type LazyCodec } from "../parquet/codec/codec-lazy.js";
import { createFileLocator } from "../storage/file-locator.js";
import { createStoreResolver } from "../storage/resolver.js";
import type { ObjectStore } from "../storage/object-store.js";
import type { IsolationLevel, TableFormat } from "../table/table-format.js";
import type { ConnectOptions } from "./options.js";

const defaultMemoryLimitBytes = 1 << 30;
const defaultMaxAttempts = 200;

/** The options that say how to reach a table, and those of later features, which are refused by name. */
export const connectOptionNames = [
  "memoryLimit",
  "workers",
  "maxAttempts",
  "isolation",
  "logger",
  "s3",
  "allowedLocations",
  "signal",
] as const;
export const laterConnectOptions = {
  spillDir: "spilling to disk",
} as const;

/** Everything a handle needs to work on the table at one location: the composition of host, store, codec and format. */
export interface Connection {
  readonly url: string;
  readonly context: EngineContext;
  readonly codec: LazyCodec;
  readonly format: TableFormat;
  readonly maxAttempts: number;
  /** `undefined`: the table's own. */
  readonly isolation: IsolationLevel | undefined;
}

/** The table location `url` under `options`. Nothing is read yet, and no worker is started. */
export function connect(url: string, options: ConnectOptions): Connection {
  if (typeof url !== "string" || url === "") {
    throw new LakeError(
      "usage/invalid-option",
      `A table is named by a path or URL, found ${typeof url === "string" ? "an empty string" : typeof url}.`,
    );
  }
  const { resolve } = createStoreResolver({ s3: options.s3 });
  const store = resolve(url);
  return connectStore(store, options, createFileLocator(store, { resolve, allowed: allowedLocations(options.allowedLocations) }));
}

/** As `connect`, for a store that is at hand. */
export function connectStore(store: ObjectStore, options: ConnectOptions, files = createFileLocator(store)): Connection {
  const { codec, memory } = resources(options);
  const logger = options.logger ?? silentLogger;
  return {
    url: store.url,
    context: { host: systemHost, store, files, codec, memory, logger },
    codec,
    format: createDeltaFormat({ store, files, host: systemHost, codec, logger }),
    maxAttempts: positiveInteger("maxAttempts", options.maxAttempts) ?? defaultMaxAttempts,
    isolation: isolationLevel(options.isolation),
  };
}

interface Resources {
  readonly codec: LazyCodec;
  readonly memory: MemoryBudget;
}

/** Handles with the same limits share workers and budget: a process with a hundred tables still has one pool. */
const shared = new Map<string, Resources>();

export function resources(options: Pick<ConnectOptions, "workers" | "memoryLimit">): Resources {
  const limitBytes = positiveInteger("memoryLimit", options.memoryLimit) ?? defaultMemoryLimitBytes;
  const workers = options.workers === 0 ? 0 : (positiveInteger("workers", options.workers) ?? systemHost.cpus);
  const key = `${workers}/${limitBytes}`;
  const known = shared.get(key);
  if (known !== undefined) return known;
  // The workers' own memory counts too: what they may take, reads and writes on this side may not.
  const codecBytes = Math.floor(limitBytes / 2);
  const made: Resources = {
    codec: createLazyCodec({ workers, memoryLimitBytes: codecBytes }),
    memory: createMemoryBudget(limitBytes - codecBytes),
  };
  shared.set(key, made);
  return made;
}

function allowedLocations(value: readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((location) => typeof location === "string" && location !== "")) return value;
  throw new LakeError("usage/invalid-option", `allowedLocations is a list of folders or URLs, found ${JSON.stringify(value)}.`, {
    option: "allowedLocations",
  });
}

function isolationLevel(value: IsolationLevel | undefined): IsolationLevel | undefined {
  if (value === undefined || value === "Serializable" || value === "WriteSerializable") return value;
  throw new LakeError(
    "usage/invalid-option",
    `isolation is "Serializable", "WriteSerializable" or left out, found ${JSON.stringify(value)}.`,
    { option: "isolation", value: String(value) },
  );
}

function positiveInteger(option: string, value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!Number.isSafeInteger(value) || value <= 0) {
    throw new LakeError("usage/invalid-option", `${option} must be a whole number above 0, found ${String(value)}.`, {
      option,
      value: String(value),
    });
  }
  return value;
}
