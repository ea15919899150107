import { LakeError } from "../../base/errors.js";
import type { CommitActions } from "./actions.js";
import type { Place } from "./action-fields.js";
import { onlyAddsColumns } from "./added-columns.js";
import { assertWritable } from "./protocol-check.js";
import { tableConfiguration, type TableConfiguration } from "./table-configuration.js";

/**
 * What a winner's own actions on protocol and metadata mean for a commit that was made on `base`: nothing, so that it may
 * follow (on `next`), or that it may not.
 */
export type Barrier =
  | { readonly kind: "open"; readonly next: TableConfiguration }
  | { readonly kind: "metadata-changed"; readonly what: string }
  | { readonly kind: "protocol-changed"; readonly what: string }
  | { readonly kind: "concurrent-domain"; readonly what: string };

/** What the commit that wants to follow does beside its files. */
export interface MyChanges extends Pick<CommitActions, "protocol" | "metadata" | "domains"> {
  /** Run again on a table with more nullable columns it would write the same rows. */
  readonly ignoresNewColumns: boolean;
}

/** PROTOCOL.md "Row Tracking": the high-water mark that every writer moves. */
const rowTrackingDomain = "delta.rowTracking";

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
 * themselves, and a change of the table's id, schema, partitioning or of a property that writers obey bars all others. Finer
 * than Spark: new nullable columns are no obstacle for a write that would leave them null. Domains
 * (`checkIfDomainMetadataConflict`): two commits do not set the same one unseen; row tracking's own counter is nobody's.
 */
export function judgeBarrier(base: TableConfiguration, winner: CommitActions, mine: MyChanges, place: Place): Barrier {
  const domain = sharedDomain(winner, mine);
  if (domain !== undefined) return { kind: "concurrent-domain", what: `both commits set the domain "${domain}"` };
  if (winner.protocol === undefined && winner.metadata === undefined) return { kind: "open", next: base };
  if (winner.protocol !== undefined && mine.protocol !== undefined)
    return { kind: "protocol-changed", what: "both commits change the protocol" };
  if (winner.metadata !== undefined && mine.metadata !== undefined)
    return { kind: "metadata-changed", what: "both commits change the table's definition" };
  const next = configurationOf(base, winner, place);
  if (typeof next === "string") return { kind: "protocol-changed", what: next };
  const what = changeThatMatters(base, next, mine.ignoresNewColumns);
  return what === undefined ? { kind: "open", next } : { kind: "metadata-changed", what };
}

function sharedDomain(winner: CommitActions, mine: MyChanges): string | undefined {
  const domains = new Set(mine.domains.map(({ domain }) => domain));
  return winner.domains.map(({ domain }) => domain).find((domain) => domain !== rowTrackingDomain && domains.has(domain));
}

/** The table after the winner, or why this release cannot write to it. */
function configurationOf(base: TableConfiguration, winner: CommitActions, place: Place): TableConfiguration | string {
  try {
    const places = { protocol: place, metadata: place };
    const next = tableConfiguration(winner.protocol ?? base.protocol, winner.metadata ?? base.metadata, places);
    assertWritable(next.protocol, next);
    return next;
  } catch (error) {
    if (!LakeError.is(error, "delta/unsupported-feature")) throw error;
    return error.message;
  }
}

function changeThatMatters(base: TableConfiguration, next: TableConfiguration, ignoresNewColumns: boolean): string | undefined {
  const { metadata: before } = base;
  const { metadata: after } = next;
  if (before === after) return undefined;
  if (before.id !== after.id) return "the table was replaced by another one";
  if (before.schemaString !== after.schemaString && !(ignoresNewColumns && onlyAddsColumns(base.schema, next.schema)))
    return "the schema changed";
  if (before.partitionColumns.join("\0") !== after.partitionColumns.join("\0")) return "the partitioning changed";
  if (before.format.provider !== after.format.provider) return "the file format changed";
  for (const key of new Set([...before.configuration.keys(), ...after.configuration.keys()])) {
    if (!key.startsWith("delta.") || harmlessProperties.has(key)) continue;
    if (before.configuration.get(key) !== after.configuration.get(key)) return `the table property ${key} changed`;
  }
  return undefined;
}
