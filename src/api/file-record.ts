import type { DataType, StructType } from "../schema/types.js";
import type { Value } from "../schema/value.js";
import { rowValue } from "../schema/row-reader.js";
import type { DataFile } from "../table/data-file.js";
import type { FileRecord, FileStats } from "./results.js";

/** A data file as people see it: partition values and bounds in the spelling of rows. */
export function fileRecord(file: DataFile, schema: StructType, partitionBy: readonly string[]): FileRecord {
  // Maps first: assigning to a column of the name `__proto__` would be lost.
  const partition = new Map<string, unknown>();
  for (const name of partitionBy) {
    const type = schema.fields.find((field) => field.name === name)?.type;
    if (type !== undefined) partition.set(name, rowValue(type, file.partition.get(name) ?? null));
  }
  return {
    path: file.path,
    size: file.size,
    rows: file.rowCount ?? null,
    partition: Object.fromEntries(partition),
    stats: fileStats(file, schema, partitionBy),
  };
}

function fileStats(file: DataFile, schema: StructType, partitionBy: readonly string[]): FileStats | null {
  const min = new Map<string, unknown>();
  const max = new Map<string, unknown>();
  const nullCount = new Map<string, number>();
  for (const { path, type } of leaves(schema, partitionBy)) {
    const bounds = file.bounds.column(path);
    if (bounds === undefined) continue;
    const name = path.join(".");
    if (bounds.min !== undefined) min.set(name, rowValue(type, bounds.min));
    if (bounds.max !== undefined) max.set(name, rowValue(type, bounds.max));
    if (bounds.nullCount !== undefined) nullCount.set(name, bounds.nullCount);
  }
  if (min.size + max.size + nullCount.size === 0) return null;
  return { min: Object.fromEntries(min), max: Object.fromEntries(max), nullCount: Object.fromEntries(nullCount) };
}

/** Columns that can have bounds: everything that is not inside an array or map, partition columns aside. */
function* leaves(
  schema: StructType,
  partitionBy: readonly string[],
): Generator<{ readonly path: readonly string[]; readonly type: DataType }> {
  for (const { name, type } of schema.fields) {
    if (partitionBy.includes(name)) continue;
    if (type.kind === "struct") {
      for (const leaf of leaves(type, [])) yield { path: [name, ...leaf.path], type: leaf.type };
    } else {
      yield { path: [name], type };
    }
  }
}
