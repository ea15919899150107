/**
 * Bytes at keys: the one contract between the engine and a disk, a bucket or memory.
 *
 * **Keys** are relative to the store's root, `/`-separated, without a leading slash, compared and listed by their UTF-8
 * bytes. Any character is data: spaces, `%`, `#`, `+` and unicode survive unchanged; nothing is percent-decoded. An empty
 * segment, `.`, `..`, NUL and half a surrogate pair are refused with `storage/invalid-path`, by every call. A store may also
 * refuse keys that its medium cannot hold: names that are too long, an object below another object (`a` and `a/b`), names it
 * keeps for itself.
 *
 * **Visibility**: an object is either absent or whole. A reader never sees part of a `put`, and after a write has
 * resolved every later `get`, `head` and `list`, by any process, sees it (read-after-write, list-after-write).
 *
 * **Durability**: when a write resolves, the bytes and their name survive a power cut. A deletion may be undone by one.
 *
 * **Bytes** that a call is given stay the caller's and are copied or written out before the call resolves (a writer's are
 * taken over, see there). Bytes that `get` resolves to are the caller's alone, in an `ArrayBuffer` of exactly their size, so
 * they can be transferred to another thread.
 *
 * **Errors** are `LakeError`s named by what the caller can do: `storage/not-found`, `storage/permission-denied`,
 * `storage/no-space`, `storage/invalid-path`, `storage/unsupported` (this medium cannot do it safely), `storage/io`, and
 * `storage/unavailable` (retries are exhausted; **the outcome of a write is unknown**: it may be visible now or later). After
 * any other error of a write nothing of it is visible. Each carries `{ url, key, operation }`; a call on several keys names
 * the one that failed, a listing its prefix. Expected outcomes (`"exists"`, a missing `head`) are values.
 *
 * **Cancelling**: once `signal` has aborted, a call rejects with `usage/aborted` as soon as it can. A write that rejects so
 * has published nothing; one that is past that point resolves, or ends as `storage/unavailable`.
 */
export interface ObjectStore {
  /** The root, as a URL without a trailing slash; for messages and for telling two stores apart. */
  readonly url: string;

  /**
   * The bytes of `key`, or of `range` of it. Never fewer than asked for: a range that reaches past the end, or is none
   * (negative, reversed), is `storage/io`. An object that is replaced meanwhile gives its old or its new bytes, unmixed.
   */
  get(key: string, options?: GetOptions): Promise<Uint8Array>;

  /** Size and modification time, or `undefined` when there is no such object. A mere folder is no object. */
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

  /**
   * Every object whose key begins with `prefix`, each once, in ascending order of the keys' UTF-8 bytes; none when there are
   * none. Nothing is asked of the store before the first element is.
   *
   * A listing is no snapshot: of objects that come, go or are replaced while it runs, any state may be shown or none; those
   * that stand throughout are all shown. Objects still being written never are.
   */
  list(options?: ListOptions): AsyncIterable<ObjectMeta>;

  /**
   * Deletes the objects, in any order; those that are already gone are no error. One bad key and nothing is deleted; after
   * any other error some of the objects may be gone, and the call can be repeated.
   */
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
  /** A plain string prefix of the keys, which may end within a name (`"_delta_log/0000"`). Default: everything. */
  readonly prefix?: string | undefined;
  /** Only keys strictly greater than this text, by UTF-8 bytes. No object needs to be there. */
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

/**
 * One object being written. Calls are made one after the other; `write` may resolve before the bytes are stored.
 * After a call has failed what was written is dropped, and only `abort` may still be called.
 */
export interface ObjectWriter {
  /** The writer takes the bytes over: the caller does not change them afterwards. */
  write(bytes: Uint8Array): Promise<void>;
  /** Publishes the object. */
  close(): Promise<ObjectMeta>;
  /** Drops what was written. Never throws; does nothing after `close` or a second time. */
  abort(): Promise<void>;
}
