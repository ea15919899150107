import type { DataType, Field, StructType } from "../../schema/types.js";
import type { Metadata, Protocol } from "./actions.js";

/** What a feature's activity is judged by: PROTOCOL.md "Active Features". */
export interface FeatureState {
  readonly metadata: Metadata;
  readonly schema: StructType;
}

/**
 * How far a feature is built here. `yes`: fully. `inactive`: a table may list the feature as long as its metadata does not
 * switch it on; files or columns that depend on it are refused one by one. `no`: a table that lists it is refused.
 */
export type Support = "yes" | "inactive" | "no";

/** One row of the feature table. */
export interface Feature {
  readonly name: string;
  /** Whether readers must know it too. */
  readonly kind: "reader-writer" | "writer";
  /** The protocol versions that imply it without a list; absent for features that exist only by name. */
  readonly legacy?: { readonly minReaderVersion?: number; readonly minWriterVersion: number };
  readonly read: Support;
  readonly write: Support;
  /** The release that built what is built. */
  readonly since?: string;
  /** Said to people: what it is, and what the support means. */
  readonly note: string;
  /** Whether the metadata switches the feature on; without it a listed feature always counts as active. */
  readonly isActive?: (state: FeatureState) => boolean;
}

const yes = { read: "yes", write: "yes", since: "0.1" } as const;
const readOnly = { read: "yes", write: "no", since: "0.1" } as const;
const untilActive = { read: "yes", write: "inactive", since: "0.1" } as const;
const no = { read: "no", write: "no" } as const;

/**
 * Every table feature that the field knows: PROTOCOL.md "Valid Feature Names in Table Features", the accepted and proposed
 * RFCs beside it, and the names that Spark and Databricks write. What is not in here is refused as unknown.
 */
export const features: readonly Feature[] = Object.freeze([
  {
    name: "appendOnly",
    kind: "writer",
    legacy: { minWriterVersion: 2 },
    ...yes,
    note: "Tables whose rows are only ever added",
    isActive: property("delta.appendOnly"),
  },
  {
    name: "invariants",
    kind: "writer",
    legacy: { minWriterVersion: 2 },
    ...yes,
    note: "NOT NULL columns and column invariants",
    isActive: () => true,
  },
  {
    name: "checkConstraints",
    kind: "writer",
    legacy: { minWriterVersion: 3 },
    ...untilActive,
    note: "CHECK constraints",
    isActive: hasConstraints,
  },
  {
    name: "changeDataFeed",
    kind: "writer",
    legacy: { minWriterVersion: 4 },
    ...untilActive,
    note: "Row-level changes of every version",
    isActive: property("delta.enableChangeDataFeed"),
  },
  {
    name: "generatedColumns",
    kind: "writer",
    legacy: { minWriterVersion: 4 },
    ...untilActive,
    note: "Columns computed from others",
    isActive: columnKey("delta.generationExpression"),
  },
  {
    name: "columnMapping",
    kind: "reader-writer",
    legacy: { minReaderVersion: 2, minWriterVersion: 5 },
    ...untilActive,
    note: "Columns renamed and dropped without rewriting files, by name and by id",
    isActive: (state) => (state.metadata.configuration.get("delta.columnMapping.mode") ?? "none").toLowerCase() !== "none",
  },
  {
    name: "identityColumns",
    kind: "writer",
    legacy: { minWriterVersion: 6 },
    ...untilActive,
    note: "Columns with generated unique numbers",
    isActive: columnKey("delta.identity.start"),
  },
  {
    name: "allowColumnDefaults",
    kind: "writer",
    ...untilActive,
    note: "Default values of columns",
    isActive: columnKey("CURRENT_DEFAULT"),
  },
  {
    name: "deletionVectors",
    kind: "reader-writer",
    read: "yes",
    write: "inactive",
    since: "0.1",
    note: "Rows deleted without rewriting their file; a write that had to rewrite such a file is refused",
    isActive: property("delta.enableDeletionVectors"),
  },
  { name: "timestampNtz", kind: "reader-writer", ...yes, note: "Timestamps without a time zone" },
  {
    name: "v2Checkpoint",
    kind: "reader-writer",
    ...yes,
    note: "V2 checkpoints are read, with sidecars; those written here are V1, which the protocol allows",
  },
  { name: "vacuumProtocolCheck", kind: "reader-writer", ...yes, note: "A promise about VACUUM; nothing to do for reads and commits" },
  { name: "domainMetadata", kind: "writer", ...readOnly, note: "Named settings of other features and applications" },
  { name: "rowTracking", kind: "writer", ...readOnly, note: "Ids that follow a row through its versions" },
  { name: "clustering", kind: "writer", ...readOnly, note: "Liquid clustering" },
  {
    name: "inCommitTimestamp",
    kind: "writer",
    ...untilActive,
    note: "Commit times inside the commits",
    isActive: property("delta.enableInCommitTimestamps"),
  },
  {
    name: "icebergCompatV1",
    kind: "writer",
    ...untilActive,
    note: "Files that Iceberg readers can use",
    isActive: property("delta.enableIcebergCompatV1"),
  },
  {
    name: "icebergCompatV2",
    kind: "writer",
    ...untilActive,
    note: "Files that Iceberg readers can use",
    isActive: property("delta.enableIcebergCompatV2"),
  },
  {
    name: "icebergCompatV3",
    kind: "writer",
    ...untilActive,
    note: "Files that Iceberg readers can use",
    isActive: property("delta.enableIcebergCompatV3"),
  },
  { name: "icebergWriterCompatV1", kind: "writer", ...readOnly, note: "Tables as an Iceberg writer would make them" },
  { name: "icebergWriterCompatV3", kind: "writer", ...readOnly, note: "Tables as an Iceberg writer would make them" },
  { name: "checkpointProtection", kind: "writer", ...readOnly, note: "Checkpoints that log cleanup must keep" },
  { name: "materializePartitionColumns", kind: "writer", ...readOnly, note: "Partition columns inside the data files" },
  { name: "columnMappingUsageTracking", kind: "writer", ...readOnly, note: "Whether column mapping was ever used" },
  { name: "collations", kind: "writer", ...readOnly, note: "Strings ordered by a language; read by their bytes" },
  { name: "collations-preview", kind: "writer", ...readOnly, note: "Strings ordered by a language; read by their bytes" },
  {
    name: "coordinatedCommits-preview",
    kind: "writer",
    ...readOnly,
    note: "Commits that a coordinator hands out; what it has not published yet is not seen",
  },
  { name: "catalogManaged", kind: "reader-writer", ...no, note: "Commits that a catalog hands out; the log alone is incomplete" },
  { name: "catalogOwned-preview", kind: "reader-writer", ...no, note: "Commits that a catalog hands out; the log alone is incomplete" },
  {
    name: "typeWidening",
    kind: "reader-writer",
    ...readOnly,
    note: "Columns whose type was widened; older files are read as the new type",
  },
  {
    name: "typeWidening-preview",
    kind: "reader-writer",
    ...readOnly,
    note: "Columns whose type was widened; older files are read as the new type",
  },
  { name: "variantType", kind: "reader-writer", ...no, note: "Semi-structured values" },
  { name: "variantType-preview", kind: "reader-writer", ...no, note: "Semi-structured values" },
  { name: "variantShredding", kind: "reader-writer", ...no, note: "Semi-structured values split into columns" },
  { name: "variantShredding-preview", kind: "reader-writer", ...no, note: "Semi-structured values split into columns" },
  { name: "geospatial", kind: "reader-writer", ...no, note: "Geometries and geographies" },
  { name: "geospatial-dev", kind: "reader-writer", ...no, note: "Geometries and geographies" },
  { name: "timestampNanos", kind: "reader-writer", ...no, note: "Timestamps to the nanosecond" },
  { name: "adaptiveMetadata-preview", kind: "reader-writer", ...no, note: "Metadata trees shared with Iceberg" },
  { name: "redirectReaderWriter-preview", kind: "reader-writer", ...no, note: "Tables that point to another table" },
  { name: "redirectWriterOnly-preview", kind: "writer", ...readOnly, note: "Tables whose writes go to another table" },
] satisfies Feature[]);

const byName: ReadonlyMap<string, Feature> = new Map(features.map((feature) => [feature.name, feature]));

export function featureByName(name: string): Feature | undefined {
  return byName.get(name);
}

/**
 * The names of all features that the table supports: those listed, and those that its legacy versions imply
 * (PROTOCOL.md "Supported Features", "Writer Version Requirements"). `for: "read"`: only what a reader has to know.
 */
export function supportedFeatures(protocol: Protocol, purpose: "read" | "write"): readonly string[] {
  const names = new Set<string>(protocol.readerFeatures ?? []);
  if (purpose === "write") for (const name of protocol.writerFeatures ?? []) names.add(name);
  for (const { name, legacy } of features) {
    if (legacy === undefined) continue;
    if (protocol.minReaderVersion < 3 && legacy.minReaderVersion !== undefined && protocol.minReaderVersion >= legacy.minReaderVersion)
      names.add(name);
    if (purpose === "write" && protocol.minWriterVersion < 7 && protocol.minWriterVersion >= legacy.minWriterVersion) names.add(name);
  }
  return [...names];
}

/** Whether the table supports `name` and its metadata switches it on. */
export function isFeatureActive(name: string, protocol: Protocol, state: FeatureState): boolean {
  if (!supportedFeatures(protocol, "write").includes(name)) return false;
  const active = byName.get(name)?.isActive;
  return active === undefined || active(state);
}

function property(key: string): (state: FeatureState) => boolean {
  return (state) => state.metadata.configuration.get(key)?.toLowerCase() === "true";
}

function hasConstraints(state: FeatureState): boolean {
  return [...state.metadata.configuration.keys()].some((key) => key.toLowerCase().startsWith("delta.constraints."));
}

function columnKey(key: string): (state: FeatureState) => boolean {
  return (state) => state.schema.fields.some((field) => fieldHasKey(field, key));
}

function fieldHasKey(field: Field, key: string): boolean {
  return Object.hasOwn(field.metadata, key) || typeHasKey(field.type, key);
}

function typeHasKey(type: DataType, key: string): boolean {
  switch (type.kind) {
    case "struct":
      return type.fields.some((field) => fieldHasKey(field, key));
    case "array":
      return typeHasKey(type.element, key);
    case "map":
      return typeHasKey(type.key, key) || typeHasKey(type.value, key);
    default:
      return false;
  }
}
