import { link, rename, unlink, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { throwIfAborted } from "../base/abort.js";
import { assert } from "../base/assert.js";
import { dropTemporary, type DurableFolders, type TemporaryFile } from "./local-store-durable.js";
import { inCall, localError, systemCode } from "./local-store-errors.js";
import type { ObjectWriter } from "./object-store.js";
import { storageError, type StoreCall } from "./storage-error.js";

/** One system call moves less than 2 GiB. */
const chunkBytes = 1 << 30;

/** Gives the finished temporary file its name in one step; false when the name is taken and was not to be. */
export type Publish = (file: TemporaryFile, path: string, call: StoreCall) => Promise<boolean>;

export const replace: Publish = async (file, path) => {
  await rename(file.path, path);
  return true;
};

export const linkIfFree: Publish = async (file, path, call) => {
  try {
    await link(file.path, path);
  } catch (error) {
    const code = systemCode(error);
    if (code === "EEXIST") return false;
    // A file was just made in this folder, so EPERM cannot mean that this process may not write here.
    if (code === "EPERM" || code === "ENOTSUP" || code === "EOPNOTSUPP" || code === "ENOSYS") {
      throw storageError(
        "storage/unsupported",
        `${JSON.stringify(call.key)} cannot be published in ${call.url}: its file system has no hard links (${code}), ` +
          `and without them two writers could both win. Keep the table on another file system.`,
        call,
        error,
      );
    }
    throw error;
  }
  // The object stands under its own name; a second one that stays behind is hidden.
  await unlink(file.path).catch(() => {});
  return true;
};

/** A file being written. After a failure of any step it is gone, and the other steps are not called. */
export interface LocalFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Modification time of what was written. */
  modifiedMs(): Promise<number>;
  /** Syncs the bytes, names them, syncs the name. */
  publish(publish: Publish, signal: AbortSignal | undefined): Promise<boolean>;
  drop(): Promise<void>;
}

export async function openLocalFile(call: StoreCall, path: string, folders: DurableFolders, uuid: string): Promise<LocalFile> {
  const file = await inCall(call, () => folders.createTemporary(dirname(path), uuid));
  const orDrop = <R>(work: () => Promise<R>): Promise<R> =>
    inCall(call, async () => {
      try {
        return await work();
      } catch (error) {
        await dropTemporary(file);
        throw error;
      }
    });
  return {
    write: (bytes) => orDrop(() => writeBytes(file.handle, bytes)),
    modifiedMs: () => orDrop(async () => Math.floor((await file.handle.stat()).mtimeMs)),
    async publish(publish, signal) {
      const named = await orDrop(async () => {
        await file.handle.sync();
        await file.handle.close();
        throwIfAborted(signal);
        return await nameFile(call, () => publish(file, path, call));
      });
      if (named) await confirm(call, folders, dirname(path));
      else await dropTemporary(file);
      return named;
    },
    drop: () => dropTemporary(file),
  };
}

/** A network file system may give the name and lose the reply. */
async function nameFile(call: StoreCall, name: () => Promise<boolean>): Promise<boolean> {
  try {
    return await name();
  } catch (error) {
    const known = localError(call, error);
    if (known.code !== "storage/io") throw known;
    throw storageError(
      "storage/unavailable",
      `${known.message} It may have been written nevertheless: look whether it is there.`,
      call,
      error,
    );
  }
}

/** The object is visible; without this it may be gone after a power cut. */
async function confirm(call: StoreCall, folders: DurableFolders, folder: string): Promise<void> {
  try {
    await folders.sync(folder);
  } catch (error) {
    throw storageError(
      "storage/unavailable",
      `${JSON.stringify(call.key)} in ${call.url} was written, but its folder could not be synced (${String(error)}): ` +
        `it is not certain to survive a power cut. Check the disk, then look whether the object is there.`,
      call,
      error,
    );
  }
}

async function writeBytes(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, Math.min(chunkBytes, bytes.length - done));
    assert(bytesWritten > 0, "a write takes at least one byte or fails");
    done += bytesWritten;
  }
}

/** The file as the contract's writer. */
export function localWriter(file: LocalFile, call: StoreCall, signal: AbortSignal | undefined): ObjectWriter {
  let size = 0;
  let open = true;
  const end = (): void => {
    assert(open, "a writer takes nothing after close, abort or a failure");
    open = false;
  };
  return {
    async write(bytes) {
      end();
      if (signal?.aborted) await file.drop();
      throwIfAborted(signal);
      await file.write(bytes);
      size += bytes.length;
      open = true;
    },
    async close() {
      end();
      const modifiedMs = await file.modifiedMs();
      await file.publish(replace, signal);
      return { key: call.key, size, modifiedMs };
    },
    async abort() {
      if (!open) return;
      open = false;
      await file.drop();
    },
  };
}
