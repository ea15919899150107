/**
 * PROTOCOL.md "Actions", in memory. Wire spellings stay with the decoders and encoders; times are milliseconds since the
 * epoch; versions, sizes and counts are safe integers. Unknown fields and actions are not kept.
 */

/** "Protocol Evolution". The feature lists are present exactly for reader version 3 and writer version 7. */
export interface Protocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  readonly readerFeatures?: readonly string[] | undefined;
  readonly writerFeatures?: readonly string[] | undefined;
}

/** "Change Metadata": the wire's `metaData`. */
export interface Metadata {
  readonly id: string;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly format: { readonly provider: string; readonly options: ReadonlyMap<string, string> };
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly createdTime?: number | undefined;
  readonly configuration: ReadonlyMap<string, string>;
}

/** Partition column (physical name) → serialized value; null and "" both mean null. */
export type PartitionValues = ReadonlyMap<string, string | null>;

/** What `add` and `remove` share: a logical file, whose key is (`path`, id of the deletion vector). */
export interface LogicalFile {
  /** As in the log: relative or absolute, URI-encoded. Two spellings of one path are two keys. */
  readonly path: string;
  readonly deletionVector?: DeletionVectorDescriptor | undefined;
}

/** "Add File and Remove File". */
export interface AddFile extends LogicalFile {
  readonly partitionValues: PartitionValues;
  readonly size: number;
  readonly modificationTime: number;
  readonly dataChange: boolean;
  /** "Per-file Statistics", still JSON. */
  readonly stats?: string | undefined;
  readonly tags?: ReadonlyMap<string, string> | undefined;
  readonly baseRowId?: number | undefined;
  readonly defaultRowCommitVersion?: number | undefined;
  readonly clusteringProvider?: string | undefined;
}

export interface RemoveFile extends LogicalFile {
  readonly deletionTimestamp?: number | undefined;
  readonly dataChange: boolean;
  readonly extendedFileMetadata?: boolean | undefined;
  readonly partitionValues?: PartitionValues | undefined;
  readonly size?: number | undefined;
  readonly stats?: string | undefined;
  readonly tags?: ReadonlyMap<string, string> | undefined;
  readonly baseRowId?: number | undefined;
  readonly defaultRowCommitVersion?: number | undefined;
}

/** "Deletion Vector Descriptor Schema". */
export interface DeletionVectorDescriptor {
  readonly storageType: "u" | "i" | "p";
  readonly pathOrInlineDv: string;
  readonly offset?: number | undefined;
  readonly sizeInBytes: number;
  readonly cardinality: number;
}

/** "Add CDC File": the wire's `cdc`. */
export interface CdcFile {
  readonly path: string;
  readonly partitionValues: PartitionValues;
  readonly size: number;
  readonly dataChange: boolean;
  readonly tags?: ReadonlyMap<string, string> | undefined;
}

/** "Transaction Identifiers": the wire's `txn`. The application's version is any 64-bit number. */
export interface SetTransaction {
  readonly appId: string;
  readonly version: bigint;
  readonly lastUpdated?: number | undefined;
}

/** "Domain Metadata". */
export interface DomainMetadata {
  readonly domain: string;
  readonly configuration: string;
  readonly removed: boolean;
}

/** "Commit Provenance Information": the fields that engines agree on; everything is optional, spellings are the writer's. */
export interface CommitInfo {
  readonly timestamp?: number | undefined;
  readonly inCommitTimestamp?: number | undefined;
  readonly operation?: string | undefined;
  readonly operationParameters?: Readonly<Record<string, unknown>> | undefined;
  readonly operationMetrics?: Readonly<Record<string, string>> | undefined;
  readonly readVersion?: number | undefined;
  readonly isolationLevel?: string | undefined;
  readonly isBlindAppend?: boolean | undefined;
  readonly userMetadata?: string | undefined;
  readonly engineInfo?: string | undefined;
  readonly txnId?: string | undefined;
  readonly tags?: Readonly<Record<string, unknown>> | undefined;
}

/** "Sidecar File Information"; only in V2 checkpoints. */
export interface SidecarFile {
  /** As in the checkpoint: URI-encoded, normally the bare name of a file in `_delta_log/_sidecars`. */
  readonly path: string;
  readonly sizeInBytes: number;
  readonly modificationTime: number;
}

/** "Checkpoint Metadata"; only in V2 checkpoints. */
export interface CheckpointMetadata {
  readonly version: number;
}

/** One action, tagged in our words. */
export type Action =
  | { readonly kind: "protocol"; readonly protocol: Protocol }
  | { readonly kind: "metadata"; readonly metadata: Metadata }
  | { readonly kind: "add"; readonly add: AddFile }
  | { readonly kind: "remove"; readonly remove: RemoveFile }
  | { readonly kind: "cdc"; readonly cdc: CdcFile }
  | { readonly kind: "txn"; readonly txn: SetTransaction }
  | { readonly kind: "domain"; readonly domain: DomainMetadata }
  | { readonly kind: "commitInfo"; readonly commitInfo: CommitInfo }
  | { readonly kind: "sidecar"; readonly sidecar: SidecarFile }
  | { readonly kind: "checkpointMetadata"; readonly checkpointMetadata: CheckpointMetadata };

/** The actions of one commit, by kind, each kind in the order of the file. */
export interface CommitActions {
  readonly commitInfo?: CommitInfo | undefined;
  readonly protocol?: Protocol | undefined;
  readonly metadata?: Metadata | undefined;
  readonly txns: readonly SetTransaction[];
  readonly domains: readonly DomainMetadata[];
  readonly adds: readonly AddFile[];
  readonly removes: readonly RemoveFile[];
  readonly cdcs: readonly CdcFile[];
}

/** PROTOCOL.md "Derived Fields" `uniqueId`: tells one file with different vectors apart; `undefined` without a vector. */
export function deletionVectorId(vector: DeletionVectorDescriptor | undefined): string | undefined {
  if (vector === undefined) return undefined;
  const id = vector.storageType + vector.pathOrInlineDv;
  return vector.offset === undefined ? id : `${id}@${vector.offset}`;
}
