import { LakeError, type ErrorContext } from "../base/errors.js";

/** Bytes that no writer can have meant. */
export function corruptFile(path: string, reason: string, facts: ErrorContext = {}): LakeError {
  return new LakeError("parquet/corrupt", `${path} is damaged: ${reason}. Restore the file from a copy.`, { path, reason, ...facts });
}

/** A sound file that this package does not read. */
export function unsupportedFile(path: string, reason: string, advice: string, facts: ErrorContext = {}): LakeError {
  return new LakeError("parquet/unsupported", `${path} cannot be read: ${reason}. ${advice}`, { path, reason, ...facts });
}
