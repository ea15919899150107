import type { Bounds, ColumnBounds } from "../../expression/bounds.js";
import type { DataType, Field, StructType } from "../../schema/types.js";
import { isJsonObject, type JsonObject } from "./action-fields.js";
import { parseExactJson, type ExactJson } from "./exact-json.js";
import { decodeStatsValue } from "./stats-value.js";

/**
 * The bounds in the `stats` of a file action, PROTOCOL.md "Per-file Statistics": parsed on first use, values typed by `schema`.
 * Whatever is missing, of another type or not to be relied on is unknown; statistics never make a file unreadable.
 */
export function fileStats(stats: string | undefined, schema: StructType): Bounds {
  if (stats === undefined) return noBounds;
  let document: StatsDocument | undefined;
  const load = (): StatsDocument => (document ??= parseStats(stats));
  return {
    get rowCount() {
      return load().numRecords;
    },
    column: (path) => columnBounds(load(), path, schema),
  };
}

export const noBounds: Bounds = Object.freeze({ rowCount: undefined, column: () => undefined });

/** `numRecords` alone, without parsing the rest when the text begins with it, as it usually does. */
export function numRecordsOf(stats: string): number | undefined {
  const match = /^\s*\{\s*"numRecords"\s*:\s*(\d{1,15})\s*[,}]/.exec(stats);
  return match === null ? parseStats(stats).numRecords : Number(match[1]);
}

interface StatsDocument {
  readonly numRecords: number | undefined;
  readonly tight: boolean;
  readonly min: ExactJson | undefined;
  readonly max: ExactJson | undefined;
  readonly nullCount: ExactJson | undefined;
}

const emptyStats: StatsDocument = { numRecords: undefined, tight: false, min: undefined, max: undefined, nullCount: undefined };

function parseStats(text: string): StatsDocument {
  let document: ExactJson;
  try {
    document = parseExactJson(text);
  } catch {
    return emptyStats;
  }
  if (!isJsonObject(document)) return emptyStats;
  return {
    numRecords: countOf(document["numRecords"]),
    tight: document["tightBounds"] !== false,
    min: document["minValues"] as ExactJson | undefined,
    max: document["maxValues"] as ExactJson | undefined,
    nullCount: document["nullCount"] as ExactJson | undefined,
  };
}

function columnBounds(document: StatsDocument, path: readonly string[], schema: StructType): ColumnBounds | undefined {
  const type = leafType(schema, path);
  if (type === undefined) return undefined;
  const min = decodeStatsValue(member(document.min, path), type, "min");
  const max = decodeStatsValue(member(document.max, path), type, "max");
  const nullCount = reliableNullCount(countOf(member(document.nullCount, path)), document);
  if (min === undefined && max === undefined && nullCount === undefined) return undefined;
  return {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(nullCount === undefined ? {} : { nullCount }),
    ...(document.tight && exactKinds.has(type.kind) ? { exact: true } : {}),
  };
}

/** Types whose bounds nobody truncates or rounds. */
const exactKinds: ReadonlySet<DataType["kind"]> = new Set<DataType["kind"]>(["byte", "short", "int", "long", "boolean", "date"]);

/** With wide bounds only "none" and "all" carry information. */
export function reliableNullCount(nullCount: number | undefined, stats: { readonly numRecords: number | undefined; readonly tight: boolean }): number | undefined {
  return stats.tight || nullCount === 0 || nullCount === stats.numRecords ? nullCount : undefined;
}

/** The type at `path`, through structs only. Arrays and maps have a null count but no bounds. */
export function leafType(schema: StructType, path: readonly string[]): DataType | undefined {
  let type: DataType = schema;
  for (const name of path) {
    if (type.kind !== "struct") return undefined;
    const field: Field | undefined = type.fields.find((candidate) => candidate.name === name);
    if (field === undefined) return undefined;
    type = field.type;
  }
  return type;
}

function member(json: ExactJson | undefined, path: readonly string[]): ExactJson | undefined {
  let value: unknown = json;
  for (const name of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value as JsonObject, name)) return undefined;
    value = value[name];
  }
  return value as ExactJson | undefined;
}

function countOf(json: unknown): number | undefined {
  return Number.isSafeInteger(json) && Number(json) >= 0 ? Number(json) : undefined;
}
