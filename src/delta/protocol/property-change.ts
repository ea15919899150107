import { LakeError } from "../../base/errors.js";
import { invalidValue, parseBoolean, properties, type TableProperty } from "./properties.js";

const obeyed: ReadonlyMap<string, TableProperty<unknown>> = new Map(
  Object.values(properties).map((property) => [property.key.toLowerCase(), property as TableProperty<unknown>]),
);

/** Keys of features that are not built, and the values (in lower case) at which they are off and may be set. */
const featureKeys: ReadonlyMap<string, { readonly key: string; readonly feature: string; readonly off: readonly string[] }> = new Map(
  (
    [
      ["delta.enableChangeDataFeed", "changeDataFeed", "false"],
      ["delta.enableDeletionVectors", "deletionVectors", "false"],
      ["delta.columnMapping.mode", "columnMapping", "none"],
      ["delta.columnMapping.maxColumnId", "columnMapping"],
      ["delta.enableRowTracking", "rowTracking", "false"],
      ["delta.rowTrackingSuspended", "rowTracking", "false"],
      ["delta.enableInCommitTimestamps", "inCommitTimestamp", "false"],
      ["delta.inCommitTimestampEnablementVersion", "inCommitTimestamp"],
      ["delta.inCommitTimestampEnablementTimestamp", "inCommitTimestamp"],
      ["delta.enableTypeWidening", "typeWidening", "false"],
      ["delta.enableVariantShredding", "variantShredding", "false"],
      ["delta.enableIcebergCompatV1", "icebergCompatV1", "false"],
      ["delta.enableIcebergCompatV2", "icebergCompatV2", "false"],
      ["delta.enableIcebergCompatV3", "icebergCompatV3", "false"],
      ["delta.universalFormat.enabledFormats", "UniForm", ""],
      ["delta.checkpointPolicy", "v2Checkpoint", "classic"],
      ["delta.autoOptimize", "auto-optimize", "false"],
      ["delta.autoOptimize.autoCompact", "auto-optimize", "false"],
      ["delta.autoOptimize.optimizeWrite", "auto-optimize", "false"],
      ["delta.compatibility.symlinkFormatManifest.enabled", "symlink manifests", "false"],
      ["delta.randomizeFilePrefixes", "random file prefixes", "false"],
      ["delta.enableMaterializePartitionColumnsFeature", "materializePartitionColumns", "false"],
      ["delta.writePartitionColumnsToParquet", "materializePartitionColumns", "false"],
      ["delta.redirectReaderWriter-preview", "redirectReaderWriter-preview"],
      ["delta.redirectWriterOnly-preview", "redirectWriterOnly-preview"],
      ["delta.coordinatedCommits.commitCoordinator-preview", "coordinatedCommits-preview"],
      ["delta.coordinatedCommits.commitCoordinatorConf-preview", "coordinatedCommits-preview"],
      ["delta.coordinatedCommits.tableConf-preview", "coordinatedCommits-preview"],
      ["delta.requireCheckpointProtectionBeforeVersion", "checkpointProtection", "0"],
    ] as const
  ).map(([key, feature, ...off]) => [key.toLowerCase(), { key, feature, off }]),
);

/** Keys that Spark accepts and that change nothing here. */
const acceptedKeys: ReadonlyMap<string, { readonly key: string; readonly parse: (text: string) => unknown; readonly wanted: string }> =
  new Map(
    (
      [
        ["delta.sampleRetentionDuration", properties.logRetentionMs.parse, properties.logRetentionMs.wanted],
        ["delta.checkpointRetentionDuration", properties.logRetentionMs.parse, properties.logRetentionMs.wanted],
        ["delta.dropFeatureTruncateHistory.retentionDuration", properties.logRetentionMs.parse, properties.logRetentionMs.wanted],
        ["delta.enableFullRetentionRollback", parseBoolean, "true or false"],
        ["delta.randomPrefixLength", properties.checkpointInterval.parse, "a whole number from 1"],
        ["delta.castIcebergTimeType", parseBoolean, "true or false"],
        ["delta.ignoreIcebergBucketPartition", parseBoolean, "true or false"],
      ] as const
    ).map(([key, parse, wanted]) => [key.toLowerCase(), { key, parse, wanted }]),
  );

/**
 * Checks properties that a user wants to set and returns them in their canonical spelling. Keys without the prefix `delta.` are
 * the user's own and are kept as they are.
 *
 * @throws delta/invalid-property  an unknown `delta.` key, or a value that means nothing (as Spark does)
 * @throws delta/unsupported-feature  a property that switches on what is not built yet
 */
export function checkProperties(wanted: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const checked = new Map<string, string>();
  for (const [key, value] of wanted) checked.set(checkProperty(key, value), value);
  return checked;
}

/** The canonical spelling of a key, for setting and removing. Unknown keys stay as they are. */
export function canonicalKey(key: string): string {
  const lower = key.toLowerCase();
  return obeyed.get(lower)?.key ?? featureKeys.get(lower)?.key ?? acceptedKeys.get(lower)?.key ?? key;
}

/** @returns the key in its canonical spelling */
export function checkProperty(key: string, value: string): string {
  const lower = key.toLowerCase();
  if (!lower.startsWith("delta.")) return key;
  const property = obeyed.get(lower) ?? acceptedKeys.get(lower);
  if (property !== undefined) {
    if (property.parse(value) === undefined) throw invalidValue(property.key, value, property.wanted);
    return property.key;
  }
  const feature = featureKeys.get(lower);
  if (feature !== undefined) {
    if (feature.off.some((off) => off === value.trim().toLowerCase())) return feature.key;
    throw notBuilt(feature.key, value, feature.feature);
  }
  if (lower.startsWith("delta.feature.")) throw notBuilt(key, value, key.slice("delta.feature.".length));
  if (lower.startsWith("delta.constraints.")) throw notBuilt(key, value, "checkConstraints");
  if (lower.startsWith("delta.universalformat.config.")) throw notBuilt(key, value, "UniForm");
  if (lower === "delta.minreaderversion" || lower === "delta.minwriterversion") {
    throw new LakeError(
      "delta/invalid-property",
      `${key} is no property to set: laketable raises the protocol to what the table's features need. Leave it out.`,
      { key, value },
    );
  }
  throw new LakeError(
    "delta/invalid-property",
    `There is no table property ${key}. Keys that begin with "delta." are reserved; for a property of your own choose another prefix.`,
    { key, value },
  );
}

function notBuilt(key: string, value: string, feature: string): LakeError {
  return new LakeError(
    "delta/unsupported-feature",
    `The table property ${key} = "${value}" needs ${feature}, which this release of laketable does not have. Leave it out.`,
    { key, value, feature },
  );
}
