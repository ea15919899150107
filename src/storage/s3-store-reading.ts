import { abortError, throwIfAborted } from "../base/abort.js";
import { mapOrdered } from "../base/concurrency.js";
import { LakeError } from "../base/errors.js";
import { backoffMs } from "../base/retry.js";
import type { ByteRange, ObjectMeta } from "./object-store.js";
import { readBody, type Body } from "./s3-store-body.js";
import type { S3Connection } from "./s3-store-client.js";
import { ask, modifiedMs, objectOf, storeCall, type S3Call, type S3Context } from "./s3-store-context.js";
import { s3Error } from "./s3-store-errors.js";
import { failureOf, kindOf } from "./s3-store-failure.js";
import { isWithin, outsideObject, storageError } from "./storage-error.js";

/** What is larger is fetched in pieces over several connections. */
const splitBytes = 16 << 20;
const pieceBytes = 8 << 20;
const piecesAtOnce = 8;
/** How often an object is read anew that is replaced while it is read. */
const readingsMax = 3;
const bodyBackoff = { baseMs: 50, maxMs: 2000 } as const;

/** What one GET says: the object that its bytes belong to. */
interface Piece {
  readonly etag: string | undefined;
}

type Read = { readonly kind: "bytes"; readonly bytes: Uint8Array } | { readonly kind: "changed" };

/** The whole object: one GET, whose answer says whether it is worth going on in pieces. */
export async function readWhole(context: S3Context, call: S3Call): Promise<Uint8Array> {
  return unmixed(context, call, async (connection) => {
    const get = new connection.sdk.GetObjectCommand(objectOf(context, call.key));
    let large: { readonly size: number; readonly etag: string | undefined } | undefined;
    const bytes = await withBody(context, call, async () => {
      const { Body, ContentLength: size, ETag: etag } = await ask(connection, call, (options) => connection.client.send(get, options));
      const body = Body as Body;
      if (size === undefined || size <= splitBytes) return readBody(body, size, context, call.signal);
      large = { size, etag };
      body.destroy();
      return new Uint8Array(0);
    });
    if (large === undefined) return { kind: "bytes", bytes };
    return readPieces(context, connection, call, { range: { start: 0, end: large.size }, etag: large.etag });
  });
}

/** @throws storage/io when the object does not have all of `range` */
export async function readRange(context: S3Context, call: S3Call, range: ByteRange): Promise<Uint8Array> {
  if (!isWithin(range, Number.MAX_SAFE_INTEGER) || range.start === range.end) {
    // No request can ask for this; only the object's size says whether it is empty or wrong.
    const size = await sizeOf(context, call);
    if (!isWithin(range, size)) throw outsideObject(storeCall(call), range, size);
    return new Uint8Array(0);
  }
  return unmixed(context, call, (connection) => readPieces(context, connection, call, { range, etag: undefined }));
}

/** Size and time of an object, or `undefined` when there is none. */
export async function lookAtObject(context: S3Context, call: S3Call): Promise<ObjectMeta | undefined> {
  const connection = await context.connect();
  throwIfAborted(call.signal);
  const head = new connection.sdk.HeadObjectCommand(objectOf(context, call.key));
  try {
    const { ContentLength, LastModified } = await connection.client.send(head, abortable(call));
    return { key: call.key, size: ContentLength ?? 0, modifiedMs: modifiedMs(LastModified) };
  } catch (error) {
    if (call.signal?.aborted) throw abortError(call.signal);
    if (kindOf(failureOf(error)) !== "no-object") throw s3Error(storeCall(call), connection.reach, error);
  }
  await assertBucket(context, connection, call);
  return undefined;
}

function abortable({ signal }: S3Call): { readonly abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

const seenBuckets = new WeakSet<S3Connection>();

/** The answer to HEAD has no text, so a missing object looks like a missing bucket: once, that is asked for by itself. */
async function assertBucket(context: S3Context, connection: S3Connection, call: S3Call): Promise<void> {
  if (seenBuckets.has(connection)) return;
  const head = new connection.sdk.HeadBucketCommand({ Bucket: context.location.bucket });
  try {
    await connection.client.send(head, abortable(call));
  } catch (error) {
    if (call.signal?.aborted) throw abortError(call.signal);
    const failure = failureOf(error);
    const isMissing = kindOf(failure) === "no-object";
    // Who may not look at the bucket may read its objects all the same.
    if (kindOf(failure) !== "denied")
      throw s3Error(storeCall(call), connection.reach, isMissing ? { ...failure, name: "NoSuchBucket" } : error);
  }
  seenBuckets.add(connection);
}

async function sizeOf(context: S3Context, call: S3Call): Promise<number> {
  const connection = await context.connect();
  const head = new connection.sdk.HeadObjectCommand(objectOf(context, call.key));
  const { ContentLength } = await ask(connection, call, (options) => connection.client.send(head, options));
  return ContentLength ?? 0;
}

async function unmixed(context: S3Context, call: S3Call, read: (connection: S3Connection) => Promise<Read>): Promise<Uint8Array> {
  const connection = await context.connect();
  for (let reading = 1; reading <= readingsMax; reading += 1) {
    const result = await read(connection);
    if (result.kind === "bytes") return result.bytes;
  }
  throw storageError(
    "storage/io",
    `${JSON.stringify(call.key)} in ${call.url} was replaced ${readingsMax} times while it was read. Table files are written once: ` +
      `find out what keeps changing this one.`,
    storeCall(call),
  );
}

interface Wanted {
  readonly range: ByteRange;
  /** The object that the pieces must belong to; `undefined`: whichever the first one belongs to. */
  readonly etag: string | undefined;
}

/** The bytes of a range, in pieces when it is large, each put where it belongs. */
async function readPieces(context: S3Context, connection: S3Connection, call: S3Call, { range, etag }: Wanted): Promise<Read> {
  const { start, end } = range;
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(end - start).buffer);
  const step = end - start > splitBytes ? pieceBytes : end - start;
  const pieces = Array.from({ length: Math.ceil((end - start) / step) }, (_, index) => ({
    start: start + index * step,
    end: Math.min(end, start + (index + 1) * step),
  }));
  const fetch = (piece: ByteRange, { signal }: { readonly signal: AbortSignal }): Promise<Piece | "changed"> =>
    readPiece(context, connection, { ...call, signal }, { range: piece, etag }, bytes.subarray(piece.start - start, piece.end - start));
  let seen = etag;
  for await (const piece of mapOrdered(pieces, piecesAtOnce, fetch, call.signal)) {
    if (piece === "changed" || (seen !== undefined && piece.etag !== seen)) return { kind: "changed" };
    seen = piece.etag;
  }
  return { kind: "bytes", bytes };
}

async function readPiece(
  context: S3Context,
  connection: S3Connection,
  call: S3Call,
  { range, etag }: Wanted,
  into: Uint8Array,
): Promise<Piece | "changed"> {
  const get = new connection.sdk.GetObjectCommand({
    ...objectOf(context, call.key),
    Range: `bytes=${range.start}-${range.end - 1}`,
    ...(etag === undefined ? {} : { IfMatch: etag }),
  });
  return withBody(context, call, async () => {
    throwIfAborted(call.signal);
    const response = await connection.client.send(get, abortable(call)).catch((error: unknown) => {
      if (call.signal?.aborted) throw abortError(call.signal);
      const kind = kindOf(failureOf(error));
      if (kind === "exists" && etag !== undefined) return "changed" as const;
      if (kind === "outside-range") return "outside" as const;
      throw s3Error(storeCall(call), connection.reach, error);
    });
    if (response === "changed") return response;
    if (response === "outside") throw outsideObject(storeCall(call), range, await sizeOf(context, call));
    const body = response.Body as Body;
    const given = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.ContentRange ?? "");
    if (Number(given?.[1]) !== range.start || Number(given?.[2]) !== range.end - 1) {
      body.destroy();
      const size = Number(given?.[3] ?? response.ContentLength);
      if (range.end > size) throw outsideObject(storeCall(call), range, size);
      throw wrongRange(call, connection, range, response.ContentRange);
    }
    await readBody(body, into.length, context, call.signal, into);
    return { etag: response.ETag };
  });
}

function wrongRange(call: S3Call, { reach }: S3Connection, { start, end }: ByteRange, found: string | undefined): LakeError {
  return storageError(
    "storage/unsupported",
    `${reach.endpoint ?? "S3"} was asked for bytes ${start} to ${end - 1} of ${JSON.stringify(call.key)} and sent ` +
      `${found ?? "the whole object"}. Parquet files are read by ranges: use a server that serves them.`,
    storeCall(call),
  );
}

/**
 * Tries anew when a body breaks off, stalls or is damaged: the SDK's own attempts end with the head of the answer.
 *
 * @throws storage/unavailable after the last attempt
 */
async function withBody<R>(context: S3Context, call: S3Call, attempt: () => Promise<R>): Promise<R> {
  const { host, settings } = context;
  for (let number = 1; ; number += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (call.signal?.aborted) throw abortError(call.signal);
      // What the store says itself has been through the SDK's attempts, or is final.
      if (error instanceof LakeError) throw error;
      if (number >= settings.maxAttempts) throw brokenBody(call, number, error);
    }
    await host.sleep(backoffMs(host, bodyBackoff, number), call.signal);
  }
}

function brokenBody(call: S3Call, attempts: number, error: unknown): LakeError {
  const { name, message } = failureOf(error);
  return storageError(
    "storage/unavailable",
    `The bytes of ${JSON.stringify(call.key)} in ${call.url} broke off, ${attempts} times (${name}: ${message}). ` +
      `Try again later; check the network and the server.`,
    storeCall(call),
    { name, message },
  );
}
