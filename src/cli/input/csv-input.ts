import type { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { LakeError } from "../../base/errors.js";
import type { StructType } from "../../schema/types.js";
import { fromText } from "./text-cells.js";

/**
 * CSV with a heading (RFC 4180, UTF-8). Cells are read by the types of the table's columns; an empty cell is null, a quoted
 * empty cell is empty text.
 */
export async function* readCsv(path: string, stream: Readable, schema: StructType): AsyncGenerator<Record<string, unknown>> {
  const types = new Map(schema.fields.map((field) => [field.name.toLowerCase(), field.type]));
  const parser = stream.pipe(
    parse({
      bom: true,
      columns: true,
      cast: (text, { header, column, quoting }) => {
        if (header) return text;
        if (text === "" && !quoting) return null;
        const type = types.get(String(column).toLowerCase());
        return type === undefined ? text : fromText(text, type);
      },
    }),
  );
  stream.on("error", (error) => parser.destroy(error));
  try {
    for await (const row of parser) yield row as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new LakeError("schema/invalid-value", `${path} is no regular CSV: ${error.message}. Nothing was written.`, { path, code: error.code }, error);
  }
}
