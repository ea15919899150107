import type { Readable } from "node:stream";
import { RecordBatchReader, type RecordBatch } from "apache-arrow";
import { LakeError } from "../../base/errors.js";

/** An Arrow IPC file or stream. */
export async function* readArrowInput(path: string, stream: Readable): AsyncGenerator<RecordBatch> {
  try {
    const reader = await RecordBatchReader.from(stream);
    await reader.open();
    yield* reader;
  } catch (error) {
    if (LakeError.is(error)) throw error;
    throw new LakeError("schema/invalid-value", `${path} is no readable Arrow file or stream: ${error instanceof Error ? error.message : String(error)}.`, { path }, error);
  }
}
