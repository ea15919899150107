import { mapOrdered } from "../base/concurrency.js";
import { ask, objectOf, storeCall, type S3Call, type S3Context } from "./s3-store-context.js";
import type { S3Connection } from "./s3-store-client.js";
import { s3Error } from "./s3-store-errors.js";
import { failureOf, kindOf } from "./s3-store-failure.js";
import { abortError, throwIfAborted } from "../base/abort.js";

/** As many as one request may name. */
const batchKeys = 1000;
const batchesAtOnce = 4;
const singlesAtOnce = 16;

/** Connections whose server does not know how to delete many at once. */
const withoutBatches = new WeakSet<S3Connection>();

/** Deletes by the thousand; one by one what a batch cannot name, and where the server has no batches. */
export async function deleteObjects(context: S3Context, call: S3Call, keys: readonly string[]): Promise<void> {
  const connection = await context.connect();
  throwIfAborted(call.signal);
  const singles: string[] = keys.filter((key) => !isXmlText(context.location.prefix + key));
  const [only] = keys;
  if (keys.length === 1 && only !== undefined) return deleteOne(context, connection, { ...call, key: only });
  const batched = keys.filter((key) => isXmlText(context.location.prefix + key));
  const batches = Array.from({ length: Math.ceil(batched.length / batchKeys) }, (_, index) =>
    batched.slice(index * batchKeys, (index + 1) * batchKeys),
  );
  const deleteBatch = (batch: readonly string[]): Promise<readonly string[]> => deleteMany(context, connection, call, batch);
  for await (const left of mapOrdered(batches, batchesAtOnce, deleteBatch, call.signal)) singles.push(...left);
  const deleteSingle = (key: string): Promise<void> => deleteOne(context, connection, { ...call, key });
  for await (const _ of mapOrdered(singles, singlesAtOnce, deleteSingle, call.signal));
}

/** Keys that no XML can hold: control characters and two that Unicode keeps out of texts. */
function isXmlText(key: string): boolean {
  return !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\ufffe\uffff]/.test(key);
}

/** @returns the keys that are to be deleted one by one */
async function deleteMany(
  context: S3Context,
  connection: S3Connection,
  call: S3Call,
  keys: readonly string[],
): Promise<readonly string[]> {
  if (withoutBatches.has(connection)) return keys;
  const { bucket, prefix } = context.location;
  const command = new connection.sdk.DeleteObjectsCommand({
    Bucket: bucket,
    Delete: { Objects: keys.map((key) => ({ Key: prefix + key })), Quiet: true },
  });
  try {
    const { Errors } = await connection.client.send(command, call.signal === undefined ? {} : { abortSignal: call.signal });
    // Each is tried once more by itself, which says why if it fails again.
    return (Errors ?? []).map(({ Key }) => (Key ?? "").slice(prefix.length));
  } catch (error) {
    if (call.signal?.aborted) throw abortError(call.signal);
    const kind = kindOf(failureOf(error));
    if (kind !== "not-implemented" && kind !== "other")
      throw s3Error(storeCall({ ...call, key: keys[0] ?? "" }), connection.reach, error);
    withoutBatches.add(connection);
    return keys;
  }
}

async function deleteOne(context: S3Context, connection: S3Connection, call: S3Call): Promise<void> {
  const command = new connection.sdk.DeleteObjectCommand(objectOf(context, call.key));
  await ask(connection, call, (options) => connection.client.send(command, options));
}
