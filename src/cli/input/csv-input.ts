import { pipeline, Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { LakeError } from "../../base/errors.js";
import type { DataType, StructType } from "../../schema/types.js";
import { parseExact } from "./exact-json.js";
import { fromJson } from "./json-cells.js";
import { fromText } from "./text-cells.js";
import { decodeText } from "./text-stream.js";

export interface CsvOptions {
  /** The table's columns. */
  readonly schema: StructType;
  readonly delimiter: string;
}

/**
 * CSV with a heading (RFC 4180, UTF-8). Cells are read by the types of the table's columns; an empty cell is null, a quoted
 * empty cell is empty text; nested values are JSON.
 */
export async function* readCsv(
  path: string,
  stream: Readable,
  { schema, delimiter }: CsvOptions,
): AsyncGenerator<Record<string, unknown>> {
  const types = new Map(schema.fields.map((field) => [field.name.toLowerCase(), field.type]));
  let hasHeading = false;
  const parser = parse({
    delimiter,
    columns: (heading: readonly string[]) => {
      hasHeading = true;
      return checkedHeading(path, heading, delimiter);
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

function twiceInHeading(path: string, first: string, second: string): LakeError {
  const what = first === second ? `has two columns "${first}"` : `has the columns "${first}" and "${second}", which differ only in case`;
  return new LakeError(
    "schema/duplicate-column",
    `The heading of ${path} ${what}. Give each column a name of its own; nothing was written.`,
    {
      path,
      columns: [first, second],
    },
  );
}

function otherDelimiter(path: string, heading: string, delimiter: string): LakeError {
  const name = (character: string): string => (character === "\t" ? "tab" : `"${character}"`);
  const found = name(/[;\t|]/.exec(heading)?.[0] ?? "");
  return new LakeError(
    "schema/invalid-value",
    `The heading of ${path} is one column, ${JSON.stringify(heading.slice(0, 80))}: its cells seem to be separated by ${found}, not ` +
      `${name(delimiter)}. Add --delimiter ${found}; nothing was written.`,
    { path, heading: heading.slice(0, 80) },
  );
}

function noHeading(path: string): LakeError {
  return new LakeError("schema/invalid-value", `${path} is empty: CSV begins with a line that names the columns. Nothing was written.`, {
    path,
  });
}

function checkedHeading(path: string, heading: readonly string[], delimiter: string): string[] {
  const [only = ""] = heading;
  if (heading.length === 1 && /[;\t|]/.test(only)) throw otherDelimiter(path, only, delimiter);
  const seen = new Map<string, string>();
  for (const name of heading) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) throw twiceInHeading(path, other, name);
    seen.set(name.toLowerCase(), name);
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
