import { throwIfAborted } from "../base/abort.js";
import { assert } from "../base/assert.js";
import type { ObjectMeta, ObjectWriter } from "./object-store.js";
import type { S3Call, S3Context } from "./s3-store-context.js";
import { beginUpload, type Upload } from "./s3-store-upload.js";
import { lookAtObject } from "./s3-store-reading.js";
import { bufferOf, putObject } from "./s3-store-writing.js";

/** S3 takes 10,000 parts. Growing eightfold-twice by then, 8 MiB parts make room for 2 TiB. */
const partsPerSize = 1250;

/** Bytes of part `number` (1, 2, …): each 1,250 parts they double, so that a file of any size fits into the parts there are. */
export function partSize(firstBytes: number, number: number): number {
  return firstBytes * 2 ** Math.floor((number - 1) / partsPerSize);
}

/**
 * Streams an object: what fits into one part is sent at once when it is closed, more as a multipart upload while it is written.
 * In memory are the parts under way and the one being filled.
 */
export function openS3Writer(context: S3Context, call: S3Call): ObjectWriter {
  const { partBytes } = context.settings;
  let state: "open" | "closed" | "dropped" = "open";
  let upload: Upload | undefined;
  let filling: Uint8Array[] = [];
  let filled = 0;
  let written = 0;

  const check = (): void => assert(state === "open", "a writer takes nothing after close, abort or a failure");
  const drop = async (): Promise<void> => {
    if (state !== "open") return;
    state = "dropped";
    filling = [];
    await upload?.abort();
  };
  /** Runs a step; what was sent before it failed is taken back. */
  const step = async <R>(work: () => Promise<R>): Promise<R> => {
    check();
    try {
      throwIfAborted(call.signal);
      return await work();
    } catch (error) {
      await drop();
      throw error;
    }
  };
  const cutPart = (size: number): Buffer => {
    const part: Uint8Array[] = [];
    for (let missing = size; missing > 0;) {
      const chunk = filling[0];
      assert(chunk !== undefined, "a part is cut off what is there");
      part.push(chunk.subarray(0, missing));
      if (chunk.length <= missing) filling.shift();
      else filling[0] = chunk.subarray(missing);
      missing -= Math.min(chunk.length, missing);
    }
    filled -= size;
    const [only] = part;
    return part.length === 1 && only !== undefined ? bufferOf(only) : Buffer.concat(part);
  };
  const publish = async (): Promise<void> => {
    if (upload === undefined) return putObject(context, call, cutPart(filled));
    await upload.send(cutPart(filled));
    await upload.complete();
  };

  return {
    write: (bytes) =>
      step(async () => {
        if (bytes.length > 0) filling.push(bytes);
        filled += bytes.length;
        written += bytes.length;
        // The last part is never empty, and an object of one part needs no upload: the bytes after it decide.
        for (let size = partSize(partBytes, (upload?.parts ?? 0) + 1); filled > size; size = partSize(partBytes, upload.parts + 1)) {
          upload ??= await beginUpload(context, call);
          await upload.send(cutPart(size));
        }
      }),
    close: () =>
      step(async () => {
        await publish();
        state = "closed";
        return publishedMeta(context, call, written);
      }),
    abort: drop,
  };
}

/** The time is the server's. An object that is published is so, even if its time cannot be read. */
async function publishedMeta(context: S3Context, call: S3Call, size: number): Promise<ObjectMeta> {
  const found = await lookAtObject(context, { ...call, signal: undefined }).catch(() => undefined);
  return { key: call.key, size, modifiedMs: found?.modifiedMs ?? Math.floor(context.host.now() / 1000) * 1000 };
}
