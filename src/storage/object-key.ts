import { storageError, type StoreCall } from "./storage-error.js";

/**
 * Refuses what is no key: an empty one, a leading or trailing `/`, an empty, `.` or `..` segment, NUL, or text without a
 * UTF-8 form. So no key leaves the root of its store, and no two keys mean one object.
 *
 * @throws storage/invalid-path
 */
export function assertKey(call: StoreCall): void {
  const problem = call.key === "" ? "it is empty" : (segmentsProblem(call.key.split("/")) ?? textProblem(call.key));
  if (problem !== undefined) throw invalidKey(call, problem);
}

/** A prefix is any beginning of a key: only the segments it completes are judged. */
export function assertPrefix(call: StoreCall): void {
  const problem = segmentsProblem(call.key.split("/").slice(0, -1)) ?? textProblem(call.key);
  if (problem !== undefined) throw invalidKey(call, problem);
}

export function invalidKey(call: StoreCall, problem: string): Error {
  return storageError(
    "storage/invalid-path",
    `${JSON.stringify(call.key)} is no key of ${call.url}: ${problem}. ` +
      `Keys are relative to the store and separated by single slashes, like "year=2026/a.parquet".`,
    call,
  );
}

function segmentsProblem(segments: readonly string[]): string | undefined {
  for (const segment of segments) {
    if (segment === "") return "it begins or ends with a slash, or has two in a row";
    if (segment === "." || segment === "..") return `its segment ${JSON.stringify(segment)} means another folder`;
  }
  return undefined;
}

/** Whether a key can hold this text: it has a UTF-8 form and no NUL. */
export function isTextOfKeys(text: string): boolean {
  return textProblem(text) === undefined;
}

function textProblem(text: string): string | undefined {
  if (text.includes("\0")) return "it has a NUL character";
  if (/\p{Surrogate}/u.test(text)) return "it has half of a UTF-16 surrogate pair, which no UTF-8 text can hold";
  return undefined;
}
