import { LakeError, type ErrorContext } from "../base/errors.js";

/** Bytes that no writer can have meant. */
export function corruptFile(path: string, reason: string, facts: ErrorContext = {}, cause?: unknown): LakeError {
  const message = `${path} is damaged: ${reason}. Restore the file from a copy.`;
  return new LakeError("parquet/corrupt", message, { path, reason, ...facts }, cause);
}

/** A sound file that this package does not read. */
export function unsupportedFile(path: string, reason: string, advice: string, facts: ErrorContext = {}): LakeError {
  return new LakeError("parquet/unsupported", `${path} cannot be read: ${reason}. ${advice}`, { path, reason, ...facts });
}
