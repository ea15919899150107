import { open, stat, unlink, type FileHandle } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { throwIfAborted } from "../base/abort.js";
import { mapOrdered } from "../base/concurrency.js";
import { systemHost, type Host } from "../base/host.js";
import { createDurableFolders, isTemporaryName } from "./local-store-durable.js";
import { inCall, isMissing, localError, systemCode } from "./local-store-errors.js";
import { listObjects, lookAt } from "./local-store-listing.js";
import { linkIfFree, localWriter, openLocalFile, replace, type Publish } from "./local-store-writing.js";
import { assertKey, assertPrefix, invalidKey } from "./object-key.js";
import type { ByteRange, CallOptions, ObjectStore } from "./object-store.js";
import { isWithin, notFound, outsideObject, storageError, type StoreCall, type StoreOperation } from "./storage-error.js";

const deletesAtOnce = 16;
/** One system call moves less than 2 GiB. */
const chunkBytes = 1 << 30;

/**
 * The files below the folder `root`, which the first write makes. Symbolic links are followed.
 *
 * Every write goes to a temporary file beside its destination, is synced, and then gets its name in one step: `link` for
 * `putIfAbsent`, which fails if the name is taken, `rename` otherwise; then the folder is synced. A process that dies leaves
 * at most a hidden `.laketable-<uuid>.tmp`, which no listing shows and no key can name.
 *
 * A file system without hard links (FAT, some network mounts) has no other way to publish whole content under a name only
 * if it is free: there `putIfAbsent` is refused with `storage/unsupported`.
 *
 * Where the file system takes two spellings for one name (case, unicode composition), so does this store.
 */
export function createLocalStore(root: string, host: Pick<Host, "uuid"> = systemHost): ObjectStore {
  const folder = resolve(root);
  const href = pathToFileURL(folder).href;
  const url = folder === sep ? href : href.replace(/\/$/, "");
  const folders = createDurableFolders();

  const callOf = (operation: StoreOperation, key: string, options: CallOptions | undefined): StoreCall => {
    throwIfAborted(options?.signal);
    const call = { url, key, operation };
    if (operation === "list") assertPrefix(call);
    else assertKey(call);
    assertLocalName(call);
    return call;
  };
  const store = async (call: StoreCall, bytes: Uint8Array, options: CallOptions | undefined, publish: Publish): Promise<boolean> => {
    const writer = await openLocalFile(call, join(folder, call.key), folders, host.uuid());
    await writer.write(bytes);
    return writer.publish(publish, options?.signal);
  };

  return {
    url,
    async get(key, options) {
      const call = callOf("get", key, options);
      return inCall(call, () => readObject(call, join(folder, key), options?.range));
    },
    async head(key, options) {
      const call = callOf("head", key, options);
      return inCall(call, () => lookAt(folder, key));
    },
    async put(key, bytes, options) {
      await store(callOf("put", key, options), bytes, options, replace);
    },
    async putIfAbsent(key, bytes, options) {
      const call = callOf("putIfAbsent", key, options);
      if (await inCall(call, () => isTaken(call, join(folder, key)))) return "exists";
      return (await store(call, bytes, options, linkIfFree)) ? "created" : "exists";
    },
    async openWriter(key, options) {
      const call = callOf("openWriter", key, options);
      return localWriter(await openLocalFile(call, join(folder, key), folders, host.uuid()), call, options?.signal);
    },
    async *list(options = {}) {
      const call = callOf("list", options.prefix ?? "", options);
      try {
        yield* listObjects(folder, call, options);
      } catch (error) {
        throw localError(call, error);
      }
    },
    async delete(keys, options) {
      const calls = keys.map((key) => callOf("delete", key, options));
      const remove = (call: StoreCall): Promise<void> => inCall(call, () => removeFile(join(folder, call.key)));
      for await (const _ of mapOrdered(calls, deletesAtOnce, remove, options?.signal));
    },
  };
}

function assertLocalName(call: StoreCall): void {
  if (call.key.split("/").some(isTemporaryName)) throw invalidKey(call, "names of this form are kept for files being written");
  if (sep === "\\" && /[\\:]/.test(call.key)) throw invalidKey(call, "Windows has no file names with a backslash or a colon");
}

async function readObject(call: StoreCall, path: string, range: ByteRange | undefined): Promise<Uint8Array> {
  const handle = await open(path, "r").catch((error: unknown) => {
    throw isMissing(error) ? notFound(call, error) : error;
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw notFound(call);
    const { start, end } = range ?? { start: 0, end: stats.size };
    if (!isWithin({ start, end }, stats.size)) throw outsideObject(call, { start, end }, stats.size);
    return await readBytes(call, handle, start, end);
  } finally {
    await handle.close();
  }
}

/** The bytes in a buffer of their own, which can be given to another thread. */
async function readBytes(call: StoreCall, handle: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(end - start).buffer);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, Math.min(chunkBytes, bytes.length - filled), start + filled);
    // Cut off between the look at its size and the read; objects are never shortened by engines that keep the contract.
    if (bytesRead === 0) throw outsideObject(call, { start, end }, start + filled);
    filled += bytesRead;
  }
  return bytes;
}

async function isTaken(call: StoreCall, path: string): Promise<boolean> {
  try {
    const stats = await stat(path);
    if (!stats.isDirectory()) return true;
    throw storageError("storage/invalid-path", `${path} is a folder, so no file can be written there. Use another path.`, call);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (isMissing(error) || systemCode(error) === "EISDIR") return;
    // What Linux calls EISDIR is EPERM elsewhere. A folder is no object, so there is nothing to delete.
    if (systemCode(error) === "EPERM" && (await stat(path).catch(() => undefined))?.isDirectory()) return;
    throw error;
  }
}
