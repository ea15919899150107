import { field, struct } from "../schema/data-types.js";
import type { Field, StructType } from "../schema/types.js";
import { addFields, parsedStatsType } from "./protocol/checkpoint-schema.js";
import { properties, readProperty } from "./protocol/properties.js";
import type { TableConfiguration } from "./protocol/table-configuration.js";

// Which fields of checkpointed adds are read for what.

/** For a view of the file. */
export function plannedAdd(configuration: TableConfiguration): StructType {
  const { path, size, modificationTime, deletionVector } = addFields;
  return struct([path, size, modificationTime, deletionVector, ...partitionField(configuration), ...statsFields(configuration)]);
}

/** To choose files. `partitionValues`, a required field, also tells which rows are adds; without partitions `size` does. */
export function judgedAdd(configuration: TableConfiguration, options: { readonly statistics: boolean }): StructType {
  const marker = configuration.partitionFields.length > 0 ? addFields.partitionValues : addFields.size;
  return struct([marker, ...(options.statistics ? statsFields(configuration) : [])]);
}

/** To count rows. */
export function countedAdd(configuration: TableConfiguration): StructType {
  return struct([addFields.path, addFields.deletionVector, ...statsFields(configuration)]);
}

function partitionField(configuration: TableConfiguration): readonly Field[] {
  return configuration.partitionFields.length > 0 ? [addFields.partitionValues] : [];
}

/** PROTOCOL.md "Checkpoints": without `writeStatsAsJson` the statistics are a struct, which is wide and so read only then. */
function statsFields({ metadata, files }: TableConfiguration): readonly Field[] {
  const asJson = readProperty(metadata.configuration, properties.checkpointWriteStatsAsJson);
  return asJson ? [addFields.stats] : [addFields.stats, field("stats_parsed", parsedStatsType(files.schema))];
}
