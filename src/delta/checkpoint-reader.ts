import { LakeError } from "../base/errors.js";
import type { BoundExpression } from "../expression/expression.js";
import { field, struct, types } from "../schema/data-types.js";
import type { StructType } from "../schema/types.js";
import type { CheckpointFile, FileActionRows, ReadFileActionsOptions } from "./checkpoint-query.js";
import type { DeltaContext } from "./delta-context.js";
import type { Action, AddFile, DomainMetadata, Metadata, Protocol, RemoveFile, SetTransaction, SidecarFile } from "./protocol/actions.js";
import { isJsonObject, type JsonObject } from "./protocol/action-fields.js";
import { domainMetadataType, metadataType, protocolType, sidecarType, txnType } from "./protocol/checkpoint-schema.js";
import { decodeDataPath } from "./protocol/decode-data-path.js";
import { decodeDomain, decodeMetadata, decodeProtocol, decodeSidecar, decodeTxn } from "./protocol/decode-action.js";
import { decodeActions } from "./protocol/decode-commit.js";
import { sidecarFolder } from "./protocol/log-path.js";
import type { Checkpoint } from "./protocol/log-segment.js";

/** The actions of a checkpoint that are no files, those of the kinds that were asked for. */
export interface CheckpointHead {
  readonly protocol: Protocol | undefined;
  readonly metadata: Metadata | undefined;
  readonly txns: readonly SetTransaction[];
  readonly domains: readonly DomainMetadata[];
  readonly sidecars: readonly SidecarFile[];
}

type HeadKind = keyof CheckpointHead;

/** Wire column, type, and a leaf that no action of the kind leaves null: row groups without one are not read. */
const headColumns: Readonly<Record<HeadKind, { readonly name: string; readonly type: StructType; readonly key: string }>> = {
  protocol: { name: "protocol", type: protocolType, key: "minReaderVersion" },
  metadata: { name: "metaData", type: metadataType, key: "id" },
  txns: { name: "txn", type: txnType, key: "appId" },
  domains: { name: "domainMetadata", type: domainMetadataType, key: "domain" },
  sidecars: { name: "sidecar", type: sidecarType, key: "path" },
};

/**
 * Reads no file actions: of Parquet checkpoints just the columns of `kinds`. Ends as soon as protocol and metadata are found
 * when nothing else is wanted.
 *
 * @throws delta/corrupt-checkpoint
 */
export async function readCheckpointHead(
  context: DeltaContext,
  checkpoint: Checkpoint,
  kinds: readonly HeadKind[],
  signal?: AbortSignal,
): Promise<CheckpointHead> {
  const head: { -readonly [K in HeadKind]: CheckpointHead[K] extends readonly (infer T)[] ? T[] : CheckpointHead[K] } = {
    protocol: undefined,
    metadata: undefined,
    txns: [],
    domains: [],
    sidecars: [],
  };
  const single = kinds.every((kind) => kind === "protocol" || kind === "metadata");
  const complete = (): boolean => single && kinds.every((kind) => head[kind] !== undefined);
  const place = { file: checkpoint.files[0]?.key ?? "" };
  const take = (kind: HeadKind, fields: JsonObject): void => {
    if (kind === "protocol") head.protocol = decodeProtocol(fields, place);
    else if (kind === "metadata") head.metadata = decodeMetadata(fields, place);
    else if (kind === "txns") head.txns.push(decodeTxn(fields, place));
    else if (kind === "domains") head.domains.push(decodeDomain(fields, place));
    else head.sidecars.push(decodeSidecar(fields, place));
  };
  for (const file of checkpoint.files) {
    if (isJson(file.key)) {
      for (const action of await readJsonCheckpoint(context, file, signal)) takeAction(head, action);
      continue;
    }
    for await (const found of readHeadRows(context, file, kinds, signal)) {
      take(found.kind, found.fields);
      if (complete()) return head;
    }
  }
  return head;
}

function takeAction(
  head: { -readonly [K in HeadKind]: CheckpointHead[K] extends readonly (infer T)[] ? T[] : CheckpointHead[K] },
  action: Action,
): void {
  if (action.kind === "protocol") head.protocol = action.protocol;
  else if (action.kind === "metadata") head.metadata = action.metadata;
  else if (action.kind === "txn") head.txns.push(action.txn);
  else if (action.kind === "domain") head.domains.push(action.domain);
  else if (action.kind === "sidecar") head.sidecars.push(action.sidecar);
}

async function* readHeadRows(
  context: DeltaContext,
  file: CheckpointFile,
  kinds: readonly HeadKind[],
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly kind: HeadKind; readonly fields: JsonObject }> {
  const { readParquetColumns } = await import("./checkpoint-rows.js");
  const { jsonReader } = await import("./checkpoint-cells.js");
  const wanted = kinds.map((kind) => ({ kind, ...headColumns[kind] }));
  const where = anyNotNull(wanted.map(({ name, key }) => [name, key]));
  const schema = struct(wanted.map(({ name, type }) => field(name, type)));
  for await (const columns of damageNamed(file.key, readParquetColumns(context, file, schema, { where, signal }))) {
    for (const [at, { kind, type }] of wanted.entries()) {
      const column = columns.children[at];
      if (column === undefined || column.nullCount === column.length) continue;
      const read = jsonReader(type, column);
      for (let row = 0; row < column.length; row++) {
        const fields = read(row);
        if (isJsonObject(fields)) yield { kind, fields };
      }
    }
  }
}

/** File actions of a checkpoint: rows of a batch, or the actions of one that is JSON. */
export type CheckpointGroup =
  | { readonly kind: "rows"; readonly rows: FileActionRows }
  | { readonly kind: "actions"; readonly file: string; readonly adds: readonly AddFile[]; readonly removes: readonly RemoveFile[] };

/** The file actions of a checkpoint, streamed by row groups. @throws delta/corrupt-checkpoint */
export async function* readCheckpointFileActions(
  context: DeltaContext,
  checkpoint: Checkpoint,
  options: ReadFileActionsOptions,
): AsyncGenerator<CheckpointGroup> {
  for (const file of checkpoint.files) {
    if (isJson(file.key)) yield await jsonFileActions(context, file, options.signal);
    else yield* readRows(context, file, options);
  }
  if (!options.sidecars || checkpoint.form === "multi-part") return;
  const { sidecars } = await readCheckpointHead(context, checkpoint, ["sidecars"], options.signal);
  for (const sidecar of sidecars) yield* readRows(context, sidecarFile(context, sidecar, checkpoint), options);
}

async function* readRows(context: DeltaContext, file: CheckpointFile, options: ReadFileActionsOptions): AsyncGenerator<CheckpointGroup> {
  const { readFileActionRows } = await import("./checkpoint-rows.js");
  for await (const rows of damageNamed(file.key, readFileActionRows(context, file, options))) yield { kind: "rows", rows };
}

/** PROTOCOL.md "Sidecar File Information": normally the bare name of a file in `_delta_log/_sidecars`. */
function sidecarFile(context: DeltaContext, sidecar: SidecarFile, checkpoint: Checkpoint): CheckpointFile {
  const path = decodeDataPath(sidecar.path, context.store.url, { file: checkpoint.files[0]?.key ?? "" });
  return { key: path.includes("/") ? path : sidecarFolder + path, size: sidecar.sizeInBytes };
}

async function jsonFileActions(context: DeltaContext, file: CheckpointFile, signal: AbortSignal | undefined): Promise<CheckpointGroup> {
  const adds: AddFile[] = [];
  const removes: RemoveFile[] = [];
  for (const action of await readJsonCheckpoint(context, file, signal)) {
    if (action.kind === "add") adds.push(action.add);
    else if (action.kind === "remove") removes.push(action.remove);
  }
  return { kind: "actions", file: file.key, adds, removes };
}

async function readJsonCheckpoint(
  context: DeltaContext,
  file: CheckpointFile,
  signal: AbortSignal | undefined,
): Promise<readonly Action[]> {
  try {
    return [...decodeActions(await context.store.get(file.key, { signal }), file.key)].map(({ action }) => action);
  } catch (error) {
    throw damage(file.key, error);
  }
}

function isJson(key: string): boolean {
  return key.endsWith(".json");
}

/** One of the columns has a value at its key. For pruning of row groups and pages. */
function anyNotNull(paths: readonly (readonly [string, string])[]): BoundExpression {
  const present = paths.map(([column, leaf], slot): BoundExpression => ({
    kind: "call",
    name: "isnotnull",
    args: [{ kind: "reference", slot, path: [column, leaf], type: types.string, nullable: true }],
    type: types.boolean,
  }));
  return present.reduce((left, right) => ({ kind: "call", name: "or", args: [left, right], type: types.boolean }));
}

async function* damageNamed<T>(key: string, source: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    throw damage(key, error);
  }
}

const damageCodes: ReadonlySet<string> = new Set(["parquet/corrupt", "parquet/unsupported", "storage/not-found", "delta/corrupt-log"]);

function damage(key: string, error: unknown): unknown {
  if (!(error instanceof LakeError) || !damageCodes.has(error.code)) return error;
  return new LakeError(
    "delta/corrupt-checkpoint",
    `The checkpoint file ${key} cannot be read: ${error.message} If the commits before it are all there, deleting it is enough.`,
    { ...error.context, file: key },
    error,
  );
}
