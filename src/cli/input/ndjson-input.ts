import type { Readable } from "node:stream";
import { LakeError } from "../../base/errors.js";
import type { StructType } from "../../schema/types.js";
import { parseExact } from "./exact-json.js";
import { structFromJson } from "./json-cells.js";
import { decodeText, linesOf } from "./text-stream.js";

/** One JSON object per line; blank lines are passed over. An unreadable line is named by its number. */
export async function* readNdjson(path: string, stream: Readable, schema: StructType): AsyncGenerator<Record<string, unknown>> {
  let lineNumber = 0;
  for await (const line of linesOf(decodeText(path, stream))) {
    lineNumber += 1;
    if (line.trim() !== "") yield row(path, lineNumber, line, schema);
  }
}

function row(path: string, lineNumber: number, line: string, schema: StructType): Record<string, unknown> {
  const value = parseLine(path, lineNumber, line);
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return structFromJson(value as Record<string, unknown>, schema);
  throw unreadableLine("no JSON object", path, lineNumber, line);
}

function parseLine(path: string, lineNumber: number, line: string): unknown {
  try {
    return parseExact(line);
  } catch (error) {
    throw unreadableLine("no JSON", path, lineNumber, line, error);
  }
}

function unreadableLine(what: string, path: string, lineNumber: number, line: string, cause?: unknown): LakeError {
  const isList = lineNumber === 1 && /^\s*\[/.test(line);
  const advice = isList
    ? `NDJSON has one object per line, without an array around them; jq -c ".[]" makes it so.`
    : "NDJSON has one object per line; nothing was written.";
  const message = `Line ${lineNumber} of ${path} is ${what}: ${line.slice(0, 80)}. ${advice}`;
  return new LakeError("schema/invalid-value", message, { path, line: lineNumber }, cause);
}
