import type { Dirent } from "node:fs";
import { opendir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { mapOrdered } from "../base/concurrency.js";
import { compareUtf8 } from "../base/utf8-order.js";
import { isTemporaryName } from "./local-store-durable.js";
import { isMissing, systemCode } from "./local-store-errors.js";
import type { ListOptions, ObjectMeta } from "./object-store.js";
import { storageError, type StoreCall } from "./storage-error.js";

/** Looking at a file costs a system call on Node's four threads; this many keep them busy. */
const statsAhead = 16;
const foldersAhead = 4;

/** A listing of the folder `root`, see `ObjectStore.list`. Files that vanish meanwhile are left out. */
export async function* listObjects(root: string, call: StoreCall, options: ListOptions): AsyncGenerator<ObjectMeta, void, undefined> {
  const prefix = options.prefix ?? "";
  const listing: Listing = { root, call, prefix, after: options.after, recursive: options.recursive ?? true };
  const top: Folder = { key: prefix.slice(0, prefix.lastIndexOf("/") + 1), links: new Set() };
  const keys = walk(listing, await readFolder(listing, top));
  for await (const meta of mapOrdered(keys, statsAhead, (key) => lookAt(root, key), options.signal)) {
    if (meta !== undefined) yield meta;
  }
}

/** The object at `key`; `undefined` when there is none, or only a folder. */
export async function lookAt(root: string, key: string): Promise<ObjectMeta | undefined> {
  const stats = await unlessMissing(stat(join(root, key)));
  if (stats === undefined || !stats.isFile()) return undefined;
  return { key, size: stats.size, modifiedMs: Math.floor(stats.mtimeMs) };
}

interface Listing {
  readonly root: string;
  readonly call: StoreCall;
  readonly prefix: string;
  readonly after: string | undefined;
  readonly recursive: boolean;
}

interface Folder {
  /** "" or ending in "/". */
  readonly key: string;
  /** The real paths of the symbolic links to folders on the way here. */
  readonly links: ReadonlySet<string>;
}

/** A file, or a folder with a key that ends in "/": so the order of entries is the order of the keys below them. */
interface Entry {
  readonly key: string;
  readonly folder: Folder | undefined;
}

/** The keys of the files at and below `entries`, in order. */
async function* walk(listing: Listing, entries: readonly Entry[]): AsyncGenerator<string, void, undefined> {
  if (entries.every((entry) => entry.folder === undefined)) {
    for (const entry of entries) yield entry.key;
    return;
  }
  const read = async (entry: Entry): Promise<{ entry: Entry; children: readonly Entry[] | undefined }> => ({
    entry,
    children: entry.folder && (await readFolder(listing, entry.folder)),
  });
  for await (const { entry, children } of mapOrdered(entries, foldersAhead, read)) {
    if (children === undefined) yield entry.key;
    else yield* walk(listing, children);
  }
}

/** What the listing wants of one folder, in order. */
async function readFolder(listing: Listing, folder: Folder): Promise<Entry[]> {
  const entries: Entry[] = [];
  // The folder is read in portions and sifted on the way: what is not wanted costs no memory.
  const names = await unlessMissing(opendir(join(listing.root, folder.key), { bufferSize: 1024 }));
  if (names === undefined) return entries;
  for await (const item of names) {
    const key = folder.key + item.name;
    if (!key.startsWith(listing.prefix) || isTemporaryName(item.name)) continue;
    const entry = await entryOf(listing, folder, item);
    if (entry !== undefined && isWanted(listing, entry)) entries.push(entry);
  }
  return entries.sort((a, b) => compareUtf8(a.key, b.key));
}

function isWanted({ after, recursive }: Listing, entry: Entry): boolean {
  if (entry.folder !== undefined && !recursive) return false;
  if (after === undefined || compareUtf8(entry.key, after) > 0) return true;
  return entry.folder !== undefined && after.startsWith(entry.key);
}

async function entryOf(listing: Listing, parent: Folder, item: Dirent): Promise<Entry | undefined> {
  const key = parent.key + item.name;
  if (item.isFile()) return { key, folder: undefined };
  if (item.isDirectory()) return { key: `${key}/`, folder: { key: `${key}/`, links: parent.links } };
  if (!item.isSymbolicLink()) return undefined;
  const path = join(listing.root, key);
  // A link that leads nowhere, or only to itself, is no object.
  const stats = await stat(path).catch((error: unknown) => {
    if (isMissing(error) || systemCode(error) === "ELOOP") return undefined;
    throw error;
  });
  if (stats?.isFile()) return { key, folder: undefined };
  if (!stats?.isDirectory()) return undefined;
  return { key: `${key}/`, folder: { key: `${key}/`, links: await followLink(listing, parent, path) } };
}

/** Refuses a link to a folder that holds the link itself: the listing would have no end. */
async function followLink(listing: Listing, parent: Folder, path: string): Promise<ReadonlySet<string>> {
  const target = await realpath(path);
  const holder = await realpath(join(listing.root, parent.key));
  if (parent.links.has(target) || holder === target || holder.startsWith(target.endsWith(sep) ? target : target + sep)) {
    throw storageError(
      "storage/invalid-path",
      `${path} is a symbolic link to a folder that it lies in, so a listing of ${listing.call.url} has no end. Remove the link.`,
      listing.call,
    );
  }
  return new Set([...parent.links, target]);
}

async function unlessMissing<R>(work: Promise<R>): Promise<R | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
