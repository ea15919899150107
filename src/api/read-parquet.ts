import type { RecordBatch } from "apache-arrow";
import { deferredGenerator } from "./deferred-generator.js";
import { loadEngine } from "./load-engine.js";
import { checkOptions, type ConnectOptions, type Predicate } from "./options.js";
import { predicateNode } from "./predicate.js";
import { connect, connectOptionNames, laterConnectOptions } from "./runtime.js";

export interface ReadParquetOptions extends Pick<ConnectOptions, "memoryLimit" | "workers" | "s3" | "signal"> {
  /** Top-level columns to read, in this order. Default: all. */
  readonly columns?: readonly string[] | undefined;
  /** Rows for which this is true; row groups and pages that cannot hold any are not read. */
  readonly where?: Predicate | undefined;
}

/**
 * The rows of a Parquet file as Arrow batches, to be appended or merged: any writer's file, with the types a table would have.
 *
 * @throws storage/not-found, parquet/corrupt, parquet/unsupported, expression/unknown-column
 */
export function readParquet(location: string, options: ReadParquetOptions = {}): AsyncGenerator<RecordBatch, void, undefined> {
  checkOptions("readParquet", options, ["columns", "where", ...connectOptionNames], laterConnectOptions);
  const { folder, name } = split(location);
  const { context, codec } = connect(folder, options);
  const query = { columns: options.columns, where: predicateNode(options.where), signal: options.signal };
  return deferredGenerator(async () => (await loadEngine({ codec })).readParquetFile(context, name, query));
}

/** A file is an object of the store at its folder. */
function split(location: string): { readonly folder: string; readonly name: string } {
  const at = location.lastIndexOf("/");
  if (at < 0) return { folder: ".", name: location };
  return { folder: location.slice(0, at) || "/", name: location.slice(at + 1) };
}
