import { abortError, throwIfAborted } from "../base/abort.js";
import type { Host } from "../base/host.js";
import type { S3Connection } from "./s3-store-client.js";
import { s3Error } from "./s3-store-errors.js";
import type { S3Location } from "./s3-store-location.js";
import type { S3Settings } from "./s3-store-options.js";
import type { StoreCall } from "./storage-error.js";

/** What every call of one store works with. */
export interface S3Context {
  readonly location: S3Location;
  readonly settings: S3Settings;
  readonly host: Host;
  /** Loads the SDK and finds credentials and region at the first call. */
  connect(): Promise<S3Connection>;
}

/** One call of the store, ready to send. */
export interface S3Call extends StoreCall {
  readonly signal: AbortSignal | undefined;
}

/** Bucket and whole key of an object, as requests name it. */
export function objectOf({ location }: S3Context, key: string): { readonly Bucket: string; readonly Key: string } {
  return { Bucket: location.bucket, Key: location.prefix + key };
}

/**
 * Sends requests that change nothing, or nothing that can be seen: they are given up as soon as the signal aborts.
 *
 * @throws the failure as the store's error
 */
export async function ask<R>(
  connection: S3Connection,
  call: S3Call,
  request: (options: { readonly abortSignal?: AbortSignal }) => Promise<R>,
): Promise<R> {
  throwIfAborted(call.signal);
  try {
    return await request(call.signal === undefined ? {} : { abortSignal: call.signal });
  } catch (error) {
    if (call.signal?.aborted) throw abortError(call.signal);
    throw s3Error(storeCall(call), connection.reach, error);
  }
}

/** The call without what is no fact of it. */
export function storeCall({ url, key, operation }: StoreCall): StoreCall {
  return { url, key, operation };
}

/** Whole seconds: a listing may say more, but the head of an object does not, and both are one object's time. */
export function modifiedMs(time: Date | undefined): number {
  return Math.floor((time?.getTime() ?? 0) / 1000) * 1000;
}
