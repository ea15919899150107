import { open } from "node:fs/promises";
import { RecordBatchReader, type RecordBatch } from "apache-arrow";
import { LakeError } from "../../base/errors.js";

/** An Arrow IPC file or stream, without compression. */
export async function* readArrowInput(path: string): AsyncGenerator<RecordBatch> {
  const file = path === "-" ? undefined : await open(path);
  try {
    const reader =
      file === undefined ? await RecordBatchReader.from(process.stdin as NodeJS.ReadableStream) : await RecordBatchReader.from(file);
    await reader.open();
    yield* reader;
  } catch (error) {
    if (LakeError.is(error)) throw error;
    throw new LakeError(
      "schema/invalid-value",
      `${path} is no readable Arrow file or stream: ${error instanceof Error ? error.message : String(error)}. ` +
        "Nothing was written; if it is compressed, write it without compression.",
      { path },
      error,
    );
  } finally {
    await file?.close();
  }
}
