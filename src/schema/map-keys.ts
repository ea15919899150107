import type { DataType } from "./types.js";

/**
 * The key that a property name of a plain object stands for in a map of the given key type: property names are always texts. What
 * is no number stays a text, for the encoder to refuse with its place.
 */
export function keyFromText(type: DataType, text: string): unknown {
  switch (type.kind) {
    case "long":
      return /^-?[0-9]+$/.test(text) ? BigInt(text) : text;
    case "byte":
    case "short":
    case "int":
    case "float":
    case "double":
      return text.trim() !== "" && (text === "NaN" || !Number.isNaN(Number(text))) ? Number(text) : text;
    case "boolean":
      return text === "true" ? true : text === "false" ? false : text;
    default:
      return text;
  }
}
