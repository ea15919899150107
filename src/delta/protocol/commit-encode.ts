import { stringifyExactJson } from "./exact-json.js";
import type { AddFile, CommitActions, CommitInfo, DeletionVectorDescriptor, Metadata, Protocol, RemoveFile } from "./actions.js";

// PROTOCOL.md "Delta Log Entries", "Actions".

/**
 * The bytes of a commit file: one action a line. `commitInfo` comes first, as "Commit Provenance Information" asks of tables
 * with in-commit timestamps; removes come before adds.
 */
export function encodeCommit(actions: CommitActions): Uint8Array {
  return new TextEncoder().encode(encodeActions(actions).join("\n") + "\n");
}

function encodeActions(actions: CommitActions): readonly string[] {
  const { commitInfo, protocol, metadata, txns, domains, removes, adds, cdcs } = actions;
  return [
    ...(commitInfo === undefined ? [] : [line("commitInfo", commitInfoFields(commitInfo))]),
    ...(protocol === undefined ? [] : [line("protocol", protocolFields(protocol))]),
    ...(metadata === undefined ? [] : [line("metaData", metadataFields(metadata))]),
    ...txns.map(({ appId, version, lastUpdated }) => line("txn", { appId, version, lastUpdated })),
    ...domains.map(({ domain, configuration, removed }) => line("domainMetadata", { domain, configuration, removed })),
    ...removes.map((remove) => line("remove", removeFields(remove))),
    ...adds.map((add) => line("add", addFields(add))),
    ...cdcs.map(({ path, partitionValues, size, tags }) =>
      line("cdc", { path, partitionValues: record(partitionValues), size, dataChange: false, tags: optionalRecord(tags) }),
    ),
  ];
}

function line(name: string, fields: Readonly<Record<string, unknown>>): string {
  return stringifyExactJson({ [name]: fields });
}

function commitInfoFields(info: CommitInfo): Readonly<Record<string, unknown>> {
  const { inCommitTimestamp, timestamp, operation, operationParameters, readVersion, isolationLevel, isBlindAppend } = info;
  const { operationMetrics, userMetadata, tags, engineInfo, txnId } = info;
  return {
    inCommitTimestamp,
    timestamp,
    operation,
    operationParameters,
    readVersion,
    isolationLevel,
    isBlindAppend,
    operationMetrics,
    userMetadata,
    tags,
    engineInfo,
    txnId,
  };
}

function protocolFields({
  minReaderVersion,
  minWriterVersion,
  readerFeatures,
  writerFeatures,
}: Protocol): Readonly<Record<string, unknown>> {
  return { minReaderVersion, minWriterVersion, readerFeatures, writerFeatures };
}

function metadataFields(metadata: Metadata): Readonly<Record<string, unknown>> {
  const { id, name, description, format, schemaString, partitionColumns, configuration, createdTime } = metadata;
  return {
    id,
    name,
    description,
    format: { provider: format.provider, options: record(format.options) },
    schemaString,
    partitionColumns,
    configuration: record(configuration),
    createdTime,
  };
}

function addFields(add: AddFile): Readonly<Record<string, unknown>> {
  const { path, partitionValues, size, modificationTime, dataChange, stats, tags } = add;
  const { deletionVector, baseRowId, defaultRowCommitVersion, clusteringProvider } = add;
  return {
    path,
    partitionValues: record(partitionValues),
    size,
    modificationTime,
    dataChange,
    stats,
    tags: optionalRecord(tags),
    deletionVector: deletionVector === undefined ? undefined : vectorFields(deletionVector),
    baseRowId,
    defaultRowCommitVersion,
    clusteringProvider,
  };
}

function removeFields(remove: RemoveFile): Readonly<Record<string, unknown>> {
  const { path, deletionTimestamp, dataChange, extendedFileMetadata, partitionValues, size, stats, tags } = remove;
  const { deletionVector, baseRowId, defaultRowCommitVersion } = remove;
  return {
    path,
    deletionTimestamp,
    dataChange,
    extendedFileMetadata,
    partitionValues: partitionValues === undefined ? undefined : record(partitionValues),
    size,
    tags: optionalRecord(tags),
    deletionVector: deletionVector === undefined ? undefined : vectorFields(deletionVector),
    baseRowId,
    defaultRowCommitVersion,
    stats,
  };
}

function vectorFields({
  storageType,
  pathOrInlineDv,
  offset,
  sizeInBytes,
  cardinality,
}: DeletionVectorDescriptor): Readonly<Record<string, unknown>> {
  return { storageType, pathOrInlineDv, offset, sizeInBytes, cardinality };
}

function optionalRecord(map: ReadonlyMap<string, string> | undefined): Readonly<Record<string, unknown>> | undefined {
  return map === undefined ? undefined : record(map);
}

/** Without a prototype: a key may be `__proto__`. */
function record(map: ReadonlyMap<string, string | null>): Readonly<Record<string, unknown>> {
  const out: Record<string, unknown> = Object.create(null);
  for (const [key, value] of map) out[key] = value;
  return out;
}
