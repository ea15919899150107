import { LakeError } from "../base/errors.js";
import { createTableTerm } from "../base/wording.js";
import type { DeltaContext } from "./delta-context.js";
import { lastCheckpointPath, logFolder } from "./protocol/log-path.js";

const createTable = createTableTerm("DeltaTable.create");
/** Enough keys to tell what kind of folder it is. */
const lookedAt = 1000;

/** Says what is there instead of a table, and what can be done. */
export async function notATable(context: DeltaContext, signal?: AbortSignal): Promise<LakeError> {
  const { url } = context.store;
  let parquet: string | undefined;
  let log = false;
  let keys = 0;
  for await (const { key } of context.store.list({ signal })) {
    keys++;
    log ||= key.startsWith(logFolder);
    if (key.endsWith(".parquet") && !key.startsWith("_")) parquet ??= key;
    if (keys >= lookedAt) break;
  }
  const facts = { url, hasLog: log, hasParquet: parquet !== undefined };
  if (keys === 0 && (await isFile(context, signal))) {
    return new LakeError(
      "delta/not-a-table",
      [
        `There is no table at ${url}: it is a file, and a table is a folder. Name the folder, or make a table with `,
        createTable,
        " and append the file to it.",
      ],
      facts,
    );
  }
  if (keys === 0) {
    return new LakeError(
      "delta/not-a-table",
      [`There is no table at ${url}: there is nothing at all. Check the path, or make one with `, createTable, "."],
      facts,
    );
  }
  if (log) {
    return new LakeError(
      "delta/not-a-table",
      `There is no table at ${url}: its _delta_log holds no commit and no checkpoint. Restore the log from a backup.`,
      facts,
    );
  }
  if (parquet !== undefined) {
    return new LakeError(
      "delta/not-a-table",
      `There is no table at ${url}: it holds Parquet files (such as ${parquet}) but no _delta_log. ` +
        "This release cannot convert such a folder in place; make a table elsewhere and append the files to it.",
      facts,
    );
  }
  return new LakeError("delta/not-a-table", `There is no table at ${url}: it has no _delta_log. Check the path.`, facts);
}

/** Whether the location itself is a file: on a disk nothing can be below it. */
async function isFile({ store }: DeltaContext, signal: AbortSignal | undefined): Promise<boolean> {
  const failure = await store.get(lastCheckpointPath, { signal }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return LakeError.is(failure, "storage/not-found") && failure.context["isBelowFile"] === true;
}
