import { LakeError } from "../base/errors.js";
import { locationPath, isAbsoluteLocation, normalizedPath, parentFolder, storePath } from "./location-path.js";
import type { ObjectStore } from "./object-store.js";

/** Finds files that a table names: below its own folder, or elsewhere where that is allowed. */
export interface FileLocator {
  /**
   * @param path  a key below the table's root, or an absolute path or URL; decoded: names, not escapes
   * @throws storage/location-not-allowed  it lies where nobody has said that the table may read
   */
  locate(path: string): LocatedFile;
}

export interface LocatedFile {
  /** Only to read from when it is not the table's own. */
  readonly store: ObjectStore;
  readonly key: string;
}

export interface FileLocatorOptions {
  /** Gives the store at a location; absent: nothing lies outside. */
  readonly resolve?: ((location: string) => ObjectStore) | undefined;
  /** Folders and buckets beside the default: the parent folder of a local table, the bucket of one on S3. */
  readonly allowed?: readonly string[] | undefined;
}

export function createFileLocator(root: ObjectStore, { resolve, allowed = [] }: FileLocatorOptions = {}): FileLocator {
  const own = storePath(root.url);
  const readable = resolve === undefined ? [] : [defaultArea(own), ...allowed.map((location) => storePath(resolve(location).url))];
  const stores = new Map<string, ObjectStore>();
  const storeAt = (location: string, open: (location: string) => ObjectStore): ObjectStore => {
    const known = stores.get(location) ?? open(location);
    stores.set(location, known);
    return known;
  };
  return {
    locate(path) {
      if (!isAbsoluteLocation(path)) return { store: root, key: path };
      const place = normalizedPath(locationPath(path));
      if (place === undefined || place.endsWith("/")) throw notAllowed(path, root.url);
      if (isWithin(place, own)) return { store: root, key: place.slice(own.length + 1) };
      if (resolve === undefined || !readable.some((area) => isWithin(place, area))) throw notAllowed(path, root.url);
      const bucket = /^s3:\/\/[^/]+/.exec(place)?.[0];
      const folder = bucket ?? parentFolder(place);
      return { store: storeAt(folder, resolve), key: place.slice(folder === "/" ? 1 : folder.length + 1) };
    },
  };
}

function defaultArea(own: string): string {
  return /^s3:\/\/[^/]+/.exec(own)?.[0] ?? (own.startsWith("/") ? parentFolder(own) : own);
}

function isWithin(place: string, area: string): boolean {
  return area === "/" ? place.startsWith("/") : place.startsWith(`${area}/`);
}

function notAllowed(path: string, root: string): LakeError {
  const folder = /^(.*)\/[^/]*$/.exec(path)?.[1] ?? path;
  return new LakeError(
    "storage/location-not-allowed",
    `The table at ${root} names the file ${path}, which lies where it may not read: only the folder that the table is in, or its ` +
      `bucket, is read unasked. If you trust the table, open it with allowedLocations: [${JSON.stringify(folder)}].`,
    { path, root, option: "allowedLocations" },
  );
}
