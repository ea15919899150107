import type { RecordBatch } from "apache-arrow";
import { assert } from "../base/assert.js";
import { batchOf, columnsOf } from "../columnar/batch.js";
import { constantColumn, nullColumn } from "../columnar/build.js";
import { rowsInside } from "../columnar/row-set.js";
import { toArrowSchema } from "../schema/arrow-mapping.js";
import { field, types } from "../schema/data-types.js";
import { findField } from "../schema/field-names.js";
import type { Field, StructType } from "../schema/types.js";
import { LakeError } from "../base/errors.js";
import type { ChangedRows, ChangeFeed, VersionChanges } from "../table/changes.js";
import type { Snapshot } from "../table/snapshot.js";
import type { EngineContext } from "./context.js";
import { readFileRows } from "./read-file-rows.js";

const changeType = field("_change_type", types.string);
const commitVersion = field("_commit_version", types.long);
const commitTimestamp = field("_commit_timestamp", types.timestamp);

/** The columns of a table's change feed: its own, then `_change_type`, `_commit_version` and `_commit_timestamp`, as Spark has them. */
export function changeSchema({ schema }: Pick<Snapshot, "schema">): StructType {
  const added = [changeType, commitVersion, commitTimestamp];
  const taken = added.find(({ name }) => findField(schema, name) !== undefined);
  if (taken === undefined) return { kind: "struct", fields: [...schema.fields, ...added] };
  throw new LakeError(
    "schema/duplicate-column",
    `The table has a column "${taken.name}", which is what its change feed calls a column of its own. Rename the table's column.`,
    { column: taken.name },
  );
}

/**
 * The rows that the versions of a feed changed, version by version: `insert`, `delete`, and where the writer recorded them
 * `update_preimage` and `update_postimage`. No rows: one empty batch, which carries the schema.
 */
export async function* changes(
  context: EngineContext,
  { snapshot, versions }: ChangeFeed,
  signal?: AbortSignal,
): AsyncGenerator<RecordBatch, void, undefined> {
  const schema = changeSchema(snapshot);
  const arrowSchema = toArrowSchema(schema);
  let isEmpty = true;
  for await (const version of versions) {
    for (const rows of version.files) {
      for await (const batch of rowsOf(context, snapshot, rows, signal)) {
        isEmpty = false;
        const columns = [...columnsOf(batch), ...commitColumns(rows, version, batch.numRows)];
        yield batchOf(arrowSchema, columns, batch.numRows);
      }
    }
  }
  if (!isEmpty) return;
  yield batchOf(
    arrowSchema,
    schema.fields.map(({ type }) => nullColumn(type, 0)),
    0,
  );
}

/** Rows in the table's columns, and where the file records it the kind of change. */
async function* rowsOf(
  context: EngineContext,
  snapshot: Snapshot,
  changed: ChangedRows,
  signal: AbortSignal | undefined,
): AsyncGenerator<RecordBatch, void, undefined> {
  const { fields } = snapshot.schema;
  const columns: readonly Field[] = changed.kind === "recorded" ? [...fields, changeType] : fields;
  const rows = await wantedRows(snapshot, changed, signal);
  for await (const { batch } of readFileRows(context, snapshot, changed.file, { columns, rows, signal })) yield batch;
}

async function wantedRows(snapshot: Snapshot, changed: ChangedRows, signal: AbortSignal | undefined): Promise<Int32Array | undefined> {
  if (changed.kind === "recorded" || changed.among === undefined) return undefined;
  const { path } = changed.file;
  const set = await snapshot.deletedRows({ path, rowDeletes: changed.among }, signal);
  assert(set !== undefined, "a vector that is there has a set of rows");
  return rowsInside(set, 0, set.words.length * 32);
}

function commitColumns(
  { kind }: ChangedRows,
  { version, timestampMs }: VersionChanges,
  length: number,
): ReturnType<typeof constantColumn>[] {
  const constants = [
    constantColumn(commitVersion.type, BigInt(version), length),
    constantColumn(commitTimestamp.type, BigInt(timestampMs) * 1000n, length),
  ];
  return kind === "recorded" ? constants : [constantColumn(changeType.type, kind, length), ...constants];
}
