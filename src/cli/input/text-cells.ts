import type { DataType } from "../../schema/types.js";

/** How JSON and CSV spell the doubles that have no number. */
export const specialNumbers: ReadonlySet<string> = new Set(["NaN", "Infinity", "-Infinity"]);

/** A cell of text, as CSV and the keys of JSON objects have it, for a column of a flat `type`. What does not fit is passed on. */
export function fromText(text: string, type: DataType): unknown {
  const trimmed = text.trim();
  switch (type.kind) {
    case "byte":
    case "short":
    case "int":
    case "long":
      return /^[+-]?\d+$/.test(trimmed) ? BigInt(trimmed.replace(/^\+/, "")) : text;
    case "float":
    case "double":
      return specialNumbers.has(trimmed) || (trimmed !== "" && Number.isFinite(Number(trimmed))) ? Number(trimmed) : text;
    case "boolean":
      return /^true$/i.test(trimmed) ? true : /^false$/i.test(trimmed) ? false : text;
    case "binary":
      return /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text) ? new Uint8Array(Buffer.from(text, "base64")) : text;
    case "decimal":
    case "date":
    case "timestamp":
    case "timestamp_ntz":
      return trimmed;
    default:
      return text;
  }
}
