import type { Bounds, ColumnBounds } from "../../expression/bounds.js";
import type { DataType } from "../../schema/types.js";
import type { Value } from "../../schema/value.js";
import type { ExactJson } from "./exact-json.js";
import type { FoundColumn } from "./file-columns.js";
import { decodeStatsValue, type BoundSide } from "./stats-value.js";

// What every form of PROTOCOL.md "Per-file Statistics" has in common: parsed JSON, scanned bytes, structs of a checkpoint.

export const noBounds: Bounds = Object.freeze({ rowCount: undefined, column: () => undefined });

/** Types whose bounds nobody truncates or rounds. */
const exactKinds: ReadonlySet<DataType["kind"]> = new Set<DataType["kind"]>(["byte", "short", "int", "long", "boolean", "date"]);

/** One column's entries, as the JSON has them. */
export interface ColumnEntries {
  readonly min: ExactJson | undefined;
  readonly max: ExactJson | undefined;
  readonly nullCount: ExactJson | undefined;
}

/** What holds for all columns of a file. */
export interface FileEntries {
  readonly numRecords: number | undefined;
  /** `tightBounds` is not `false`. */
  readonly tight: boolean;
}

/** Bounds of a column; `undefined` when nothing that can be relied on is said of it. */
export function columnBounds(column: FoundColumn, entries: ColumnEntries, file: FileEntries): ColumnBounds | undefined {
  const { type } = column;
  const min = boundOf(column, decodeStatsValue(entries.min, type, "min"), "min");
  const max = boundOf(column, decodeStatsValue(entries.max, type, "max"), "max");
  const nullCount = reliableNullCount(countOf(entries.nullCount), file);
  if (min === undefined && max === undefined && nullCount === undefined) return undefined;
  const bounds: { -readonly [K in keyof ColumnBounds]: ColumnBounds[K] } = {};
  if (min !== undefined) bounds.min = min;
  if (max !== undefined) bounds.max = max;
  if (nullCount !== undefined) bounds.nullCount = nullCount;
  if (file.tight && exactKinds.has(type.kind)) bounds.exact = true;
  return bounds;
}

/**
 * A file from when the column was a float has bounds in the shortest digits of one: 0.1 stands for 0.10000000149…, which is greater. Which
 * files those are nobody says, so that the bound is the one or the other, whichever lies outside.
 */
export function boundOf({ wasFloat }: FoundColumn, value: Value | undefined, side: BoundSide): Value | undefined {
  if (!wasFloat || typeof value !== "number") return value;
  const asFloat = Math.fround(value);
  if (!Number.isFinite(asFloat)) return value;
  return side === "min" ? Math.min(value, asFloat) : Math.max(value, asFloat);
}

/** With wide bounds only "none" and "all" carry information. */
export function reliableNullCount(nullCount: number | undefined, file: FileEntries): number | undefined {
  return file.tight || nullCount === 0 || nullCount === file.numRecords ? nullCount : undefined;
}

export function countOf(json: unknown): number | undefined {
  return Number.isSafeInteger(json) && Number(json) >= 0 ? Number(json) : undefined;
}
