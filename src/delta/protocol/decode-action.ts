import type {
  AddFile,
  CdcFile,
  CheckpointMetadata,
  CommitInfo,
  DeletionVectorDescriptor,
  DomainMetadata,
  Metadata,
  Protocol,
  RemoveFile,
  SetTransaction,
  SidecarFile,
} from "./actions.js";
import { corruptLog, FieldReader, isJsonObject, type JsonObject, type Place } from "./action-fields.js";
import { isNumberText } from "./exact-json.js";

// One decoder per action of PROTOCOL.md "Actions", from its JSON object. All throw delta/corrupt-log.

export function decodeProtocol(fields: JsonObject, place: Place): Protocol {
  const read = new FieldReader("protocol", fields, place);
  return {
    minReaderVersion: read.count("minReaderVersion"),
    minWriterVersion: read.count("minWriterVersion"),
    readerFeatures: read.stringsOr("readerFeatures", undefined),
    writerFeatures: read.stringsOr("writerFeatures", undefined),
  };
}

export function decodeMetadata(fields: JsonObject, place: Place): Metadata {
  const read = new FieldReader("metaData", fields, place);
  const format = new FieldReader("metaData.format", read.objectOr("format", {}), place);
  return {
    id: read.string("id"),
    name: read.stringOr("name", undefined),
    description: read.stringOr("description", undefined),
    format: { provider: format.stringOr("provider", "parquet"), options: format.stringMapOr("options", new Map<string, string>()) },
    schemaString: read.string("schemaString"),
    partitionColumns: read.stringsOr("partitionColumns", []),
    createdTime: read.integerOr("createdTime", undefined),
    configuration: read.stringMapOr("configuration", new Map<string, string>()),
  };
}

export function decodeAdd(fields: JsonObject, place: Place): AddFile {
  const read = new FieldReader("add", fields, place);
  return {
    path: read.string("path"),
    partitionValues: read.nullableStringMap("partitionValues"),
    size: read.count("size"),
    modificationTime: read.integer("modificationTime"),
    dataChange: read.boolean("dataChange"),
    stats: read.stringOr("stats", undefined),
    tags: read.stringMapOr("tags", undefined),
    deletionVector: decodeVectorOf(read, place),
    baseRowId: read.countOr("baseRowId", undefined),
    defaultRowCommitVersion: read.countOr("defaultRowCommitVersion", undefined),
    clusteringProvider: read.stringOr("clusteringProvider", undefined),
  };
}

export function decodeRemove(fields: JsonObject, place: Place): RemoveFile {
  const read = new FieldReader("remove", fields, place);
  return {
    path: read.string("path"),
    deletionTimestamp: read.integerOr("deletionTimestamp", undefined),
    dataChange: read.booleanOr("dataChange", true),
    extendedFileMetadata: read.booleanOr("extendedFileMetadata", undefined),
    partitionValues: read.nullableStringMapOr("partitionValues", undefined),
    size: read.countOr("size", undefined),
    stats: read.stringOr("stats", undefined),
    tags: read.stringMapOr("tags", undefined),
    deletionVector: decodeVectorOf(read, place),
    baseRowId: read.countOr("baseRowId", undefined),
    defaultRowCommitVersion: read.countOr("defaultRowCommitVersion", undefined),
  };
}

export function decodeDeletionVector(fields: JsonObject, place: Place): DeletionVectorDescriptor {
  const read = new FieldReader("deletionVector", fields, place);
  const storageType = read.string("storageType");
  if (storageType !== "u" && storageType !== "i" && storageType !== "p") {
    throw corruptLog(place, `the deletion vector has storageType "${storageType}"; the protocol knows u, i and p`);
  }
  return {
    storageType,
    pathOrInlineDv: read.string("pathOrInlineDv"),
    offset: read.countOr("offset", undefined),
    sizeInBytes: read.count("sizeInBytes"),
    cardinality: read.count("cardinality"),
  };
}

export function decodeCdc(fields: JsonObject, place: Place): CdcFile {
  const read = new FieldReader("cdc", fields, place);
  return {
    path: read.string("path"),
    partitionValues: read.nullableStringMapOr("partitionValues", new Map<string, string | null>()),
    size: read.count("size"),
    dataChange: read.booleanOr("dataChange", false),
    tags: read.stringMapOr("tags", undefined),
  };
}

/** The application's version may need more digits than a double has: the field is then a number text of exact JSON. */
export function decodeTxn(fields: JsonObject, place: Place): SetTransaction {
  const read = new FieldReader("txn", fields, place);
  const version = fields["version"];
  return {
    appId: read.string("appId"),
    version: exactInteger(version) ?? BigInt(read.integer("version")),
    lastUpdated: read.integerOr("lastUpdated", undefined),
  };
}

export function decodeDomain(fields: JsonObject, place: Place): DomainMetadata {
  const read = new FieldReader("domainMetadata", fields, place);
  return { domain: read.string("domain"), configuration: read.stringOr("configuration", ""), removed: read.booleanOr("removed", false) };
}

export function decodeSidecar(fields: JsonObject, place: Place): SidecarFile {
  const read = new FieldReader("sidecar", fields, place);
  return { path: read.string("path"), sizeInBytes: read.count("sizeInBytes"), modificationTime: read.integer("modificationTime") };
}

export function decodeCheckpointMetadata(fields: JsonObject, place: Place): CheckpointMetadata {
  return { version: new FieldReader("checkpointMetadata", fields, place).count("version") };
}

/** Provenance is anybody's JSON: a field of an unexpected type counts as absent. */
export function decodeCommitInfo(fields: JsonObject): CommitInfo {
  const text = (name: string): string | undefined => (typeof fields[name] === "string" ? fields[name] : undefined);
  const flag = (name: string): boolean | undefined => (typeof fields[name] === "boolean" ? fields[name] : undefined);
  const whole = (name: string): number | undefined => (Number.isSafeInteger(fields[name]) ? Number(fields[name]) : undefined);
  const members = (name: string): JsonObject | undefined => (isJsonObject(fields[name]) ? fields[name] : undefined);
  const metrics = members("operationMetrics");
  return {
    timestamp: whole("timestamp"),
    inCommitTimestamp: whole("inCommitTimestamp"),
    operation: text("operation"),
    operationParameters: members("operationParameters"),
    operationMetrics: metrics === undefined ? undefined : textMetrics(metrics),
    readVersion: whole("readVersion"),
    isolationLevel: text("isolationLevel"),
    isBlindAppend: flag("isBlindAppend"),
    userMetadata: text("userMetadata"),
    engineInfo: text("engineInfo"),
    txnId: text("txnId"),
    tags: members("tags"),
  };
}

/** Spark writes metrics as strings, others as numbers. */
function textMetrics(metrics: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

function decodeVectorOf(read: FieldReader, place: Place): DeletionVectorDescriptor | undefined {
  const vector = read.objectOr("deletionVector", undefined);
  return vector === undefined ? undefined : decodeDeletionVector(vector, place);
}

function exactInteger(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value;
  return isNumberText(value) && /^-?\d{1,19}$/.test(value.numberText) ? BigInt(value.numberText) : undefined;
}
