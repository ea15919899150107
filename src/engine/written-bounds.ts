import type { Bounds, ColumnBounds } from "../expression/bounds.js";
import type { StructType } from "../schema/types.js";
import type { Value } from "../schema/value.js";
import type { WritePlan } from "../table/write-plan.js";

/** The bounds of a written file by logical names: those of its columns, and the partition values, which are in no file. */
export function writtenBounds(plan: WritePlan, stored: Bounds, partition: ReadonlyMap<string, Value>): Bounds {
  const { rowCount } = stored;
  const logical: StructType = { kind: "struct", fields: plan.fileColumns.flatMap((column) => plan.schema.fields[column] ?? []) };
  return {
    rowCount,
    column(path) {
      const [name] = path;
      const value = path.length === 1 && name !== undefined ? partition.get(name) : undefined;
      if (value !== undefined) return constantBounds(value, rowCount);
      const physical = physicalPath(logical, plan.fileSchema, path);
      return physical === undefined ? undefined : stored.column(physical);
    },
  };
}

function constantBounds(value: Value, rowCount: number | undefined): ColumnBounds {
  if (value !== null) return { min: value, max: value, nullCount: 0, exact: true };
  return rowCount === undefined ? {} : { nullCount: rowCount };
}

/** The same place in a schema that has the same shape under other names. */
function physicalPath(logical: StructType, physical: StructType, path: readonly string[]): readonly string[] | undefined {
  const [name, ...rest] = path;
  const slot = logical.fields.findIndex((field) => field.name === name);
  const here = logical.fields[slot];
  const there = physical.fields[slot];
  if (here === undefined || there === undefined) return undefined;
  if (rest.length === 0) return [there.name];
  if (here.type.kind !== "struct" || there.type.kind !== "struct") return undefined;
  const below = physicalPath(here.type, there.type, rest);
  return below === undefined ? undefined : [there.name, ...below];
}
