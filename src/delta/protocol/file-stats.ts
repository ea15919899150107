import type { Bounds } from "../../expression/bounds.js";
import { isJsonObject, type JsonObject } from "./action-fields.js";
import { columnBounds, countOf, noBounds, type FileEntries } from "./column-stats.js";
import type { FileColumns } from "./file-columns.js";
import { parseExactJson, type ExactJson } from "./exact-json.js";

/**
 * The bounds in the `stats` of a file action, PROTOCOL.md "Per-file Statistics": parsed on first use, values typed by the table's schema.
 * Whatever is missing, of another type or not to be relied on is unknown; statistics never make a file unreadable.
 */
export function fileStats(stats: string | undefined, files: Pick<FileColumns, "find">): Bounds {
  if (stats === undefined) return noBounds;
  let document: StatsDocument | undefined;
  const load = (): StatsDocument => (document ??= parseStats(stats));
  return {
    get rowCount() {
      return load().numRecords;
    },
    column(path) {
      const found = files.find(path);
      if (found === undefined) return undefined;
      const { min, max, nullCount } = load();
      const entries = { min: member(min, found.path), max: member(max, found.path), nullCount: member(nullCount, found.path) };
      return columnBounds(found, entries, load());
    },
  };
}

/** `numRecords` alone, without parsing the rest when the text begins with it, as it usually does. */
export function numRecordsOf(stats: string): number | undefined {
  const match = /^\s*\{\s*"numRecords"\s*:\s*(\d{1,15})\s*[,}]/.exec(stats);
  return match === null ? parseStats(stats).numRecords : Number(match[1]);
}

interface StatsDocument extends FileEntries {
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

function member(json: ExactJson | undefined, path: readonly string[]): ExactJson | undefined {
  let value: unknown = json;
  for (const name of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value as JsonObject, name)) return undefined;
    value = value[name];
  }
  return value as ExactJson | undefined;
}
