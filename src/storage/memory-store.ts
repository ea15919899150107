import { throwIfAborted } from "../base/abort.js";
import { assert } from "../base/assert.js";
import { systemHost } from "../base/host.js";
import { joinBytes } from "../base/join-bytes.js";
import { compareUtf8 } from "../base/utf8-order.js";
import { assertKey, assertPrefix } from "./object-key.js";
import type { CallOptions, ListOptions, ObjectMeta, ObjectStore, ObjectWriter } from "./object-store.js";
import { isWithin, notFound, outsideObject, type StoreOperation } from "./storage-error.js";

export interface MemoryStoreOptions {
  /** Default: a name that no other store of this process has. */
  readonly url?: string | undefined;
  /** The clock of `modifiedMs`. Default: the system's. */
  readonly now?: (() => number) | undefined;
}

interface StoredObject {
  /** Never changed in place: a new object takes its place. */
  readonly bytes: Uint8Array;
  readonly modifiedMs: number;
}

let anonymousCount = 0;

/** A store that lives as long as this process refers to it. Every change is one step: no other call sees half of it. */
export function createMemoryStore(options: MemoryStoreOptions = {}): ObjectStore {
  const url = options.url ?? `memory://anonymous-${++anonymousCount}`;
  const now = options.now ?? systemHost.now;
  const objects = new Map<string, StoredObject>();
  /** All keys in order, until one comes or goes. */
  let order: readonly string[] | undefined;

  const check = (operation: StoreOperation, key: string, call: CallOptions | undefined): void => {
    throwIfAborted(call?.signal);
    assertKey({ url, key, operation });
  };
  const save = (key: string, bytes: Uint8Array): ObjectMeta => {
    if (!objects.has(key)) order = undefined;
    const stored = { bytes, modifiedMs: Math.floor(now()) };
    objects.set(key, stored);
    return { key, size: bytes.length, modifiedMs: stored.modifiedMs };
  };

  return {
    url,
    async get(key, call) {
      check("get", key, call);
      const stored = objects.get(key);
      if (stored === undefined) throw notFound({ url, key, operation: "get" });
      const range = call?.range ?? { start: 0, end: stored.bytes.length };
      if (!isWithin(range, stored.bytes.length)) throw outsideObject({ url, key, operation: "get" }, range, stored.bytes.length);
      return stored.bytes.slice(range.start, range.end);
    },
    async head(key, call) {
      check("head", key, call);
      const stored = objects.get(key);
      return stored && { key, size: stored.bytes.length, modifiedMs: stored.modifiedMs };
    },
    async put(key, bytes, call) {
      check("put", key, call);
      save(key, joinBytes([bytes]));
    },
    async putIfAbsent(key, bytes, call) {
      check("putIfAbsent", key, call);
      if (objects.has(key)) return "exists";
      save(key, joinBytes([bytes]));
      return "created";
    },
    async openWriter(key, call) {
      check("openWriter", key, call);
      return memoryWriter((bytes) => save(key, bytes), call?.signal);
    },
    async *list(call = {}) {
      throwIfAborted(call.signal);
      assertPrefix({ url, key: call.prefix ?? "", operation: "list" });
      order ??= [...objects.keys()].sort(compareUtf8);
      for (const key of selectKeys(order, call)) {
        throwIfAborted(call.signal);
        const stored = objects.get(key);
        if (stored !== undefined) yield { key, size: stored.bytes.length, modifiedMs: stored.modifiedMs };
      }
    },
    async delete(keys, call) {
      throwIfAborted(call?.signal);
      for (const key of keys) assertKey({ url, key, operation: "delete" });
      for (const key of keys) if (objects.delete(key)) order = undefined;
    },
  };
}

/** The keys that a listing yields, of all `keys` in order. */
function* selectKeys(keys: readonly string[], { prefix = "", after, recursive = true }: ListOptions): Generator<string> {
  const from = after !== undefined && compareUtf8(after, prefix) > 0 ? after : prefix;
  for (let index = firstNotBelow(keys, from); index < keys.length; index += 1) {
    const key = keys[index];
    if (key === undefined || !key.startsWith(prefix)) return;
    if (key === after) continue;
    if (recursive || !key.includes("/", prefix.length)) yield key;
  }
}

function firstNotBelow(keys: readonly string[], bound: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareUtf8(keys[middle] ?? "", bound) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function memoryWriter(publish: (bytes: Uint8Array) => ObjectMeta, signal: AbortSignal | undefined): ObjectWriter {
  let chunks: Uint8Array[] = [];
  let open = true;
  const end = (): Uint8Array[] => {
    const written = chunks;
    open = false;
    chunks = [];
    return written;
  };
  const check = (): void => {
    assert(open, "a writer takes nothing after close, abort or a failure");
    if (signal?.aborted) end();
    throwIfAborted(signal);
  };
  return {
    async write(bytes) {
      check();
      chunks.push(bytes);
    },
    async close() {
      check();
      return publish(joinBytes(end()));
    },
    async abort() {
      end();
    },
  };
}
