import { Readable } from "node:stream";
import { LakeError } from "../../base/errors.js";
import type { ObjectStore } from "../../storage/object-store.js";
import { createStoreResolver } from "../../storage/resolver.js";

const pieceBytes = 8 << 20;

/** Whether an input is named by a URL of a store other than the disk. */
export function isObjectUrl(input: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(input) && !/^file:/i.test(input);
}

/**
 * The bytes of an object, read piece by piece as they are wanted.
 *
 * @throws storage/unknown-scheme  at once;  storage/not-found and others of the store  by the stream
 */
export function openObject(url: string): Readable {
  const nameAt = url.lastIndexOf("/") + 1;
  const store = createStoreResolver().resolve(url.slice(0, nameAt));
  return Readable.from(pieces(store, url.slice(nameAt)), { objectMode: false });
}

async function* pieces(store: ObjectStore, key: string): AsyncGenerator<Uint8Array> {
  const found = await store.head(key);
  if (found === undefined) {
    throw new LakeError(
      "storage/not-found",
      `There is no object ${key} in ${store.url} to read from. Check the name; nothing was written.`,
      {
        url: store.url,
        key,
      },
    );
  }
  for (let start = 0; start < found.size; start += pieceBytes) {
    yield await store.get(key, { range: { start, end: Math.min(start + pieceBytes, found.size) } });
  }
}
