import { fileURLToPath } from "node:url";
import { LakeError } from "../base/errors.js";
import { systemHost, type Host } from "../base/host.js";
import { createLocalStore } from "./local-store.js";
import { createMemoryStore } from "./memory-store.js";
import type { ObjectStore } from "./object-store.js";
import { createS3Store } from "./s3-store.js";
import type { S3Options } from "./s3-store-options.js";

export interface StoreResolver {
  /**
   * The store rooted at `location`: a path (relative to the working directory, or absolute), a `file:` URL, whose percent
   * escapes are decoded, `s3://bucket/path` (or `s3a:`), where nothing is decoded, or `memory://name`. Nothing is read. The
   * store's `url` is the canonical form of `location`.
   *
   * @throws storage/unknown-scheme, storage/invalid-path
   */
  resolve(location: string): ObjectStore;
}

export interface StoreResolverOptions {
  readonly host?: Host | undefined;
  /** How s3:// locations are reached. */
  readonly s3?: S3Options | undefined;
}

/** Every resolver of this process knows the same memory stores, so that two handles on one name see one table. */
const memoryStores = new Map<string, ObjectStore>();

export function createStoreResolver({ host = systemHost, s3 }: StoreResolverOptions = {}): StoreResolver {
  return {
    resolve(location) {
      if (typeof location !== "string" || location === "" || location.includes("\0")) {
        throw invalidLocation(location, "it is not a path or URL");
      }
      const scheme = schemeOf(location);
      switch (scheme) {
        case undefined:
          return createLocalStore(location, host);
        case "file":
          return createLocalStore(filePath(location), host);
        case "memory":
          return memoryStore(location);
        case "s3":
        case "s3a":
          return createS3Store(location, s3, host);
        default:
          throw new LakeError(
            "storage/unknown-scheme",
            `${location} begins with ${scheme}:, which is no known kind of location. ` +
              "Known are a path, file://, s3://bucket/path and memory://name.",
            { location, scheme, known: ["file", "s3", "s3a", "memory"] },
          );
      }
    },
  };
}

/** "file" of "file:/a" and "FILE:///a". One letter is a Windows drive, and a colon elsewhere is part of a file name. */
function schemeOf(location: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):\//i.exec(location)?.[1]?.toLowerCase();
}

function filePath(location: string): string {
  if (/[?#]/.test(location))
    throw invalidLocation(location, "? and # have a meaning of their own in a URL; write %3F and %23, or a path");
  try {
    return fileURLToPath(location);
  } catch (error) {
    throw invalidLocation(location, error instanceof Error ? error.message : String(error), error);
  }
}

function memoryStore(location: string): ObjectStore {
  const name = /^memory:\/\/([^/].*?)\/*$/is.exec(location)?.[1];
  if (name === undefined) throw invalidLocation(location, "a memory store is named like memory://orders");
  const known = memoryStores.get(name);
  if (known !== undefined) return known;
  const made = createMemoryStore({ url: `memory://${name}` });
  memoryStores.set(name, made);
  return made;
}

function invalidLocation(location: unknown, problem: string, cause?: unknown): LakeError {
  const text = typeof location === "string" ? JSON.stringify(location) : String(location);
  return new LakeError("storage/invalid-path", `${text} is no location of a table: ${problem}.`, { location: text }, cause);
}
