import type { Bounds, ColumnBounds } from "../../expression/bounds.js";
import type { DataType } from "../../schema/types.js";
import type { ExactJson } from "./exact-json.js";
import { decodeStatsValue } from "./stats-value.js";

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

/** Bounds of a column of `type`; `undefined` when nothing that can be relied on is said of it. */
export function columnBounds(type: DataType, entries: ColumnEntries, file: FileEntries): ColumnBounds | undefined {
  const min = decodeStatsValue(entries.min, type, "min");
  const max = decodeStatsValue(entries.max, type, "max");
  const nullCount = reliableNullCount(countOf(entries.nullCount), file);
  if (min === undefined && max === undefined && nullCount === undefined) return undefined;
  const bounds: { -readonly [K in keyof ColumnBounds]: ColumnBounds[K] } = {};
  if (min !== undefined) bounds.min = min;
  if (max !== undefined) bounds.max = max;
  if (nullCount !== undefined) bounds.nullCount = nullCount;
  if (file.tight && exactKinds.has(type.kind)) bounds.exact = true;
  return bounds;
}

/** With wide bounds only "none" and "all" carry information. */
export function reliableNullCount(nullCount: number | undefined, file: FileEntries): number | undefined {
  return file.tight || nullCount === 0 || nullCount === file.numRecords ? nullCount : undefined;
}

export function countOf(json: unknown): number | undefined {
  return Number.isSafeInteger(json) && Number(json) >= 0 ? Number(json) : undefined;
}
