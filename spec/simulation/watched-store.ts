import type { ObjectStore } from "../../src/storage/object-store.js";

/** What has happened to an object, in the order in which it did. */
export type StoreEvent =
  { readonly kind: "written"; readonly key: string; readonly isNew: boolean } | { readonly kind: "deleted"; readonly key: string };

/** The store under all processes, told of every change. */
export function watch(inner: ObjectStore, keys: Set<string>, tell: (event: StoreEvent) => void): ObjectStore {
  const written = (key: string): void => {
    tell({ kind: "written", key, isNew: !keys.has(key) });
    keys.add(key);
  };
  return {
    ...inner,
    async put(key, bytes, options) {
      await inner.put(key, bytes, options);
      written(key);
    },
    async putIfAbsent(key, bytes, options) {
      const outcome = await inner.putIfAbsent(key, bytes, options);
      if (outcome === "created") written(key);
      return outcome;
    },
    async openWriter(key, options) {
      const writer = await inner.openWriter(key, options);
      return {
        ...writer,
        async close() {
          const meta = await writer.close();
          written(key);
          return meta;
        },
      };
    },
    async delete(gone, options) {
      await inner.delete(gone, options);
      for (const key of gone) if (keys.delete(key)) tell({ kind: "deleted", key });
    },
  };
}
