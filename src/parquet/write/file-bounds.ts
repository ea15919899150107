import type { RecordBatch } from "apache-arrow";
import { isNullAt, nullCountOf, nullMask } from "../../columnar/access.js";
import { columnsOf } from "../../columnar/batch.js";
import type { Column } from "../../columnar/column.js";
import type { Bounds, ColumnBounds } from "../../expression/bounds.js";
import { compareValues } from "../../schema/value-order.js";
import type { DataType, StructType } from "../../schema/types.js";
import type { Value } from "../../schema/value.js";
import type { ColumnMetadata, RowGroup } from "../metadata/file-metadata.js";
import { statisticsBounds } from "../metadata/leaf-bounds.js";
import { leafConversion } from "../metadata/leaf-conversion.js";
import type { SchemaNode, SchemaTree } from "../metadata/schema-tree.js";

/**
 * Gathers what a file's bounds need beside the statistics of its chunks: NaN, which they leave out, and the nulls of arrays
 * and maps, of which they count elements.
 */
export interface BoundsCollector {
  observe(batch: RecordBatch): void;
  /** Rows that are taken over as they are encoded. */
  observeKept(notes: KeptNotes): void;
  /** Bounds of every column, by the names of the schema; those of struct leaves too, of array elements and map entries none. */
  bounds(tree: SchemaTree, rowGroups: readonly RowGroup[]): Bounds;
}

/** What is known of rows that are not looked at, by path (`JSON.stringify` of the names). */
export interface KeptNotes {
  /** Floating-point columns with a NaN among their values. */
  readonly withNaN: ReadonlySet<string>;
  /** Columns of which only the chunk's own statistics are known: NaN may be among the values, arrays and maps may be null. */
  readonly unknown: ReadonlySet<string>;
}

/** One column that has bounds: a leaf, or a whole array or map. */
interface Watched {
  readonly path: readonly string[];
  /** Positions from the batch down. */
  readonly slots: readonly number[];
  readonly type: DataType;
  hasNaN: boolean;
  nulls: number;
  /** Something about it cannot be known: see `KeptNotes.unknown`. */
  isUnknown: boolean;
}

export function collectBounds(schema: StructType): BoundsCollector {
  const watched = [...watchedColumns(schema, [], [])];
  return {
    observe: (batch) => {
      for (const column of watched) observe(column, batch);
    },
    observeKept: ({ withNaN, unknown }) => {
      for (const column of watched) {
        const key = keyOf(column.path);
        if (withNaN.has(key)) column.hasNaN = true;
        if (unknown.has(key)) column.isUnknown = true;
      }
    },
    bounds: (tree, rowGroups) => {
      const rowCount = rowGroups.reduce((sum, group) => sum + group.rowCount, 0);
      const known = new Map(watched.map((column) => [keyOf(column.path), finished(column, tree, rowGroups)]));
      return { rowCount, column: (path) => known.get(keyOf(path)) };
    },
  };
}

const keyOf = (path: readonly string[]): string => JSON.stringify(path);

function* watchedColumns(type: StructType, path: readonly string[], slots: readonly number[]): Generator<Watched> {
  for (const [slot, field] of type.fields.entries()) {
    const at = { path: [...path, field.name], slots: [...slots, slot] };
    if (field.type.kind === "struct") yield* watchedColumns(field.type, at.path, at.slots);
    else yield { ...at, type: field.type, hasNaN: false, nulls: 0, isUnknown: false };
  }
}

function observe(watched: Watched, batch: RecordBatch): void {
  const { kind } = watched.type;
  if (kind === "array" || kind === "map") watched.nulls += countNulls(chainOf(watched, batch));
  else if ((kind === "float" || kind === "double") && !watched.hasNaN) watched.hasNaN = hasNaN(chainOf(watched, batch));
}

/** The column and the structs above it, outermost first. */
function chainOf({ slots }: Watched, batch: RecordBatch): Column[] {
  const chain: Column[] = [];
  let level = columnsOf(batch);
  for (const slot of slots) {
    const column = level[slot];
    if (column === undefined) return [];
    chain.push(column);
    level = column.children;
  }
  return chain;
}

/** A slot below a null may hold anything, so a NaN counts only where the whole chain has a value. */
function hasNaN(chain: readonly Column[]): boolean {
  const leaf = chain.at(-1);
  if (leaf === undefined) return false;
  const values = leaf.values as Float32Array | Float64Array;
  for (let row = 0; row < leaf.length; row++) {
    const value = values[row];
    if (value !== value && !chain.some((column) => isNullAt(column, row))) return true;
  }
  return false;
}

function countNulls(chain: readonly Column[]): number {
  const nullable = chain.filter((column) => nullCountOf(column) > 0);
  const [only, ...more] = nullable;
  if (only === undefined) return 0;
  if (more.length === 0) return nullCountOf(only);
  const masks = nullable.map((column) => nullMask(column));
  let nulls = 0;
  for (let row = 0; row < only.length; row++) if (masks.some((mask) => mask?.[row] === 1)) nulls++;
  return nulls;
}

function finished(watched: Watched, tree: SchemaTree, rowGroups: readonly RowGroup[]): ColumnBounds {
  if (watched.type.kind === "array" || watched.type.kind === "map") return watched.isUnknown ? {} : { nullCount: watched.nulls };
  const groups = leafBounds(watched, tree, rowGroups);
  if (groups === undefined) return {};
  const nullCount = sumOf(groups.map((group) => group.nullCount));
  const nulls = nullCount === undefined ? {} : { nullCount };
  if (watched.isUnknown) return nulls;
  const merged = mergeExtremes(watched.type, groups);
  if (!watched.hasNaN) return { ...nulls, ...merged };
  // Spark's order, and so its statistics: NaN is the greatest number, and the least one where there is no other.
  return { ...nulls, min: merged.min ?? Number.NaN, max: Number.NaN, exact: merged.min === undefined || merged.exact === true };
}

/** Per row group; `isEmpty` where it holds no value but nulls and NaN, which leaves min and max with nothing to say. */
interface LeafGroup extends ColumnBounds {
  readonly isEmpty: boolean;
}

function leafBounds(
  { path, type, hasNaN: mayBeNaN }: Watched,
  tree: SchemaTree,
  rowGroups: readonly RowGroup[],
): LeafGroup[] | undefined {
  const leaf = nodeAt(tree.root, path);
  const conversion = leaf?.kind === "leaf" ? leafConversion(leaf, type) : undefined;
  if (leaf?.kind !== "leaf" || conversion === undefined) return undefined;
  return rowGroups.map((group) => {
    const metadata = group.columns[leaf.leafIndex]?.metadata;
    const bounds = statisticsBounds({ leaf, type, conversion }, metadata?.statistics, { hasTypeOrder: true });
    return { ...bounds, isEmpty: bounds.nullCount === group.rowCount || (mayBeNaN && hasNoExtremes(metadata)) };
  });
}

/** The encoder leaves NaN out: a chunk of NaN and nulls alone has no extremes. */
function hasNoExtremes(metadata: ColumnMetadata | undefined): boolean {
  return metadata?.statistics?.minValue === undefined && metadata?.statistics?.maxValue === undefined;
}

function nodeAt(node: SchemaNode, path: readonly string[]): SchemaNode | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return node;
  const child = node.kind === "group" ? node.children.find(({ element }) => element.name === name) : undefined;
  return child && nodeAt(child, rest);
}

function mergeExtremes(type: DataType, groups: readonly LeafGroup[]): ColumnBounds {
  const filled = groups.filter(({ isEmpty }) => !isEmpty);
  const min = extreme(
    type,
    filled.map((group) => group.min),
    -1,
  );
  const max = extreme(
    type,
    filled.map((group) => group.max),
    1,
  );
  const exact = filled.length > 0 && min !== undefined && max !== undefined && filled.every((group) => group.exact === true);
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }), ...(exact ? { exact } : {}) };
}

/** `undefined` as soon as one group does not know. */
function extreme(type: DataType, values: readonly (Value | undefined)[], direction: 1 | -1): Value | undefined {
  let best: Value | undefined;
  for (const value of values) {
    if (value === undefined) return undefined;
    if (best === undefined || compareValues(type, value, best) * direction > 0) best = value;
  }
  // The encoder writes a zero minimum as -0; one zero is enough.
  return best === 0 ? 0 : best;
}

function sumOf(counts: readonly (number | undefined)[]): number | undefined {
  return counts.reduce<number | undefined>((sum, count) => (sum === undefined || count === undefined ? undefined : sum + count), 0);
}
