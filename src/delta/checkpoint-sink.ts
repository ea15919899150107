import { LakeError } from "../base/errors.js";
import type { ObjectWriter } from "../storage/object-store.js";

export interface CheckpointCounts {
  /** Actions. */
  readonly size: number;
  readonly sizeInBytes: number;
  readonly numOfAddFiles: number;
}

/** Takes the bytes of a checkpoint; what lies under its key already stays there. */
export interface CheckpointSink extends ObjectWriter {
  /** Whether this one was published, or another one was there. Known once it is closed. */
  outcome(): "created" | "exists";
}

/** Failures of reading back that say nothing of the bytes. */
const saysNothingOfBytes = ["storage/unavailable", "storage/permission-denied", "usage/aborted"] as const;

/** The refusal of a checkpoint of our own that cannot be read: no hint is written to it. A store that fails is told as it is. */
export function unreadableCheckpoint(key: string, problem: string, cause?: unknown): LakeError {
  for (const code of saysNothingOfBytes) if (LakeError.is(cause, code)) return cause;
  return new LakeError(
    "delta/corrupt-checkpoint",
    `The checkpoint ${key} that was just written cannot be read back: ${problem}. ` +
      "No hint points to it; the log is complete without it, and deleting the file is safe.",
    { file: key, problem },
    cause,
  );
}
