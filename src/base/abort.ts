import { LakeError } from "./errors.js";

/** The error of work that its caller cancelled. */
export function abortError(signal?: AbortSignal): LakeError {
  return new LakeError("usage/aborted", "The operation was aborted by its signal. Nothing further was written.", {}, signal?.reason);
}

/** Call between files and batches: throws `usage/aborted` once `signal` has aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}
