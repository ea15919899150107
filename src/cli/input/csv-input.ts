import { pipeline, Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { LakeError } from "../../base/errors.js";
import type { DataType, StructType } from "../../schema/types.js";
import { parseExact } from "./exact-json.js";
import { fromJson } from "./json-cells.js";
import { fromText } from "./text-cells.js";
import { decodeText } from "./text-stream.js";

/**
 * CSV with a heading (RFC 4180, UTF-8). Cells are read by the types of the table's columns; an empty cell is null, a quoted
 * empty cell is empty text; nested values are JSON.
 */
export async function* readCsv(path: string, stream: Readable, schema: StructType): AsyncGenerator<Record<string, unknown>> {
  const types = new Map(schema.fields.map((field) => [field.name.toLowerCase(), field.type]));
  let hasHeading = false;
  const parser = parse({
    columns: (heading: readonly string[]) => {
      hasHeading = true;
      return checkedHeading(path, heading);
    },
    info: true,
    cast: (text, { header, quoting }) => (text === "" && !quoting && !header ? null : text),
  });
  // The parser passes the failure on to its reader.
  pipeline(Readable.from(decodeText(path, stream)), parser, () => {});
  try {
    for await (const { record, info } of parser as AsyncIterable<ParsedLine>) {
      const cells = Object.entries(record).map(([column, text]): [string, unknown] => {
        const type = types.get(column.toLowerCase());
        return [column, type === undefined || text === null ? text : cell(text, type, { path, line: info.lines, column })];
      });
      yield Object.fromEntries(cells);
    }
    if (!hasHeading) throw noHeading(path);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new LakeError(
      "schema/invalid-value",
      `${path} is no regular CSV: ${error.message}. Nothing was written.`,
      { path, code: error.code },
      error,
    );
  }
}

interface ParsedLine {
  readonly record: Readonly<Record<string, string | null>>;
  readonly info: { readonly lines: number };
}

function noHeading(path: string): LakeError {
  return new LakeError("schema/invalid-value", `${path} is empty: CSV begins with a line that names the columns. Nothing was written.`, {
    path,
  });
}

function checkedHeading(path: string, heading: readonly string[]): string[] {
  const seen = new Set<string>();
  for (const name of heading) {
    if (seen.has(name.toLowerCase())) {
      throw new LakeError(
        "schema/duplicate-column",
        `The heading of ${path} names the column "${name}" twice. Give each column a name of its own.`,
        {
          path,
          column: name,
        },
      );
    }
    seen.add(name.toLowerCase());
  }
  return [...heading];
}

function cell(text: string, type: DataType, place: { readonly path: string; readonly line: number; readonly column: string }): unknown {
  if (type.kind !== "struct" && type.kind !== "array" && type.kind !== "map") return fromText(text, type);
  try {
    return fromJson(parseExact(text), type);
  } catch (error) {
    throw new LakeError(
      "schema/invalid-value",
      `Line ${place.line} of ${place.path}: the column "${place.column}" is nested, so its cells are JSON, found ${text.slice(0, 80)}. ` +
        "Nothing was written.",
      place,
      error,
    );
  }
}
