import type { ObjectMeta, ObjectStore, ObjectWriter } from "../../src/storage/object-store.js";
import type { ScheduledOperation } from "./scheduler.js";

export type CallSimulation = <R>(operation: ScheduledOperation, key: string, carryOut: () => Promise<R>) => Promise<R>;

/**
 * The store as one process sees it: every call waits for its turn. A listing comes in pages, between which others have theirs.
 */
export function createSimulatedStore(inner: ObjectStore, call: CallSimulation, pageSize: number): ObjectStore {
  const writer = (key: string, target: ObjectWriter): ObjectWriter => {
    let hasBegun = false;
    return {
      // Nobody sees what is written before the close: one turn stands for all of them.
      write(bytes) {
        if (hasBegun) return target.write(bytes);
        hasBegun = true;
        return call("write", key, () => target.write(bytes));
      },
      close: () => call("close", key, () => target.close()),
      abort: () => call("abort", key, () => target.abort()).catch(() => undefined),
    };
  };
  return {
    url: inner.url,
    get: (key, options) => call("get", key, () => inner.get(key, options)),
    head: (key, options) => call("head", key, () => inner.head(key, options)),
    // A put may be carried out after its caller was told that it failed: the bytes are no longer the caller's then.
    put: (key, bytes, options) => {
      const copy = bytes.slice();
      return call("put", key, () => inner.put(key, copy, options));
    },
    putIfAbsent: (key, bytes, options) => {
      const copy = bytes.slice();
      return call("putIfAbsent", key, () => inner.putIfAbsent(key, copy, options));
    },
    openWriter: (key, options) => call("openWriter", key, async () => writer(key, await inner.openWriter(key, options))),
    async *list(options = {}): AsyncGenerator<ObjectMeta> {
      for (let after = options.after; ;) {
        const page = await call("list", options.prefix ?? "", () => firstOf(inner.list({ ...options, after }), pageSize));
        yield* page;
        if (page.length < pageSize) return;
        after = page.at(-1)?.key;
      }
    },
    delete: (keys, options) => call("delete", keys.join("\n"), () => inner.delete(keys, options)),
  };
}

async function firstOf<T>(items: AsyncIterable<T>, count: number): Promise<readonly T[]> {
  const first: T[] = [];
  for await (const item of items) if (first.push(item) >= count) break;
  return first;
}
