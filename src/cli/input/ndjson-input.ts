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
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new LakeError("schema/invalid-value", `Line ${lineNumber} of ${path} is no JSON object. NDJSON has one object per line.`, {
      path,
      line: lineNumber,
    });
  }
  return structFromJson(value as Record<string, unknown>, schema);
}

function parseLine(path: string, lineNumber: number, line: string): unknown {
  try {
    return parseExact(line);
  } catch (error) {
    const advice =
      lineNumber === 1 && /^\s*\[/.test(line)
        ? "NDJSON has one object per line, without an array around them."
        : "Nothing was written; mend the line and try again.";
    throw new LakeError(
      "schema/invalid-value",
      `Line ${lineNumber} of ${path} is no JSON: ${line.slice(0, 80)}. ${advice}`,
      { path, line: lineNumber },
      error,
    );
  }
}
