import { LakeError } from "../../src/base/errors.js";
import type { ObjectMeta, ObjectStore } from "../../src/storage/object-store.js";
import { readNothing } from "../../src/table/pending-commit.js";
import type { Table, TableFormat } from "../../src/table/table-format.js";
import type { Variant } from "./world.js";

/**
 * Engines that are wrong on purpose. Each lacks one thing that the real one does for a reason; what it lacks is taken away
 * between the engine and the store, or between the verbs and the log.
 */

/** Does not know its own commit when it meets it: a lost reply is taken for a rival. */
export const forgetsItsTxnId: Variant = {
  store: (store) => ({
    ...store,
    async get(key, options) {
      const bytes = await store.get(key, options);
      if (!/^_delta_log\/\d+\.json$/.test(key)) return bytes;
      const text = new TextDecoder().decode(bytes);
      return new TextEncoder().encode(text.replaceAll(/"txnId":"[^"]*"/g, `"txnId":"${"0".repeat(36)}"`));
    },
  }),
};

/** A store whose conditional put has no condition: the last of two rivals wins. */
export const putsUnconditionally: Variant = {
  store: (store) => ({
    ...store,
    async putIfAbsent(key, bytes, options) {
      await store.put(key, bytes, options);
      return "created";
    },
  }),
};

/** A listing that does not show what is younger than so many calls, as those of some object stores once did. */
export const trustsStaleListings: Variant = {
  store: (store, clock) => ({
    ...store,
    async *list(options): AsyncGenerator<ObjectMeta> {
      for await (const meta of store.list(options)) if (meta.modifiedMs <= clock.now() - staleCalls) yield meta;
    },
  }),
};
const staleCalls = 40;

/** Looks for no conflicts but those over the same files: what the statement read is forgotten. */
export const ignoresWhatItRead: Variant = {
  format: (format) =>
    wrapTables(format, (table) => ({
      commit: (base, pending, options) => table.commit(base, { ...pending, reads: readNothing }, options),
    })),
};

/** Tidies up after a commit of which it does not know whether it happened. */
export const deletesFilesInDoubt: Variant = {
  format: (format, store) =>
    wrapTables(format, (table) => ({
      async commit(base, pending, options) {
        try {
          return await table.commit(base, pending, options);
        } catch (error) {
          if (LakeError.is(error, "delta/commit-unknown")) await deleteAtLast(store, pending.added);
          throw error;
        }
      },
    })),
};

/** The store still fails when the outcome is given up. */
async function deleteAtLast(store: ObjectStore, files: readonly { readonly path: string }[]): Promise<void> {
  for (let attempt = 0; attempt < 40; attempt++) {
    const error: unknown = await store.delete(files.map(({ path }) => path)).catch((reason: unknown) => reason);
    if (error === undefined) return;
  }
}

/** Takes a put that failed for one that did nothing. */
export const takesDoubtForFailure: Variant = {
  store: (store) => ({
    ...store,
    async putIfAbsent(key, bytes, options) {
      try {
        return await store.putIfAbsent(key, bytes, options);
      } catch (error) {
        if (!LakeError.is(error, "storage/unavailable")) throw error;
        throw new LakeError("storage/no-space", "It cannot have been written.", error.context, error);
      }
    },
  }),
};

function wrapTables(format: TableFormat, change: (table: Table) => Pick<Table, "commit">): TableFormat {
  const wrap = (table: Table): Table => {
    const { commit } = change(table);
    return {
      ...table,
      at: async (ref, signal) => wrap(await table.at(ref, signal)),
      commit: async (base, pending, options) => {
        const result = await commit(base, pending, options);
        return { ...result, table: wrap(result.table) };
      },
    };
  };
  return {
    ...format,
    open: async (at, signal) => wrap(await format.open(at, signal)),
    create: async (definition, options) => wrap(await format.create(definition, options)),
  };
}
