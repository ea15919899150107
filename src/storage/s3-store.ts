import { throwIfAborted } from "../base/abort.js";
import { systemHost, type Host } from "../base/host.js";
import { assertKey, assertPrefix, invalidKey } from "./object-key.js";
import type { CallOptions, ObjectStore } from "./object-store.js";
import { connectS3 } from "./s3-store-client.js";
import type { S3Call, S3Context } from "./s3-store-context.js";
import { deleteObjects } from "./s3-store-deleting.js";
import { listObjects } from "./s3-store-listing.js";
import { parseS3Location, type S3Location } from "./s3-store-location.js";
import { s3Settings, type S3Options } from "./s3-store-options.js";
import { isProbeKey } from "./s3-store-probe.js";
import { lookAtObject, readRange, readWhole } from "./s3-store-reading.js";
import { openS3Writer } from "./s3-store-writer.js";
import { putObject, putObjectIfAbsent } from "./s3-store-writing.js";
import type { StoreOperation } from "./storage-error.js";

/** S3 counts the bytes of a whole key. */
const keyBytesMax = 1024;

/**
 * The objects of a bucket whose keys begin with a prefix, on AWS or any server that speaks S3. Nothing is loaded or asked before
 * the first call.
 *
 * `putIfAbsent` is a PUT with `If-None-Match: *`. Servers other than AWS are probed once for it, and one that does not keep the
 * condition is refused with `storage/unsupported`: commits would be lost there.
 *
 * Keys of more than 1,024 bytes, the prefix included, are refused. Some servers cannot hold an object below another one (`a` and
 * `a/b`), or do not list it; tables have no such keys.
 *
 * @throws storage/invalid-path, usage/invalid-option
 */
export function createS3Store(location: string, options?: S3Options, host: Host = systemHost): ObjectStore {
  return storeAt(parseS3Location(location), options, host);
}

function storeAt(location: S3Location, options: S3Options | undefined, host: Host): ObjectStore {
  const settings = s3Settings(options);
  const context: S3Context = { location, settings, host, connect: () => connectS3(location, settings, host) };
  const { url } = location;

  const callOf = (operation: StoreOperation, key: string, call: CallOptions | undefined): S3Call => {
    throwIfAborted(call?.signal);
    const checked = { url, key, operation, signal: call?.signal };
    if (operation === "list") {
      assertPrefix(checked);
      return checked;
    }
    assertKey(checked);
    if (isProbeKey(key)) throw invalidKey(checked, "names of this form are kept for probes");
    const size = Buffer.byteLength(location.prefix + key);
    if (size > keyBytesMax) throw invalidKey(checked, `it has ${size} bytes with the path of the store, and S3 takes ${keyBytesMax}`);
    return checked;
  };

  return {
    url,
    async get(key, call) {
      const checked = callOf("get", key, call);
      return call?.range === undefined ? readWhole(context, checked) : readRange(context, checked, call.range);
    },
    async head(key, call) {
      return lookAtObject(context, callOf("head", key, call));
    },
    async put(key, bytes, call) {
      await putObject(context, callOf("put", key, call), bytes);
    },
    async putIfAbsent(key, bytes, call) {
      return putObjectIfAbsent(context, callOf("putIfAbsent", key, call), bytes);
    },
    async openWriter(key, call) {
      return openS3Writer(context, callOf("openWriter", key, call));
    },
    async *list(call = {}) {
      yield* listObjects(context, callOf("list", call.prefix ?? "", call), call);
    },
    async delete(keys, call) {
      throwIfAborted(call?.signal);
      for (const key of keys) callOf("delete", key, call);
      if (keys.length > 0) await deleteObjects(context, { url, key: keys[0] ?? "", operation: "delete", signal: call?.signal }, keys);
    },
  };
}
