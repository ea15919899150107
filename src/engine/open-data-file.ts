import type { RecordBatch } from "apache-arrow";
import { assert } from "../base/assert.js";
import { batchOf, columnsOf } from "../columnar/batch.js";
import { retyped } from "../columnar/build.js";
import { createParquetWriter, type KeptGroup } from "../parquet/write/write-file.js";
import { toArrowSchema } from "../schema/arrow-mapping.js";
import type { Value } from "../schema/value.js";
import type { WrittenFile } from "../table/data-file.js";
import type { WritePlan } from "../table/write-plan.js";
import type { EngineContext } from "./context.js";
import { writtenBounds } from "./written-bounds.js";

/** One data file being written. Calls are made one after the other, but for `abort`. */
export interface OpenDataFile {
  /** Encoded bytes so far, those that still wait included (estimated). */
  readonly bytes: number;
  /** Bytes of rows in memory that no row group holds yet. */
  readonly bufferedBytes: number;
  /** Takes rows in the plan's schema. */
  write(batch: RecordBatch): Promise<void>;
  /** Takes a row group that is encoded already, in the columns of the file. */
  writeGroup(group: KeptGroup): Promise<void>;
  /** Writes the rest and publishes the file. Called again it gives the same. */
  end(): Promise<WrittenFile>;
  /** Removes what there is of the file. Never throws. */
  abort(): Promise<void>;
}

export async function openDataFile(
  context: EngineContext,
  plan: WritePlan,
  values: readonly Value[],
  signal?: AbortSignal,
): Promise<OpenDataFile> {
  const path = plan.newPath(values);
  const partition = new Map(plan.partitionBy.map((name, at) => [name, values[at] ?? null]));
  const sink = await context.store.openWriter(path, { signal });
  const writer = createParquetWriter({
    sink,
    path,
    schema: plan.fileSchema,
    compression: plan.compression,
    formatVersion: plan.formatVersion,
    targetRowGroupBytes: plan.targetRowGroupBytes,
    codec: context.codec,
    memory: context.memory,
    signal,
  });
  const arrowSchema = toArrowSchema(plan.fileSchema);
  let ended: Promise<WrittenFile> | undefined;

  const finish = async (): Promise<WrittenFile> => {
    const { size, rowCount, bounds, modifiedMs } = await writer.close();
    return { path, size, rowCount, modifiedMs, partition, bounds: writtenBounds(plan, bounds, partition) };
  };
  return {
    get bytes() {
      return writer.bytesWritten;
    },
    get bufferedBytes() {
      return writer.bufferedBytes;
    },
    async write(batch) {
      const columns = columnsOf(batch);
      const wanted = plan.fileColumns.map((column, at) => {
        const data = columns[column];
        const type = arrowSchema.fields[at]?.type;
        assert(data !== undefined && type !== undefined, "the rows have every column of the file");
        return retyped(data, type);
      });
      await writer.write(batchOf(arrowSchema, wanted, batch.numRows));
    },
    writeGroup: (group) => writer.writeGroup(group),
    end: () => (ended ??= finish()),
    async abort() {
      try {
        await ended?.catch(() => {});
        // A file that could not be ended is still open.
        await writer.abort();
        await context.store.delete([path]);
      } catch (error) {
        context.logger.warn("A data file that no version names could not be deleted.", { path, error: String(error) });
      }
    },
  };
}
