import type { ByteRange, ObjectMeta, ObjectStore, ObjectWriter } from "../../src/storage/object-store.js";
import type { StoreOperation } from "../../src/storage/storage-error.js";

/** One call of the store, recorded when it is made and filled in as it goes on. */
export interface StoreRequest {
  readonly operation: StoreOperation;
  /** A listing's prefix; of a deletion the first key. */
  readonly key: string;
  readonly range?: ByteRange | undefined;
  /** Bytes that went either way. */
  bytes: number;
  /** Objects that a listing has yielded, or that a deletion named. */
  objects: number;
}

export interface StoreTotals {
  readonly requests: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** A store that remembers what was asked of it, so that tests can put a number on the cost of an operation. */
export interface CountingStore extends ObjectStore {
  /** In the order of the calls. */
  readonly requests: readonly StoreRequest[];
  /** How many calls, of one operation or of all. */
  count(operation?: StoreOperation): number;
  totals(): StoreTotals;
  /** Forgets what was recorded. */
  reset(): void;
}

export function createCountingStore(inner: ObjectStore): CountingStore {
  let requests: StoreRequest[] = [];
  const record = (operation: StoreOperation, key: string, facts: Partial<StoreRequest> = {}): StoreRequest => {
    const request = { operation, key, bytes: 0, objects: 0, ...facts };
    requests.push(request);
    return request;
  };
  const sum = (operations: readonly StoreOperation[]): number =>
    requests.filter((request) => operations.includes(request.operation)).reduce((bytes, request) => bytes + request.bytes, 0);

  return {
    url: inner.url,
    get requests() {
      return requests;
    },
    count: (operation) => requests.filter((request) => operation === undefined || request.operation === operation).length,
    totals: () => ({
      requests: requests.length,
      bytesRead: sum(["get"]),
      bytesWritten: sum(["put", "putIfAbsent", "openWriter"]),
    }),
    reset: () => {
      requests = [];
    },
    async get(key, options) {
      const request = record("get", key, { range: options?.range });
      const bytes = await inner.get(key, options);
      request.bytes = bytes.length;
      return bytes;
    },
    head(key, options) {
      record("head", key);
      return inner.head(key, options);
    },
    put(key, bytes, options) {
      record("put", key, { bytes: bytes.length });
      return inner.put(key, bytes, options);
    },
    putIfAbsent(key, bytes, options) {
      record("putIfAbsent", key, { bytes: bytes.length });
      return inner.putIfAbsent(key, bytes, options);
    },
    async openWriter(key, options) {
      const request = record("openWriter", key);
      return countingWriter(await inner.openWriter(key, options), request);
    },
    async *list(options = {}): AsyncGenerator<ObjectMeta> {
      const request = record("list", options.prefix ?? "");
      for await (const meta of inner.list(options)) {
        request.objects += 1;
        yield meta;
      }
    },
    delete(keys, options) {
      record("delete", keys[0] ?? "", { objects: keys.length });
      return inner.delete(keys, options);
    },
  };
}

function countingWriter(inner: ObjectWriter, request: StoreRequest): ObjectWriter {
  return {
    write(bytes) {
      request.bytes += bytes.length;
      return inner.write(bytes);
    },
    close: () => inner.close(),
    abort: () => inner.abort(),
  };
}
