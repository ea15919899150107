import { throwIfAborted } from "../base/abort.js";
import type { CompletedPart } from "@aws-sdk/client-s3";
import type { S3Connection } from "./s3-store-client.js";
import { ask, objectOf, storeCall, type S3Call, type S3Context } from "./s3-store-context.js";
import { s3Error } from "./s3-store-errors.js";
import { failureOf, kindOf } from "./s3-store-failure.js";

const partsAtOnce = 4;
/** Marks the object that an upload makes, so that it can be told from another's after a lost answer. */
const markName = "laketable-upload";

/** A multipart upload that has begun. Calls are made one after the other. */
export interface Upload {
  /** How many parts were given to it. */
  readonly parts: number;
  /** Resolves when the part is on its way and there is room for another; fails when an earlier one failed. */
  send(part: Buffer): Promise<void>;
  /** Makes the object of all parts. */
  complete(): Promise<void>;
  /** Takes back what was sent. Never throws. */
  abort(): Promise<void>;
}

/** @throws storage/permission-denied, storage/unavailable, … */
export async function beginUpload(context: S3Context, call: S3Call): Promise<Upload> {
  const connection = await context.connect();
  const { client, sdk } = connection;
  const object = objectOf(context, call.key);
  const mark = context.host.uuid();
  const create = new sdk.CreateMultipartUploadCommand({ ...object, Metadata: { [markName]: mark } });
  const { UploadId } = await ask(connection, call, (options) => client.send(create, options));
  const stop = new AbortController();
  const sending: S3Call = { ...call, signal: stop.signal };
  const leave = (): void => stop.abort(call.signal?.reason);
  call.signal?.addEventListener("abort", leave, { once: true });
  const underWay = new Set<Promise<void>>();
  const completed: CompletedPart[] = [];
  let failure: { readonly error: unknown } | undefined;
  let parts = 0;

  const settle = async (most: number): Promise<void> => {
    while (underWay.size > most && failure === undefined) await Promise.race(underWay);
    throwIfAborted(call.signal);
    if (failure !== undefined) throw failure.error;
  };
  const sendPart = async (PartNumber: number, Body: Buffer): Promise<void> => {
    const command = new sdk.UploadPartCommand({ ...object, UploadId, PartNumber, Body });
    try {
      const { ETag, ChecksumCRC32 } = await ask(connection, sending, (options) => client.send(command, options));
      completed.push({ PartNumber, ETag, ...(ChecksumCRC32 === undefined ? {} : { ChecksumCRC32 }) });
    } catch (error) {
      failure ??= { error };
    }
  };
  return {
    get parts() {
      return parts;
    },
    async send(part) {
      await settle(partsAtOnce - 1);
      parts += 1;
      const sent = sendPart(parts, part).then(() => void underWay.delete(sent));
      underWay.add(sent);
    },
    async complete() {
      await settle(0);
      call.signal?.removeEventListener("abort", leave);
      const Parts = [...completed].sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
      await completeUpload(context, connection, call, { UploadId, Parts, mark });
    },
    async abort() {
      call.signal?.removeEventListener("abort", leave);
      stop.abort();
      // A part that arrives after the upload was taken back would stay, and cost, for ever.
      await Promise.all(underWay);
      // What cannot be taken back is for the bucket's lifecycle rule; the failure that led here says more.
      await client.send(new sdk.AbortMultipartUploadCommand({ ...object, UploadId })).catch(() => {});
    },
  };
}

interface Completion {
  readonly UploadId: string | undefined;
  readonly Parts: CompletedPart[];
  readonly mark: string;
}

/** Past the point of return: the signal is not heard any more, and a lost answer is looked up. */
async function completeUpload(
  context: S3Context,
  { client, sdk, reach }: S3Connection,
  call: S3Call,
  { UploadId, Parts, mark }: Completion,
): Promise<void> {
  const object = objectOf(context, call.key);
  try {
    await client.send(new sdk.CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }));
  } catch (error) {
    const kind = kindOf(failureOf(error));
    // An upload that is gone was completed by an attempt whose answer was lost, or it was taken away by somebody.
    const mayBeDone = kind === "transient" || kind === "conflict" || kind === "no-object" || failureOf(error).name === "NoSuchUpload";
    if (mayBeDone && (await isMarked())) return;
    throw s3Error(storeCall(call), reach, error);
  }

  async function isMarked(): Promise<boolean> {
    try {
      const { Metadata } = await client.send(new sdk.HeadObjectCommand(object));
      return Metadata?.[markName] === mark;
    } catch {
      // The question stays open, and the failure of the upload says so.
      return false;
    }
  }
}
