import { mapOrdered } from "../base/concurrency.js";
import { constantColumn } from "../columnar/build.js";
import type { Column } from "../columnar/column.js";
import { selectRows } from "../expression/evaluate.js";
import type { BoundExpression, ExpressionNode } from "../expression/expression.js";
import { referencedSlots } from "../expression/references.js";
import { liveRowCount, type DataFile } from "../table/data-file.js";
import type { Snapshot } from "../table/snapshot.js";
import type { EngineContext } from "./context.js";
import { boundWhere, filesFor } from "./list-files.js";
import { projectColumns } from "./projection.js";
import { readFileRows } from "./read-file-rows.js";

export interface CountOptions {
  readonly where?: ExpressionNode | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * How many rows a snapshot has, or how many of them `where` is true for.
 *
 * The log answers where it can: all rows, and rows by partition. Of other files only the columns that `where` looks at are
 * read; of files without statistics only the footer.
 */
export async function countRows(context: EngineContext, snapshot: Snapshot, options: CountOptions = {}): Promise<number> {
  const { signal } = options;
  const where = boundWhere(context, snapshot, options.where);
  if (where === undefined) {
    const known = await snapshot.rowCount(signal);
    if (known !== undefined) return known;
  }
  const { columns, where: filter } = projectColumns(snapshot, [], where);
  const byPartition = where !== undefined && dependsOnPartitionOnly(snapshot, where);
  const countFile = async (file: DataFile, stop: AbortSignal): Promise<number> => {
    if (byPartition && !matchesPartition(snapshot, file, where)) return 0;
    const known = where === undefined || byPartition ? liveRowCount(file) : undefined;
    if (known !== undefined) return known;
    let rows = 0;
    const pieces = readFileRows(context, snapshot, file, { columns, output: [], where: byPartition ? undefined : filter, signal: stop });
    for await (const { batch } of pieces) rows += batch.numRows;
    return rows;
  };
  let total = 0;
  const files = filesFor(snapshot, where, signal);
  for await (const rows of mapOrdered(files, context.codec.parallelism + 1, (file, task) => countFile(file, task.signal), signal))
    total += rows;
  return total;
}

function dependsOnPartitionOnly(snapshot: Snapshot, where: BoundExpression): boolean {
  return [...referencedSlots(where)].every((slot) => snapshot.partitionBy.includes(snapshot.schema.fields[slot]?.name ?? ""));
}

function matchesPartition(snapshot: Snapshot, file: DataFile, where: BoundExpression): boolean {
  const column = (slot: number): Column => {
    const field = snapshot.schema.fields[slot];
    return constantColumn(field?.type ?? { kind: "void" }, file.partition.get(field?.name ?? "") ?? null, 1);
  };
  const selected = selectRows(where, { length: 1, column });
  return selected === "all" || selected.length > 0;
}
