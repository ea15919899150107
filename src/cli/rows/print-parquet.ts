import { resources } from "../../api/runtime.js";
import { createParquetWriter } from "../../parquet/write/write-file.js";
import type { ObjectWriter } from "../../storage/object-store.js";
import { writeOut } from "../output/stdout.js";
import type { Shell } from "../shell.js";
import type { RowSource } from "./row-source.js";

/** A Parquet file, written as it is encoded. */
export async function printParquet(source: RowSource, shell: Shell): Promise<void> {
  const { codec, memory } = resources({});
  const { schema } = source;
  const writer = createParquetWriter({
    sink: stdoutSink(shell),
    path: "stdout",
    schema,
    compression: "zstd",
    formatVersion: "1.0",
    codec,
    memory,
  });
  try {
    for await (const batch of source.scan(source.limit)) await writer.write(batch);
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function stdoutSink(shell: Shell): ObjectWriter {
  let size = 0;
  return {
    write: (bytes) => {
      size += bytes.length;
      return writeOut(shell, bytes);
    },
    close: async () => ({ key: "stdout", size, modifiedMs: 0 }),
    abort: async () => {},
  };
}
