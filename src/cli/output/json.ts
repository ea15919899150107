/**
 * JSON as `lake` prints it: a long is an exact number token, dates, times and decimals are strings, binary is base64,
 * NaN and infinities are strings, a map is an object, a `Date` is ISO text.
 */
export function toJson(value: unknown): string {
  if (value === null || value === undefined) return "null";
  switch (typeof value) {
    case "bigint":
      return value.toString();
    case "number":
      return Number.isFinite(value) ? (Object.is(value, -0) ? "-0.0" : String(value)) : JSON.stringify(String(value));
    case "string":
    case "boolean":
      return JSON.stringify(value);
    default:
      return compound(value as object);
  }
}

function compound(value: object): string {
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString("base64"));
  if (value instanceof Error) return JSON.stringify(value.message);
  if (Array.isArray(value)) return `[${value.map(toJson).join(",")}]`;
  const entries: readonly (readonly [unknown, unknown])[] =
    value instanceof Map ? [...value] : Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries.map(([key, item]) => `${JSON.stringify(keyText(key))}:${toJson(item)}`).join(",")}}`;
}

function keyText(key: unknown): string {
  if (typeof key === "string") return key;
  const text = toJson(key);
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}
