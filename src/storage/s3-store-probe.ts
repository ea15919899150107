import { LakeError } from "../base/errors.js";
import type { S3Connection } from "./s3-store-client.js";
import { objectOf, storeCall, type S3Call, type S3Context } from "./s3-store-context.js";
import { s3Error } from "./s3-store-errors.js";
import { failureOf, kindOf } from "./s3-store-failure.js";
import { storageError } from "./storage-error.js";

const probeName = ".laketable-probe-";

/** Whether a key is a probe's, perhaps one of a process that died before it could take it away. */
export function isProbeKey(key: string): boolean {
  return key.slice(key.lastIndexOf("/") + 1).startsWith(probeName);
}

const probes = new WeakMap<S3Connection, Promise<void>>();

/**
 * Makes sure, once per bucket and process, that the server keeps `If-None-Match: *`: of two writes of a name the second is
 * refused. AWS does, so only other servers are asked. What is written for it lies beside the object to come, and is deleted.
 *
 * @throws storage/unsupported for a server that ignores the condition or does not know it
 */
export function assertConditionalPut(context: S3Context, connection: S3Connection, call: S3Call): Promise<void> {
  if (connection.reach.endpoint === undefined) return Promise.resolve();
  const known = probes.get(connection);
  if (known !== undefined) return known;
  const probing = probe(context, connection, call);
  probes.set(connection, probing);
  // A verdict stays; a failure on the way to one does not.
  probing.catch((error: unknown) => {
    if (!LakeError.is(error, "storage/unsupported")) probes.delete(connection);
  });
  return probing;
}

async function probe(context: S3Context, connection: S3Connection, call: S3Call): Promise<void> {
  const { client, sdk } = connection;
  const key = `${call.key.slice(0, call.key.lastIndexOf("/") + 1)}${probeName}${context.host.uuid()}`;
  const object = objectOf(context, key);
  const put = async (text: string): Promise<"created" | "exists"> => {
    try {
      await client.send(new sdk.PutObjectCommand({ ...object, Body: Buffer.from(text), IfNoneMatch: "*" }));
      return "created";
    } catch (error) {
      const failure = failureOf(error);
      const kind = kindOf(failure);
      if (kind === "exists") return "exists";
      // Servers that look for the object that the condition names say that it is not there.
      if (kind === "not-implemented" || kind === "no-object")
        throw refusal(call, connection, `it answered ${failure.status} ${failure.name}`);
      throw s3Error(storeCall(call), connection.reach, error);
    }
  };
  try {
    // An answer that was lost and asked for again may say "exists" here already: that is the condition at work.
    if ((await put("first")) === "created" && (await put("second")) === "created") {
      throw refusal(call, connection, "it wrote an object a second time that was to be written only if absent");
    }
  } finally {
    // What stays behind is hidden from listings; the verdict is worth more.
    await client.send(new sdk.DeleteObjectCommand(object)).catch(() => {});
  }
}

/** The server cannot commit: two writers could each believe to have made the same version. */
export function refusal(call: S3Call, { reach }: S3Connection, problem: string): LakeError {
  return storageError(
    "storage/unsupported",
    `The S3 server at ${reach.endpoint ?? "AWS"} has no conditional writes (If-None-Match): ${problem}. Two writers could overwrite ` +
      `each other's commits there, so nothing was written. Use AWS S3 or another server that has them, such as MinIO from ` +
      `2025-09 or Ceph 20; reading works with any.`,
    storeCall(call),
  );
}
