import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { RecordBatch } from "apache-arrow";
import { readParquet } from "../../api/read-parquet.js";

/** A Parquet file. Its index is at the end, so what comes from stdin is kept in a temporary file until it has been read. */
export async function* readParquetInput(path: string, stdin: Readable): AsyncGenerator<RecordBatch> {
  if (path !== "-") return yield* readParquet(path);
  const folder = await mkdtemp(join(tmpdir(), "lake-"));
  try {
    const copy = join(folder, "stdin.parquet");
    await pipeline(stdin, createWriteStream(copy));
    yield* readParquet(copy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
