import type { RecordBatch } from "apache-arrow";
import { nullCountOf, nullMask, validityOf } from "../columnar/access.js";
import { columnsOf } from "../columnar/batch.js";
import type { Column } from "../columnar/column.js";
import type { Bounds, ColumnBounds } from "../expression/bounds.js";
import type { StructType } from "../schema/types.js";
import type { Value } from "../schema/value.js";

/**
 * What a Parquet footer does not tell of the written values: NaN (its statistics leave NaN out, and NaN is the greatest
 * number in Spark's order) and nulls of whole arrays and maps (it counts their elements).
 */
export interface BoundsObserver {
  /** Looks at rows whose columns are `schema`. */
  observe(batch: RecordBatch): void;
  /** `stored` completed by what was seen, and by the partition values, which are in no file. */
  complete(stored: Bounds, partition: ReadonlyMap<string, Value>, rowCount: number): Bounds;
}

interface Watch {
  readonly path: readonly string[];
  readonly kind: "float" | "collection";
  readonly slots: readonly number[];
  sawNaN: boolean;
  nulls: number;
}

/** `schema` and `fileSchema` are the same columns under their logical and their physical names. */
export function observeBounds(schema: StructType, fileSchema: StructType): BoundsObserver {
  const watches = [...watched(schema, [], [])];
  const byPath = new Map(watches.map((watch) => [JSON.stringify(watch.path), watch]));
  return {
    observe(batch) {
      for (const watch of watches) look(watch, columnsOf(batch));
    },
    complete: (stored, partition, rowCount) => ({
      rowCount,
      column(path) {
        const [name] = path;
        const value = path.length === 1 && name !== undefined ? partition.get(name) : undefined;
        if (value !== undefined) return constantBounds(value, rowCount);
        const storedPath = physicalPath(schema, fileSchema, path);
        const bounds = storedPath === undefined ? undefined : stored.column(storedPath);
        const watch = byPath.get(JSON.stringify(path));
        return watch === undefined ? bounds : withSeen(bounds, watch);
      },
    }),
  };
}

function physicalPath(schema: StructType, fileSchema: StructType, path: readonly string[]): readonly string[] | undefined {
  const [name, ...rest] = path;
  const slot = schema.fields.findIndex((field) => field.name === name);
  const logical = schema.fields[slot];
  const physical = fileSchema.fields[slot];
  if (logical === undefined || physical === undefined) return undefined;
  if (rest.length === 0) return [physical.name];
  if (logical.type.kind !== "struct" || physical.type.kind !== "struct") return undefined;
  const below = physicalPath(logical.type, physical.type, rest);
  return below === undefined ? undefined : [physical.name, ...below];
}

function constantBounds(value: Value, rowCount: number): ColumnBounds {
  return value === null ? { nullCount: rowCount } : { min: value, max: value, nullCount: 0, exact: true };
}

function withSeen(bounds: ColumnBounds | undefined, watch: Watch): ColumnBounds | undefined {
  if (watch.kind === "collection") return { nullCount: watch.nulls };
  // An absent bound is unknown, which is right for a column that holds only NaN: its smallest value is NaN.
  return watch.sawNaN ? { ...bounds, max: Number.NaN, exact: false } : bounds;
}

function* watched(type: StructType, path: readonly string[], slots: readonly number[]): Generator<Watch> {
  for (const [slot, field] of type.fields.entries()) {
    const here = { path: [...path, field.name], slots: [...slots, slot], sawNaN: false, nulls: 0 };
    switch (field.type.kind) {
      case "float":
      case "double":
        yield { ...here, kind: "float" };
        break;
      case "array":
      case "map":
        yield { ...here, kind: "collection" };
        break;
      case "struct":
        yield* watched(field.type, here.path, here.slots);
        break;
      default:
        break;
    }
  }
}

function look(watch: Watch, columns: readonly Column[]): void {
  if (watch.kind === "float" && watch.sawNaN) return;
  const chain: Column[] = [];
  let level: readonly Column[] = columns;
  for (const slot of watch.slots) {
    const column = level[slot];
    if (column === undefined) return;
    chain.push(column);
    level = column.children;
  }
  const leaf = chain.at(-1);
  if (leaf === undefined) return;
  if (watch.kind === "float") watch.sawNaN = hasNaN(leaf, chain);
  else watch.nulls += nullsIn(leaf, chain);
}

/** A slot under a null may hold anything, so a NaN counts only where the whole chain has a value. */
function hasNaN(leaf: Column, chain: readonly Column[]): boolean {
  const values = leaf.values as Float32Array | Float64Array;
  for (let row = 0; row < leaf.length; row++) {
    const value = values[row] as number;
    if (value !== value && chain.every((column) => isValid(column, row))) return true;
  }
  return false;
}

function isValid(column: Column, row: number): boolean {
  const bits = validityOf(column);
  if (bits === undefined) return true;
  const at = column.offset + row;
  return (((bits[at >> 3] ?? 0) >> (at & 7)) & 1) === 1;
}

/** Rows in which the field is null, or something above it. */
function nullsIn(leaf: Column, chain: readonly Column[]): number {
  const masks = chain.filter((column) => nullCountOf(column) > 0).map((column) => nullMask(column));
  if (masks.length === 0) return 0;
  let nulls = 0;
  for (let row = 0; row < leaf.length; row++) if (masks.some((mask) => mask?.[row] === 1)) nulls++;
  return nulls;
}
