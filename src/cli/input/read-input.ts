import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import type { RecordBatch } from "apache-arrow";
import { LakeError } from "../../base/errors.js";
import type { StructType } from "../../schema/types.js";
import type { InputFormat } from "../flags.js";
import { findInputs } from "./find-inputs.js";

export interface InputOptions {
  /** Needed for stdin and for names that do not say. */
  readonly format: InputFormat | undefined;
  /** The table's columns: text is read by their types. */
  readonly schema: StructType;
  readonly stdin: Readable;
}

type Item = RecordBatch | Record<string, unknown>;

/**
 * The rows of the inputs, one after the other: Arrow batches from Parquet and Arrow files, plain rows from text.
 *
 * @throws storage/not-found, storage/permission-denied, usage/invalid-option when the format of an input is unknown
 */
export async function* readInput(inputs: readonly string[], options: InputOptions): AsyncGenerator<Item> {
  for (const input of inputs) {
    for (const path of await findInputs(input)) yield* readOne(path, options);
  }
}

async function* readOne(path: string, { format, schema, stdin }: InputOptions): AsyncGenerator<Item> {
  const known = format ?? formatOf(path);
  try {
    yield* await openInput(path, { format: known, schema, stdin });
  } catch (error) {
    throw LakeError.is(error) ? error : unreadable(path, error);
  }
}

async function openInput(
  path: string,
  { format, schema, stdin }: InputOptions & { readonly format: InputFormat },
): Promise<AsyncIterable<Item>> {
  const open = (): Readable => (path === "-" ? stdin : createReadStream(path));
  switch (format) {
    case "parquet":
      return (await import("./parquet-input.js")).readParquetInput(path, stdin);
    case "arrow":
      return (await import("./arrow-input.js")).readArrowInput(path, stdin);
    case "ndjson":
      return (await import("./ndjson-input.js")).readNdjson(path, open(), schema);
    case "csv":
      return (await import("./csv-input.js")).readCsv(path, open(), schema);
  }
}

/** Failures of the file system; any other is a bug and stays what it is. */
function unreadable(path: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!/^E[A-Z]+$/.test(code)) return error;
  const denied = code === "EACCES" || code === "EPERM";
  return new LakeError(
    denied ? "storage/permission-denied" : "storage/io",
    `${path} could not be read (${code}). ${denied ? "Ask for the right to read it" : "Check the file"}; nothing was written.`,
    { path, errno: code },
    error,
  );
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
    throw new LakeError(
      "usage/invalid-option",
      `The format of ${what} is not clear from its name. Add --format parquet, ndjson, csv or arrow.`,
      {
        path,
      },
    );
  }
  return format;
}
