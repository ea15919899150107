import { LakeError, type LakeErrorCode } from "../base/errors.js";
import type { ByteRange } from "./object-store.js";

/** What a store was asked to do. */
export type StoreOperation = "get" | "head" | "put" | "putIfAbsent" | "openWriter" | "list" | "delete";

/** Which call failed: the facts that every error of a store carries. */
export interface StoreCall {
  readonly url: string;
  readonly key: string;
  readonly operation: StoreOperation;
}

/** An error of a store. `message` says what, why and what to do; the call is added to the context. */
export function storageError(code: LakeErrorCode, message: string, call: StoreCall, cause?: unknown): LakeError {
  return new LakeError(code, message, { url: call.url, key: call.key, operation: call.operation }, cause);
}

/** On a disk the context says with `isBelowFile` that a part of the path is a file where a folder would have to be. */
export function notFound(call: StoreCall, cause?: unknown): LakeError {
  const isBelowFile = cause instanceof Error && "code" in cause && cause.code === "ENOTDIR";
  return new LakeError(
    "storage/not-found",
    `There is no object ${JSON.stringify(call.key)} in ${call.url}. Check the location; if it was there, another process has ` +
      `deleted it (vacuum, log cleanup): open the table again.`,
    { url: call.url, key: call.key, operation: call.operation, ...(isBelowFile ? { isBelowFile } : {}) },
    cause,
  );
}

/** The object has `size` bytes and cannot give `range`. */
export function outsideObject(call: StoreCall, range: ByteRange, size: number): LakeError {
  return new LakeError(
    "storage/io",
    `Bytes ${range.start} to ${range.end} were asked of ${JSON.stringify(call.key)} in ${call.url}, which has ${size} bytes. ` +
      `The file was cut off, or its size in the table's log is wrong; restore the file from a copy.`,
    { ...call, start: range.start, end: range.end, size },
  );
}

/** Whether an object of `size` bytes has all bytes of `range`. */
export function isWithin(range: ByteRange, size: number): boolean {
  const { start, end } = range;
  return Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end && end <= size;
}
