import { LakeError } from "../../base/errors.js";
import type { DataType, Field, StructType } from "../../schema/types.js";
import type { Metadata, Protocol } from "./actions.js";
import { corruptLog, type Place } from "./action-fields.js";
import { isFeatureActive } from "./features.js";
import { fileColumns, mappingMode, type FileColumns } from "./file-columns.js";
import { isPartitionType } from "./partition-value.js";
import { assertReadable, assertValidProtocol } from "./protocol-check.js";
import { decodeSchema } from "./schema-json.js";

/** A protocol and a metadata action that have been checked against each other and against what this release can read. */
export interface TableConfiguration {
  readonly protocol: Protocol;
  readonly metadata: Metadata;
  readonly schema: StructType;
  /** In the order of `partitionColumns`, with the schema's fields. */
  readonly partitionFields: readonly Field[];
  /** How the columns are found in files. */
  readonly files: FileColumns;
}

/** The log file that each action came from, for messages. */
export interface ConfigurationPlaces {
  readonly protocol: Place;
  readonly metadata: Place;
}

/**
 * @throws delta/corrupt-log  the actions contradict themselves or each other
 * @throws delta/unsupported-feature  the table cannot be read, naming what is missing
 */
export function tableConfiguration(protocol: Protocol, metadata: Metadata, places: ConfigurationPlaces): TableConfiguration {
  assertValidProtocol(protocol, places.protocol);
  assertReadable(protocol);
  if (metadata.format.provider.toLowerCase() !== "parquet") {
    throw new LakeError(
      "delta/unsupported-feature",
      `The table's data files are ${metadata.format.provider}; laketable reads Parquet only.`,
      { provider: metadata.format.provider },
    );
  }
  const schema = decodeSchema(metadata.schemaString, places.metadata);
  assertReadable(protocol, { metadata, schema });
  assertTypes(schema);
  const partitionFields = metadata.partitionColumns.map((name) => partitionField(name, schema, places.metadata));
  const names = new Set(metadata.partitionColumns);
  if (names.size < metadata.partitionColumns.length) {
    throw corruptLog(places.metadata, `a column stands twice in partitionColumns: ${metadata.partitionColumns.join(", ")}`);
  }
  const mode = isFeatureActive("columnMapping", protocol, { metadata, schema }) ? mappingMode(metadata.configuration) : "none";
  return { protocol, metadata, schema, partitionFields, files: fileColumns(mode, schema, partitionFields, metadata.partitionColumns) };
}

/** The names are matched as they are, or else without regard to case, as Spark does. */
function partitionField(name: string, schema: StructType, place: Place): Field {
  const lower = name.toLowerCase();
  const field =
    schema.fields.find((candidate) => candidate.name === name) ??
    schema.fields.find((candidate) => candidate.name.toLowerCase() === lower);
  if (field === undefined) throw corruptLog(place, `the partition column \`${name}\` is not in the schema`);
  if (!isPartitionType(field.type))
    throw corruptLog(place, `the partition column \`${name}\` is a ${field.type.kind}, which no partition can be`);
  return field;
}

/** A variant column without its feature in the protocol is no table that we could read either. */
function assertTypes(schema: StructType): void {
  const variant = schema.fields.find((field) => holdsVariant(field.type));
  if (variant === undefined) return;
  throw new LakeError(
    "delta/unsupported-feature",
    `Column \`${variant.name}\` is a variant, which this release of laketable does not read. ` +
      "Use a newer release, or the engine that wrote the table.",
    { features: ["variantType"], column: variant.name },
  );
}

function holdsVariant(type: DataType): boolean {
  switch (type.kind) {
    case "variant":
      return true;
    case "struct":
      return type.fields.some((field) => holdsVariant(field.type));
    case "array":
      return holdsVariant(type.element);
    case "map":
      return holdsVariant(type.key) || holdsVariant(type.value);
    default:
      return false;
  }
}
