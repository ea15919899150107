import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { RecordBatchReader, type RecordBatch } from "apache-arrow";
import { LakeError } from "../../base/errors.js";

/** An Arrow IPC file or stream, without compression: what `stream` brings, or else the file at `path`. */
export async function* readArrowInput(path: string, stream: Readable | undefined): AsyncGenerator<RecordBatch> {
  const file = stream === undefined ? await open(path) : undefined;
  try {
    const source = file ?? (stream as NodeJS.ReadableStream);
    const reader = "stat" in source ? await RecordBatchReader.from(source) : await RecordBatchReader.from(source);
    await reader.open();
    if ((reader.schema as unknown) === undefined)
      throw new LakeError("schema/invalid-value", `${path} is empty: Arrow begins with a schema. Nothing was written.`, { path });
    yield* reader;
  } catch (error) {
    if (LakeError.is(error)) throw error;
    throw new LakeError(
      "schema/invalid-value",
      `${path} is no readable Arrow file or stream: it is damaged, cut off or compressed. Nothing was written; write it anew, ` +
        "without compression.",
      { path, problem: error instanceof Error ? error.message : String(error) },
      error,
    );
  } finally {
    await file?.close();
  }
}
