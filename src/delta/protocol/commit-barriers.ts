import { LakeError } from "../../base/errors.js";
import type { CommitActions, Metadata } from "./actions.js";
import type { Place } from "./action-fields.js";
import { assertWritable } from "./protocol-check.js";
import { tableConfiguration, type TableConfiguration } from "./table-configuration.js";

/**
 * What a winner's own actions on protocol and metadata mean for a commit that was made on `base`: nothing, so that it may
 * follow (on `next`), or that it may not.
 */
export type Barrier =
  | { readonly kind: "open"; readonly next: TableConfiguration }
  | { readonly kind: "metadata-changed"; readonly what: string }
  | { readonly kind: "protocol-changed"; readonly what: string };

/** Properties that change neither what may be written nor what a reader makes of it. */
const harmlessProperties: ReadonlySet<string> = new Set([
  "delta.checkpointInterval",
  "delta.checkpoint.writeStatsAsJson",
  "delta.checkpoint.writeStatsAsStruct",
  "delta.logRetentionDuration",
  "delta.deletedFileRetentionDuration",
  "delta.setTransactionRetentionDuration",
  "delta.enableExpiredLogCleanup",
  "delta.enableFullRetentionRollback",
  "delta.sampleRetentionDuration",
  "delta.checkpointRetentionDuration",
  "delta.targetFileSize",
  "delta.tuneFileSizesForRewrites",
  "delta.parquet.compression.codec",
  "delta.parquet.format.version",
  "delta.dataSkippingNumIndexedCols",
  "delta.dataSkippingStatsColumns",
  "delta.dataSkippingStringPrefixLength",
]);

/**
 * Judges one winner; pure.
 *
 * Protocol (Spark `checkProtocolCompatibility`): a winner's protocol bars commits that change it too, and those that this
 * release could not make on it. Metadata (`checkNoMetadataUpdates`): every change bars commits that change metadata
 * themselves, and a change of the table's id, schema, partitioning or of a property that writers obey bars all others.
 */
export function judgeBarrier(
  base: TableConfiguration,
  winner: CommitActions,
  mine: Pick<CommitActions, "protocol" | "metadata">,
  place: Place,
): Barrier {
  if (winner.protocol === undefined && winner.metadata === undefined) return { kind: "open", next: base };
  if (winner.protocol !== undefined && mine.protocol !== undefined)
    return { kind: "protocol-changed", what: "both commits change the protocol" };
  if (winner.metadata !== undefined) {
    if (mine.metadata !== undefined) return { kind: "metadata-changed", what: "both commits change the table's definition" };
    const what = changeThatMatters(base.metadata, winner.metadata);
    if (what !== undefined) return { kind: "metadata-changed", what };
  }
  try {
    const next = tableConfiguration(winner.protocol ?? base.protocol, winner.metadata ?? base.metadata, {
      protocol: place,
      metadata: place,
    });
    assertWritable(next.protocol, next);
    return { kind: "open", next };
  } catch (error) {
    if (!LakeError.is(error, "delta/unsupported-feature")) throw error;
    return { kind: "protocol-changed", what: error.message };
  }
}

function changeThatMatters(before: Metadata, after: Metadata): string | undefined {
  if (before.id !== after.id) return "the table was replaced by another one";
  if (before.schemaString !== after.schemaString) return "the schema changed";
  if (before.partitionColumns.join("\0") !== after.partitionColumns.join("\0")) return "the partitioning changed";
  if (before.format.provider !== after.format.provider) return "the file format changed";
  for (const key of new Set([...before.configuration.keys(), ...after.configuration.keys()])) {
    if (!key.startsWith("delta.") || harmlessProperties.has(key)) continue;
    if (before.configuration.get(key) !== after.configuration.get(key)) return `the table property ${key} changed`;
  }
  return undefined;
}
