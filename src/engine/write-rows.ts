import type { RecordBatch, Schema } from "apache-arrow";
import { fromArrowSchema } from "../schema/arrow-mapping.js";
import { mergeSchemas } from "../schema/evolution.js";
import type { WrittenFile } from "../table/data-file.js";
import type { MetadataChange } from "../table/pending-commit.js";
import type { Snapshot } from "../table/snapshot.js";
import type { WritePlan } from "../table/write-plan.js";
import { planAlignment, withoutNewVoids } from "./align.js";
import type { EngineContext, VerbOptions } from "./context.js";
import { createFileSet, type FileSet } from "./write-files.js";

export interface WriteRowsOptions extends Pick<VerbOptions, "signal" | "onProgress"> {
  readonly data: AsyncIterable<RecordBatch> | Iterable<RecordBatch>;
  /** Columns that the data has and the table lacks are added. */
  readonly mergeSchema?: boolean | undefined;
  /** The table's definition as the commit changes it anyway. */
  readonly metadata?: MetadataChange | undefined;
  /** Told of rows in the table's schema before they are written. */
  readonly check?: ((batch: RecordBatch, plan: WritePlan) => void) | undefined;
}

/** Rows on their way into a table: in files that no version names yet. */
export interface WrittenRows {
  readonly files: readonly WrittenFile[];
  readonly rowCount: number;
  /** What the commit has to change of the table's definition for these files; `undefined`: nothing. */
  readonly metadata: MetadataChange | undefined;
  /** Deletes the files again. Only while no commit can have named them. */
  abandon(): Promise<void>;
}

/**
 * Aligns rows with the table and writes them to files. When it throws, it has deleted what it wrote.
 *
 * Where the schema grows in mid-stream, later files have the new columns and earlier ones do not, which reads as null.
 */
export async function writeRows(context: EngineContext, snapshot: Snapshot, options: WriteRowsOptions): Promise<WrittenRows> {
  const { signal, onProgress, check, mergeSchema = false } = options;
  const sets: FileSet[] = [];
  const abandon = async (): Promise<void> => {
    await Promise.all(sets.map((set) => set.abort()));
  };
  let rowCount = 0;
  let metadata = options.metadata;
  let plan = snapshot.writePlan({ metadata });
  let files: FileSet | undefined;
  let alignment: Alignment | undefined;
  try {
    for await (const batch of options.data) {
      if (alignment?.from !== batch.schema) {
        const data = fromArrowSchema(batch.schema);
        const grown = mergeSchema ? mergeSchemas(plan.schema, withoutNewVoids(data, plan.schema)) : plan.schema;
        if (grown !== plan.schema) {
          metadata = { ...metadata, schema: grown };
          plan = snapshot.writePlan({ metadata });
          files = undefined;
        }
        alignment = { from: batch.schema, align: planAlignment(data, plan.schema, { ignoreNewVoids: mergeSchema }) };
      }
      const rows = alignment.align(batch);
      if (rows.numRows === 0) continue;
      check?.(rows, plan);
      if (files === undefined) sets.push((files = createFileSet(context, plan, { signal })));
      await files.write(rows);
      rowCount += rows.numRows;
      onProgress?.({ phase: "write", done: rowCount, unit: "rows" });
    }
    const written: WrittenFile[] = [];
    for (const set of sets) written.push(...(await set.finish()));
    return { files: written, rowCount, metadata, abandon };
  } catch (error) {
    await abandon();
    throw error;
  }
}

interface Alignment {
  readonly from: Schema;
  readonly align: (batch: RecordBatch) => RecordBatch;
}
