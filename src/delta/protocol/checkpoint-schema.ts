import { array, field, map, struct, types } from "../../schema/data-types.js";
import type { DataType, Field, StructType } from "../../schema/types.js";

// PROTOCOL.md "Checkpoint Schema": the columns of a checkpoint, one struct per kind of action, null in the rows of the others.

const strings = map(types.string, types.string);

export const protocolType = struct([
  field("minReaderVersion", types.int),
  field("minWriterVersion", types.int),
  field("readerFeatures", array(types.string)),
  field("writerFeatures", array(types.string)),
]);

export const metadataType = struct([
  field("id", types.string),
  field("name", types.string),
  field("description", types.string),
  field("format", struct([field("provider", types.string), field("options", strings)])),
  field("schemaString", types.string),
  field("partitionColumns", array(types.string)),
  field("createdTime", types.long),
  field("configuration", strings),
]);

export const txnType = struct([field("appId", types.string), field("version", types.long), field("lastUpdated", types.long)]);

export const domainMetadataType = struct([
  field("domain", types.string),
  field("configuration", types.string),
  field("removed", types.boolean),
]);

export const sidecarType = struct([field("path", types.string), field("sizeInBytes", types.long), field("modificationTime", types.long)]);

export const deletionVectorType = struct([
  field("storageType", types.string),
  field("pathOrInlineDv", types.string),
  field("offset", types.int),
  field("sizeInBytes", types.int),
  field("cardinality", types.long),
]);

export const addFields = Object.freeze({
  path: field("path", types.string),
  partitionValues: field("partitionValues", strings),
  size: field("size", types.long),
  modificationTime: field("modificationTime", types.long),
  dataChange: field("dataChange", types.boolean),
  stats: field("stats", types.string),
  tags: field("tags", strings),
  deletionVector: field("deletionVector", deletionVectorType),
  baseRowId: field("baseRowId", types.long),
  defaultRowCommitVersion: field("defaultRowCommitVersion", types.long),
  clusteringProvider: field("clusteringProvider", types.string),
});

export const removeType = struct([
  field("path", types.string),
  field("deletionTimestamp", types.long),
  field("dataChange", types.boolean),
  field("extendedFileMetadata", types.boolean),
  field("partitionValues", strings),
  field("size", types.long),
  field("deletionVector", deletionVectorType),
  field("baseRowId", types.long),
  field("defaultRowCommitVersion", types.long),
]);

/** Types that have a minimum and a maximum in statistics. */
const orderedKinds: ReadonlySet<DataType["kind"]> = new Set<DataType["kind"]>([
  "byte",
  "short",
  "int",
  "long",
  "float",
  "double",
  "decimal",
  "string",
  "date",
  "timestamp",
  "timestamp_ntz",
]);

/** `add.stats_parsed` of a table whose files hold `dataSchema`. */
export function parsedStatsType(dataSchema: StructType): StructType {
  const bounds = mirror(dataSchema, (type) => (orderedKinds.has(type.kind) ? type : undefined));
  const counts = mirror(dataSchema, () => types.long);
  return struct([
    field("numRecords", types.long),
    ...(bounds === undefined ? [] : [field("minValues", bounds), field("maxValues", bounds)]),
    ...(counts === undefined ? [] : [field("nullCount", counts)]),
    field("tightBounds", types.boolean),
  ]);
}

/** `add.partitionValues_parsed`; `undefined` for a table without partitions. */
export function parsedPartitionType(partitionFields: readonly Field[]): StructType | undefined {
  return partitionFields.length === 0 ? undefined : struct(partitionFields.map(({ name, type }) => field(name, type)));
}

/** The structs of `type` with another type at each leaf; leaves and structs that come out empty are left out. */
function mirror(type: StructType, leaf: (type: DataType) => DataType | undefined): StructType | undefined {
  const fields: Field[] = [];
  for (const { name, type: child } of type.fields) {
    const mirrored = child.kind === "struct" ? mirror(child, leaf) : leaf(child);
    if (mirrored !== undefined) fields.push(field(name, mirrored));
  }
  return fields.length === 0 ? undefined : struct(fields);
}
