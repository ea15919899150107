import { LakeError } from "../base/errors.js";
import type { WrittenFile } from "../table/data-file.js";
import { isBlindAppend, type PendingCommit } from "../table/pending-commit.js";
import type { IsolationLevel } from "../table/table-format.js";
import { addOf } from "./data-file-view.js";
import type { AddFile, CommitActions, Metadata, Protocol, RemoveFile } from "./protocol/actions.js";
import { commitInfo } from "./protocol/commit-info.js";
import { encodePath } from "./protocol/data-path.js";
import { encodePartitionValue } from "./protocol/partition-value.js";
import { properties, readProperty } from "./protocol/properties.js";
import { encodeStats } from "./protocol/stats-encode.js";
import { statsColumns } from "./protocol/stats-columns.js";
import type { TableConfiguration } from "./protocol/table-configuration.js";

/** What a commit changes of the table beside its files. */
export interface DefinitionChange {
  readonly protocol: Protocol | undefined;
  readonly metadata: Metadata | undefined;
}

export interface CommitStamp {
  readonly nowMs: number;
  readonly txnId: string;
  readonly readVersion: number | undefined;
  readonly isolation: IsolationLevel;
}

/** The `add` and `remove` actions of a pending commit; the same under every version that it is tried for. */
export interface FileActions {
  readonly adds: readonly AddFile[];
  readonly removes: readonly Omit<RemoveFile, "deletionTimestamp">[];
}

/** `after`: the table as the commit leaves it. */
export function fileActions(pending: PendingCommit, after: TableConfiguration): FileActions {
  const add = addEncoder(after, pending.dataChange);
  return {
    adds: pending.added.map(add),
    removes: pending.removed.map((file) => removeOf(addOf(file), pending.dataChange)),
  };
}

/** All actions of the commit, `commitInfo` included. */
export function commitActions(
  pending: PendingCommit,
  files: FileActions,
  table: { readonly after: TableConfiguration; readonly change: DefinitionChange },
  stamp: CommitStamp,
): CommitActions {
  const { after, change } = table;
  // Rearranging rows is serializable whatever is committed meanwhile; Spark names that level.
  const isolationLevel = pending.dataChange || pending.metadata !== undefined ? stamp.isolation : "SnapshotIsolation";
  const { transaction } = pending;
  return {
    commitInfo: commitInfo({
      operation: pending.operation,
      metrics: pending.metrics,
      details: pending.details,
      metadata: after.metadata,
      timestampMs: stamp.nowMs,
      readVersion: stamp.readVersion,
      isolationLevel,
      isBlindAppend: isBlindAppend(pending),
      userMetadata: pending.userMetadata,
      txnId: stamp.txnId,
    }),
    protocol: change.protocol,
    metadata: change.metadata,
    txns: transaction === undefined ? [] : [{ ...transaction, lastUpdated: stamp.nowMs }],
    domains: [],
    adds: files.adds,
    removes: files.removes.map((remove) => ({ ...remove, deletionTimestamp: stamp.nowMs })),
    cdcs: [],
  };
}

function addEncoder(after: TableConfiguration, dataChange: boolean): (file: WrittenFile) => AddFile {
  const { metadata, schema, partitionFields } = after;
  const columns = statsColumns(
    schema,
    partitionFields.map(({ name }) => name),
    metadata.configuration,
  );
  const stringPrefix = readProperty(metadata.configuration, properties.dataSkippingStringPrefixLength);
  return (file) => ({
    path: encodePath(file.path),
    partitionValues: partitionValues(file, after),
    size: file.size,
    modificationTime: file.modifiedMs,
    dataChange,
    stats: encodeStats(file.bounds, file.rowCount, columns, stringPrefix),
  });
}

/** @throws schema/not-null  an empty text is stored as null, which a NOT NULL partition column does not take */
function partitionValues(file: WrittenFile, { files, partitionFields }: TableConfiguration): ReadonlyMap<string, string | null> {
  return new Map(
    partitionFields.map((field, at) => {
      const text = encodePartitionValue(file.partition.get(field.name) ?? null, field.type);
      if (text === null && !field.nullable) {
        throw new LakeError(
          "schema/not-null",
          `The partition column "${field.name}" must not be null, and the Delta log stores an empty text as null. ` +
            "Nothing was committed; give the rows a value.",
          { column: field.name },
        );
      }
      return [files.partitionKeys[at] ?? field.name, text] as const;
    }),
  );
}

/** "Add File and Remove File": with size and partition values, so that history can be told from the log alone. */
function removeOf(add: AddFile, dataChange: boolean): Omit<RemoveFile, "deletionTimestamp"> {
  const { path, partitionValues, size, tags, deletionVector, baseRowId, defaultRowCommitVersion } = add;
  return {
    path,
    dataChange,
    extendedFileMetadata: true,
    partitionValues,
    size,
    tags,
    deletionVector,
    baseRowId,
    defaultRowCommitVersion,
  };
}
