import { mkdir, open, unlink, type FileHandle } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { systemCode } from "./local-store-errors.js";

/**
 * Names of files being written. Hidden, so that every engine's listing and vacuum passes over them; of one length, so that a
 * long key does not make an even longer name; and of a form nobody else uses, so that no object is mistaken for one.
 */
const temporaryPattern = /^\.laketable-[0-9a-f-]{36}\.tmp$/;

export function temporaryName(uuid: string): string {
  return `.laketable-${uuid}.tmp`;
}

export function isTemporaryName(name: string): boolean {
  return temporaryPattern.test(name);
}

/** A new file under a temporary name, to be published under another name of the same folder. */
export interface TemporaryFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/** Makes files and names that survive a power cut. One per store. */
export interface DurableFolders {
  /** Opens a new temporary file in `folder`, which is made when it is missing. */
  createTemporary(folder: string, uuid: string): Promise<TemporaryFile>;
  /** Resolves when the names in `folder`, and the names of all folders made on the way to it, are on the disk. */
  sync(folder: string): Promise<void>;
}

export function createDurableFolders(): DurableFolders {
  // A rival of the same process may find a folder that is made but not yet on the disk: it waits here before it acknowledges.
  const beingMade = new Set<Promise<void>>();

  const make = async (folder: string): Promise<void> => {
    const made = makeFolder(folder);
    beingMade.add(made);
    try {
      await made;
    } finally {
      beingMade.delete(made);
    }
  };

  return {
    async createTemporary(folder, uuid) {
      const path = join(folder, temporaryName(uuid));
      // A folder can be removed between being made and being used, by whoever cleans up empty folders.
      for (let attemptsLeft = 3; ; attemptsLeft -= 1) {
        try {
          return { path, handle: await open(path, "wx") };
        } catch (error) {
          if (systemCode(error) !== "ENOENT" || attemptsLeft === 0) throw error;
        }
        await make(folder);
      }
    },
    async sync(folder) {
      await Promise.all([syncFolder(folder), ...beingMade]);
    },
  };
}

/** Makes `folder` and its missing parents, and puts their names on the disk. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let parent = dirname(folder); ; parent = dirname(parent)) {
    await syncFolder(parent);
    if (parent === dirname(first) || parent === dirname(parent)) return;
  }
}

/** Puts the names in `folder` on the disk, as far as the file system has such a thing. */
async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders; NTFS journals its names.
  if (sep === "\\") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Some network and user-space file systems cannot sync folders and say so; their names are the server's business.
    if (!["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(systemCode(error) ?? "")) throw error;
  } finally {
    await handle.close();
  }
}

/** Closes and removes the file. Never throws: a leftover is hidden and harmless, and the first error matters more. */
export async function dropTemporary(file: TemporaryFile): Promise<void> {
  await file.handle.close().catch(() => {});
  await unlink(file.path).catch(() => {});
}
