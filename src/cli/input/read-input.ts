import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import type { RecordBatch } from "apache-arrow";
import { LakeError } from "../../base/errors.js";
import type { StructType } from "../../schema/types.js";
import type { InputFormat } from "../flags.js";
import { findInputs } from "./find-inputs.js";
import { isObjectUrl, openObject } from "./open-object.js";

export interface InputOptions {
  /** Needed for stdin and for names that do not say. */
  readonly format: InputFormat | undefined;
  /** Between the cells of CSV. Default: a comma, or a tab in files that are named so. */
  readonly delimiter: string | undefined;
  /** The table's columns: text is read by their types. */
  readonly schema: StructType;
  readonly stdin: Readable;
}

type Item = RecordBatch | Record<string, unknown>;

export interface Input {
  /** Arrow batches from Parquet and Arrow files, plain rows from text; one input after the other. */
  readonly items: AsyncIterable<Item>;
  /** A failure over a row of text, told by the file that the row is in; any other failure as it is. */
  placed(error: unknown): unknown;
}

/**
 * The rows of the inputs. Nothing is read before the first is asked for.
 *
 * @throws storage/not-found, storage/permission-denied, usage/invalid-option when the format of an input is unknown
 */
export function readInput(inputs: readonly string[], options: InputOptions): Input {
  const starts: Start[] = [];
  return { items: readAll(inputs, options, starts), placed: (error) => placedIn(starts, error) };
}

/** A text and the number of its first row among the rows of all texts. */
interface Start {
  readonly name: string;
  readonly row: number;
}

async function* readAll(inputs: readonly string[], options: InputOptions, starts: Start[]): AsyncGenerator<Item> {
  let row = 0;
  for (const input of inputs) {
    for (const path of await findInputs(input)) {
      const format = options.format ?? formatOf(path);
      const isText = format === "ndjson" || format === "csv";
      if (isText) starts.push({ name: inputName(path), row });
      for await (const item of readOne(path, { ...options, format })) {
        if (isText) row += 1;
        yield item;
      }
    }
  }
}

function placedIn(starts: readonly Start[], error: unknown): unknown {
  if (!LakeError.is(error)) return error;
  let place: Start | undefined;
  const wording = error.wording.map((piece) => {
    if (typeof piece === "string" || !("row" in piece)) return piece;
    place = starts.findLast(({ row }) => row <= piece.row);
    return place === undefined ? piece : `Row ${piece.row - place.row + 1} of ${place.name}`;
  });
  return place === undefined ? error : new LakeError(error.code, wording, { ...error.context, input: place.name }, error.cause);
}

async function* readOne(path: string, options: KnownInput): AsyncGenerator<Item> {
  try {
    yield* await openInput(path, options);
  } catch (error) {
    throw LakeError.is(error) ? error : unreadable(path, error);
  }
}

type KnownInput = InputOptions & { readonly format: InputFormat };

/** How messages name an input. */
function inputName(path: string): string {
  return path === "-" ? "stdin" : path;
}

async function openInput(path: string, { format, delimiter, schema, stdin }: KnownInput): Promise<AsyncIterable<Item>> {
  const open = (): Readable => (path === "-" ? stdin : isObjectUrl(path) ? openObject(path) : createReadStream(path));
  const name = inputName(path);
  switch (format) {
    case "parquet":
      return (await import("./parquet-input.js")).readParquetInput(path, stdin);
    case "arrow":
      return (await import("./arrow-input.js")).readArrowInput(name, path === "-" || isObjectUrl(path) ? open() : undefined);
    case "ndjson":
      return (await import("./ndjson-input.js")).readNdjson(name, open(), schema);
    case "csv":
      return (await import("./csv-input.js")).readCsv(name, open(), {
        schema,
        delimiter: delimiter ?? (/\.tsv$/i.test(path) ? "\t" : ","),
      });
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
  ".tsv": "csv",
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
