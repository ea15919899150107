/**
 * Bytes at keys: the one contract between the engine and a disk, a bucket or memory.
 *
 * **Keys** are relative to the store's root, `/`-separated, without a leading slash, compared and listed by their UTF-8
 * bytes. Any character is data: spaces, `%`, `#`, `+` and unicode survive unchanged; nothing is percent-decoded. An empty
 * segment, `.` and `..` are refused with `storage/invalid-path`.
 *
 * **Visibility**: an object is either absent or whole. A reader never sees part of a `put`, and after a write has
 * resolved every later `get`, `head` and `list`, by any process, sees it (read-after-write, list-after-write).
 *
 * **Durability**: when a write resolves, the bytes and their name survive a power cut.
 *
 * **Errors** are `LakeError`s named by what the caller can do: `storage/not-found`, `storage/permission-denied`,
 * `storage/no-space`, `storage/unavailable` (retries are exhausted; the outcome of a write is unknown), `storage/io`.
 * Each carries `{ url, key, operation }`. Expected outcomes (`"exists"`, a missing `head`) are values.
 */
export interface ObjectStore {
  /** The root, as a URL without a trailing slash; for messages and for telling two stores apart. */
  readonly url: string;

  /** The bytes of `key`, or of `range` of it. A range that reaches past the end is an error (`storage/io`). */
  get(key: string, options?: GetOptions): Promise<Uint8Array>;

  /** Size and modification time, or `undefined` when there is no such object. */
  head(key: string, options?: CallOptions): Promise<ObjectMeta | undefined>;

  /** Writes or replaces the whole object. */
  put(key: string, bytes: Uint8Array, options?: CallOptions): Promise<void>;

  /**
   * Writes the object only if there is none: of any number of rivals, in any process, exactly one gets `"created"`.
   * `"exists"` may also mean that this very call had succeeded and its reply was lost: the caller compares contents.
   */
  putIfAbsent(key: string, bytes: Uint8Array, options?: CallOptions): Promise<"created" | "exists">;

  /**
   * Opens a new object for streaming. Nothing is visible under `key` before `close` resolves; `abort` leaves nothing.
   * Overwrites what `close` finds there (data files have fresh names).
   */
  openWriter(key: string, options?: CallOptions): Promise<ObjectWriter>;

  /** Every object below `prefix` (recursive), in ascending order of the keys' UTF-8 bytes. */
  list(options?: ListOptions): AsyncIterable<ObjectMeta>;

  /** Deletes the objects; those that are already gone are no error. */
  delete(keys: readonly string[], options?: CallOptions): Promise<void>;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Half-open: `[start, end)`, in bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface GetOptions extends CallOptions {
  readonly range?: ByteRange | undefined;
}

export interface ListOptions extends CallOptions {
  /** A plain string prefix of the keys, usually ending in `/`. Default: everything. */
  readonly prefix?: string | undefined;
  /** Only keys strictly greater than this one, by UTF-8 bytes. */
  readonly after?: string | undefined;
  /** `false`: do not descend below the next `/` after the prefix. Default: `true`. */
  readonly recursive?: boolean | undefined;
}

export interface ObjectMeta {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch, whole. */
  readonly modifiedMs: number;
}

/** One object being written. Calls are made one after the other; `write` may resolve before the bytes are stored. */
export interface ObjectWriter {
  /** The writer takes the bytes over: the caller does not change them afterwards. */
  write(bytes: Uint8Array): Promise<void>;
  /** Publishes the object. */
  close(): Promise<ObjectMeta>;
  /** Drops what was written. Never throws. */
  abort(): Promise<void>;
}
