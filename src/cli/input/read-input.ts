import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { RecordBatch } from "apache-arrow";
import { glob, isDynamicPattern } from "tinyglobby";
import { LakeError } from "../../base/errors.js";
import type { StructType } from "../../schema/types.js";
import type { InputFormat } from "../program.js";

export interface InputOptions {
  /** Needed for stdin and for names that do not say. */
  readonly format: InputFormat | undefined;
  /** The table's columns: text is read by their types. */
  readonly schema: StructType;
}

/**
 * The rows of the inputs, one after the other: Arrow batches from Parquet and Arrow files, plain rows from text.
 *
 * @throws storage/not-found when a name or glob matches no file, usage/invalid-option when its format is unknown
 */
export async function* readInput(inputs: readonly string[], options: InputOptions): AsyncGenerator<RecordBatch | Record<string, unknown>> {
  for (const input of inputs) {
    for (const path of await resolve(input)) yield* readOne(path, options);
  }
}

async function* readOne(path: string, { format, schema }: InputOptions): AsyncGenerator<RecordBatch | Record<string, unknown>> {
  const open = (): Readable => (path === "-" ? process.stdin : createReadStream(path));
  switch (format ?? formatOf(path)) {
    case "parquet":
      return yield* (await import("./parquet-input.js")).readParquetInput(path);
    case "arrow":
      return yield* (await import("./arrow-input.js")).readArrowInput(path, open());
    case "ndjson":
      return yield* (await import("./ndjson-input.js")).readNdjson(path, open(), schema);
    case "csv":
      return yield* (await import("./csv-input.js")).readCsv(path, open(), schema);
  }
}

async function resolve(input: string): Promise<readonly string[]> {
  if (input === "-") return [input];
  const isFile = await stat(input).then((found) => found.isFile(), () => false);
  if (isFile) return [input];
  const matches = isDynamicPattern(input) ? (await glob(input, { expandDirectories: false })).sort() : [];
  if (matches.length === 0) {
    throw new LakeError("storage/not-found", `There is no file "${input}" to read from. Check the name; a pattern needs quotes only when the shell must not expand it.`, { path: input });
  }
  return matches;
}

const endings: Readonly<Record<string, InputFormat>> = {
  ".parquet": "parquet",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".csv": "csv",
  ".arrow": "arrow",
  ".arrows": "arrow",
  ".feather": "arrow",
};

function formatOf(path: string): InputFormat {
  const ending = Object.keys(endings).find((known) => path.toLowerCase().endsWith(known));
  const format = ending === undefined ? undefined : endings[ending];
  if (format === undefined) {
    const what = path === "-" ? "stdin" : `"${path}"`;
    throw new LakeError("usage/invalid-option", `The format of ${what} is not clear from its name. Add --format parquet, ndjson, csv or arrow.`, { path });
  }
  return format;
}
