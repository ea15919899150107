import { throwIfAborted } from "../base/abort.js";
import { backoffMs } from "../base/retry.js";
import type { S3Connection } from "./s3-store-client.js";
import { objectOf, storeCall, type S3Call, type S3Context } from "./s3-store-context.js";
import { s3Error } from "./s3-store-errors.js";
import { failureOf, kindOf } from "./s3-store-failure.js";
import { assertConditionalPut, refusal } from "./s3-store-probe.js";
import { storageError } from "./storage-error.js";

const conflictBackoff = { baseMs: 20, maxMs: 1000 } as const;

/**
 * One PUT of the whole object. A request on its way is not cut off by the signal: whether it was carried out could not be told.
 */
export async function putObject(context: S3Context, call: S3Call, bytes: Uint8Array): Promise<void> {
  const connection = await context.connect();
  throwIfAborted(call.signal);
  try {
    await connection.client.send(new connection.sdk.PutObjectCommand({ ...objectOf(context, call.key), Body: bufferOf(bytes) }));
  } catch (error) {
    throw s3Error(storeCall(call), connection.reach, error);
  }
}

/**
 * One PUT with `If-None-Match: *`, as one buffer: servers refuse small chunks of a stream. The SDK repeats it after a lost answer,
 * so that "exists" may mean its own first attempt. A server that could not decide between rivals (409) has written nothing, as far
 * as it knows, and is asked again.
 */
export async function putObjectIfAbsent(context: S3Context, call: S3Call, bytes: Uint8Array): Promise<"created" | "exists"> {
  const connection = await context.connect();
  await assertConditionalPut(context, connection, call);
  throwIfAborted(call.signal);
  const { host, settings } = context;
  const put = new connection.sdk.PutObjectCommand({ ...objectOf(context, call.key), Body: bufferOf(bytes), IfNoneMatch: "*" });
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connection.client.send(put);
      return "created";
    } catch (error) {
      const failure = failureOf(error);
      const kind = kindOf(failure);
      if (kind === "exists") return "exists";
      if (kind === "not-implemented" && failure.attempts === 1 && attempt === 1) {
        throw refusal(call, connection, `it answered ${failure.status} ${failure.name}`);
      }
      // After a 409 the write is in doubt, whatever a later attempt fails with.
      if (kind !== "conflict" && attempt > 1) throw inDoubt(call, connection, error);
      if (kind !== "conflict" || attempt >= settings.maxAttempts) throw s3Error(storeCall(call), connection.reach, error);
    }
    await host.sleep(backoffMs(host, conflictBackoff, attempt));
  }
}

function inDoubt(call: S3Call, { reach }: S3Connection, error: unknown): Error {
  const { name, status, message } = failureOf(error);
  return storageError(
    "storage/unavailable",
    `putIfAbsent of ${JSON.stringify(call.key)} in ${call.url} met a rival's write and was then refused by ` +
      `${reach.endpoint ?? "AWS"} (${status ?? ""} ${name}: ${message}). Whether it was written is unknown: read it back.`,
    storeCall(call),
    { name, status, message },
  );
}

/** The same bytes, as the SDK sends them in one piece. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
