/**
 * How a field's metadata, JSON values in the log, travels as Arrow metadata, which has texts only. A text travels as it is, so
 * that other tools see `comment`; any other value as its JSON text, its key listed under `laketable.json` so that it comes back
 * as what it was.
 */
const JSON_KEYS = "laketable.json";

/** Arrow's own name for variants, in a field's metadata. */
export const EXTENSION_NAME = "ARROW:extension:name";
export const VARIANT_EXTENSION = "arrow.parquet.variant";

export function toArrowMetadata(metadata: Readonly<Record<string, unknown>>): Map<string, string> {
  const result = new Map<string, string>();
  const jsonKeys: string[] = [];
  for (const [key, value] of Object.entries(metadata)) {
    if (value === undefined) continue;
    if (typeof value !== "string") jsonKeys.push(key);
    result.set(key, typeof value === "string" ? value : JSON.stringify(value));
  }
  if (jsonKeys.length > 0) result.set(JSON_KEYS, JSON.stringify(jsonKeys));
  return result;
}

/** What `toArrowMetadata` was given. Notes that Arrow and Parquet keep for themselves (`ARROW:…`, `PARQUET:…`) are left out. */
export function fromArrowMetadata(metadata: ReadonlyMap<string, string> | null | undefined): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  if (metadata === undefined || metadata === null || metadata.size === 0) return result;
  const jsonKeys = new Set(jsonKeysOf(metadata.get(JSON_KEYS)));
  for (const [key, text] of metadata) {
    if (key === JSON_KEYS || key.startsWith("ARROW:") || key.startsWith("PARQUET:")) continue;
    // `defineProperty` semantics: a key called __proto__ stays a key.
    Object.defineProperty(result, key, {
      value: jsonKeys.has(key) ? jsonValue(text) : text,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return result;
}

function jsonKeysOf(text: string | undefined): readonly unknown[] {
  const keys = text === undefined ? [] : jsonValue(text);
  return Array.isArray(keys) ? keys : [];
}

/** The value of a JSON text; the text itself when another tool has put something else there. */
function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Metadata is a note, not data: a note that is no JSON is kept as it reads.
    return text;
  }
}
