import type { RecordBatch } from "apache-arrow";
import { assert } from "../base/assert.js";
import { LakeError } from "../base/errors.js";
import { batchOf, columnsOf } from "../columnar/batch.js";
import type { Column } from "../columnar/column.js";
import { takeBatch } from "../columnar/take.js";
import { bindPredicate } from "../expression/bind.js";
import { selectRows } from "../expression/evaluate.js";
import type { BoundExpression, ExpressionNode } from "../expression/expression.js";
import { referencedSlots } from "../expression/references.js";
import { tableScope } from "../expression/scope.js";
import { schemaOfFile } from "../parquet/metadata/file-schema.js";
import { readFooter } from "../parquet/metadata/footer.js";
import { storeRangeReader } from "../parquet/range-reader.js";
import { readParquet } from "../parquet/read/read-file.js";
import { toArrowSchema } from "../schema/arrow-mapping.js";
import { findField } from "../schema/evolution.js";
import { batchFromRows } from "../schema/row-writer.js";
import type { Field, StructType } from "../schema/types.js";
import type { EngineContext } from "./context.js";
import { openReadWindow } from "./read-window.js";
import { atTime } from "./rewrite/statement-time.js";

export interface ReadParquetFileOptions {
  /** Top-level columns, in this order. Default: all. */
  readonly columns?: readonly string[] | undefined;
  readonly where?: ExpressionNode | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The rows of one Parquet file below the context's store, in the logical types that its schema says. At least one batch, so
 * that the schema is known.
 *
 * @throws storage/not-found, parquet/corrupt, parquet/unsupported, expression/unknown-column, schema/unknown-column
 */
export async function* readParquetFile(
  context: EngineContext,
  key: string,
  options: ReadParquetFileOptions,
): AsyncGenerator<RecordBatch, void, undefined> {
  const { signal } = options;
  const startedMs = context.host.now();
  const meta = await context.store.head(key, { signal });
  if (meta === undefined) {
    throw new LakeError("storage/not-found", `There is no Parquet file at ${context.store.url}/${key}. Check the path.`, {
      url: context.store.url,
      key,
    });
  }
  const file = storeRangeReader(context.store, meta);
  const footer = await readFooter(file, signal);
  const fileSchema = schemaOfFile(footer.schema, file.path);
  const output =
    options.columns === undefined ? fileSchema.fields : options.columns.map((name) => fieldNamed(fileSchema, name, file.path));
  const bound = (schema: StructType): BoundExpression | undefined =>
    options.where === undefined ? undefined : atTime(bindPredicate(options.where, tableScope(schema)), startedMs);
  const where = bound(fileSchema);
  // The filter's own columns follow the wanted ones, and are dropped again after filtering.
  const filterFields = where === undefined ? [] : [...referencedSlots(where)].flatMap((slot) => fileSchema.fields[slot] ?? []);
  const read = [...output, ...filterFields.filter((field) => !output.includes(field))];
  const predicate = bound({ kind: "struct", fields: read });
  const schema = toArrowSchema({ kind: "struct", fields: output });
  let isEmpty = true;
  const columns = read.map((field) => ({ name: field.name, field, matchBy: "name" as const }));
  const window = openReadWindow(context, footer, columns);
  try {
    const { codec } = context;
    for await (const { batch } of readParquet(file, { codec, footer, columns, where: predicate, readAhead: window.rowGroups, signal })) {
      const all = columnsOf(batch);
      const selected =
        predicate === undefined ? "all" : selectRows(predicate, { length: batch.numRows, column: (slot) => columnAt(all, slot) });
      const kept = selected === "all" ? batch : takeBatch(batch, selected);
      if (kept.numRows === 0) continue;
      isEmpty = false;
      yield batchOf(schema, columnsOf(kept).slice(0, output.length), kept.numRows);
    }
  } finally {
    window.close();
  }
  if (isEmpty) yield batchFromRows([], { kind: "struct", fields: output });
}

function columnAt(columns: readonly Column[], slot: number): Column {
  const column = columns[slot];
  assert(column !== undefined, `column ${slot} of the filter was read`);
  return column;
}

function fieldNamed(schema: StructType, name: string, path: string): Field {
  const field = findField(schema, name);
  if (field !== undefined) return field;
  const known = schema.fields.map((known) => known.name);
  throw new LakeError("schema/unknown-column", `${path} has no column "${name}". It has: ${known.join(", ")}.`, {
    path,
    column: name,
    known,
  });
}
