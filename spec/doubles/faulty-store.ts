import type { LakeErrorCode } from "../../src/base/errors.js";
import type { ObjectMeta, ObjectStore, ObjectWriter } from "../../src/storage/object-store.js";
import { isWithin, outsideObject, storageError, type StoreOperation } from "../../src/storage/storage-error.js";

/** `openWriter` opens, `write` and `close` are the steps of the writer it gave. */
export type FaultyOperation = StoreOperation | "write" | "close";

export type FaultEffect =
  /** The call fails and does nothing. Default code: `storage/unavailable`. */
  | { readonly kind: "fail-before"; readonly code?: LakeErrorCode }
  /** The disk is full: the call fails with `storage/no-space` and does nothing. */
  | { readonly kind: "no-space" }
  /** The call is carried out, and its reply is lost: `storage/unavailable`. */
  | { readonly kind: "lose-reply" }
  /** `putIfAbsent` is carried out, its reply is lost, and a retry below answers `"exists"`, as an S3 client's does. */
  | { readonly kind: "echo" }
  /** The call is carried out once `until` resolves. */
  | { readonly kind: "delay"; readonly until: () => Promise<unknown> }
  /** `get` finds an object that was cut off after `keepBytes`. */
  | { readonly kind: "truncate"; readonly keepBytes: number };

export interface Fault {
  readonly effect: FaultEffect;
  /** Default: every operation. */
  readonly operation?: FaultyOperation | readonly FaultyOperation[];
  /** The whole key (a listing's prefix), or a pattern in it. Default: every key. */
  readonly key?: string | RegExp;
  /** Lets so many matching calls pass first. Default 0. */
  readonly skip?: number;
  /** Strikes so often. Default 1. */
  readonly times?: number;
}

export interface InjectedFault {
  /** How often it has struck. */
  readonly hits: number;
}

/** A store that goes wrong as it is told. Without faults it is the store that it wraps. */
export interface FaultyStore extends ObjectStore {
  /** Faults are tried in the order they were injected; one at most strikes a call. */
  inject(fault: Fault): InjectedFault;
  /** Forgets all faults. */
  heal(): void;
  /** From now on every call fails and does nothing, as if the process had died. What is under way is carried out. */
  kill(): void;
}

interface ArmedFault {
  readonly fault: Fault;
  seen: number;
  hits: number;
}

interface Call {
  readonly operation: FaultyOperation;
  readonly key: string;
}

export function createFaultyStore(inner: ObjectStore): FaultyStore {
  let armed: ArmedFault[] = [];
  let dead = false;

  const failure = (call: Call, code: LakeErrorCode, message: string): Error => {
    const operation = call.operation === "write" || call.operation === "close" ? "openWriter" : call.operation;
    const text = `${message} (${call.operation} ${JSON.stringify(call.key)} in ${inner.url}).`;
    return storageError(code, text, { url: inner.url, key: call.key, operation });
  };
  const effectOn = (call: Call): FaultEffect | undefined => {
    if (dead) throw failure(call, "storage/unavailable", "The process is dead");
    for (const entry of armed) {
      if (!matches(entry.fault, call)) continue;
      entry.seen += 1;
      if (entry.seen <= (entry.fault.skip ?? 0) || entry.hits >= (entry.fault.times ?? 1)) continue;
      entry.hits += 1;
      return entry.fault.effect;
    }
    return undefined;
  };
  const through = async <R>(call: Call, carryOut: (effect: FaultEffect | undefined) => Promise<R>): Promise<R> => {
    const effect = effectOn(call);
    if (effect?.kind === "fail-before") throw failure(call, effect.code ?? "storage/unavailable", "The fault that was asked for");
    if (effect?.kind === "no-space") throw failure(call, "storage/no-space", "The disk is full");
    if (effect?.kind === "delay") await effect.until();
    const result = await carryOut(effect);
    if (effect?.kind === "lose-reply") throw failure(call, "storage/unavailable", "The reply was lost");
    if (effect?.kind === "echo" && result === "created") return "exists" as R;
    return result;
  };
  const writer = (key: string, target: ObjectWriter): ObjectWriter => ({
    write: (bytes) => through({ operation: "write", key }, () => target.write(bytes)),
    close: () => through({ operation: "close", key }, () => target.close()),
    // A dead process cleans nothing up.
    abort: async () => (dead ? undefined : target.abort()),
  });

  return {
    url: inner.url,
    inject(fault) {
      const entry = { fault, seen: 0, hits: 0 };
      armed.push(entry);
      return entry;
    },
    heal: () => {
      armed = [];
    },
    kill: () => {
      dead = true;
    },
    get: (key, options) =>
      through({ operation: "get", key }, async (effect) => {
        if (effect?.kind !== "truncate") return inner.get(key, options);
        const left = (await inner.get(key)).slice(0, effect.keepBytes);
        const range = options?.range ?? { start: 0, end: left.length };
        if (!isWithin(range, left.length)) throw outsideObject({ url: inner.url, key, operation: "get" }, range, left.length);
        return left.slice(range.start, range.end);
      }),
    head: (key, options) => through({ operation: "head", key }, () => inner.head(key, options)),
    put: (key, bytes, options) => through({ operation: "put", key }, () => inner.put(key, bytes, options)),
    putIfAbsent: (key, bytes, options) => through({ operation: "putIfAbsent", key }, () => inner.putIfAbsent(key, bytes, options)),
    openWriter: (key, options) =>
      through({ operation: "openWriter", key }, async () => writer(key, await inner.openWriter(key, options))),
    async *list(options = {}): AsyncGenerator<ObjectMeta> {
      yield* await through({ operation: "list", key: options.prefix ?? "" }, async () => inner.list(options));
    },
    delete: (keys, options) => through({ operation: "delete", key: keys.join("\n") }, () => inner.delete(keys, options)),
  };
}

function matches(fault: Fault, call: Call): boolean {
  const operations = fault.operation === undefined ? undefined : [fault.operation].flat();
  if (operations !== undefined && !operations.includes(call.operation)) return false;
  if (fault.key === undefined) return true;
  const keys = call.operation === "delete" ? call.key.split("\n") : [call.key];
  const { key } = fault;
  return keys.some((name) => (typeof key === "string" ? name === key : key.test(name)));
}
