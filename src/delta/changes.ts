import { LakeError } from "../base/errors.js";
import type { ChangedRows, ChangeFeed, ChangeRange, VersionChanges } from "../table/changes.js";
import type { VersionRef } from "../table/table-format.js";
import { addSource } from "./add-sources.js";
import { dataFileOf, type FileLens } from "./data-file-view.js";
import type { DeltaContext } from "./delta-context.js";
import { listLog, readCommits, type CommitOfLog } from "./log-store.js";
import { openState } from "./open-state.js";
import { changedFiles, type ChangedFile } from "./protocol/changed-files.js";
import { decodeDataPath } from "./protocol/decode-data-path.js";
import type { LogFile } from "./protocol/log-segment.js";
import type { Metadata } from "./protocol/actions.js";
import { monotonicTimes, type VersionTime } from "./protocol/time-travel.js";
import { tableConfiguration, type TableConfiguration } from "./protocol/table-configuration.js";
import { rowDeletesOf } from "./row-deletes.js";
import { createSnapshot } from "./snapshot.js";
import { versionOf, type TableState } from "./table-state.js";

/**
 * The change data feed of a range of versions.
 *
 * @throws delta/no-such-version, delta/timestamp-out-of-range  the range reaches beyond the log, or begins after its end
 * @throws delta/no-change-feed  the table did not record its changes in some version of the range
 */
export async function readChanges(context: DeltaContext, range: ChangeRange, signal?: AbortSignal): Promise<ChangeFeed> {
  const last = await openState(context, range.to === undefined ? undefined : await lastRef(context, range.to, signal), signal);
  const to = last.segment.version;
  const from = await firstVersion(context, range.from, signal);
  if (from > to) throw emptyRange(context, from, to, range.to === undefined);
  const listed = (await listLog(context, { to, signal })).filter((file) => file.name.kind === "commit");
  const commits = commitsFrom(context, listed, from, to);
  const first = await openState(context, { version: from }, signal);
  await assertRecorded(context, first, commits, signal);
  return {
    snapshot: createSnapshot(context, last),
    versions: versionsOf(context, { commits, times: timesOf(listed), first, last }, signal),
  };
}

/** A timestamp after the last commit means the newest version: nothing that was asked for is left out. */
async function lastRef(context: DeltaContext, ref: VersionRef, signal: AbortSignal | undefined): Promise<VersionRef | undefined> {
  if ("version" in ref) return ref;
  const bounds = await outOfRange(() => openState(context, ref, signal));
  return bounds !== undefined && ref.timestampMs > bounds.latest.timestampMs ? undefined : ref;
}

/** The first version not earlier than a timestamp; the earliest there is for a timestamp before it. */
async function firstVersion(context: DeltaContext, ref: VersionRef, signal: AbortSignal | undefined): Promise<number> {
  if ("version" in ref) return ref.version;
  const { timestampMs } = ref;
  let found: TableState | undefined;
  const bounds = await outOfRange(async () => (found = await openState(context, ref, signal)));
  if (bounds !== undefined && timestampMs < bounds.earliest.timestampMs) return bounds.earliest.version;
  if (found === undefined) found = await openState(context, ref, signal);
  return found.timestampMs < timestampMs ? found.segment.version + 1 : found.segment.version;
}

interface TimeBounds {
  readonly earliest: VersionTime;
  readonly latest: VersionTime;
}

/** The times that can be asked for, when `open` was asked for another. */
async function outOfRange(open: () => Promise<unknown>): Promise<TimeBounds | undefined> {
  try {
    await open();
    return undefined;
  } catch (error) {
    if (!LakeError.is(error, "delta/timestamp-out-of-range") || error.context["earliest"] === undefined) throw error;
    return error.context as unknown as TimeBounds;
  }
}

/** By version. A commit's time depends on those before it, and must not depend on where a range begins. */
function timesOf(listed: readonly LogFile[]): ReadonlyMap<number, number> {
  const times = monotonicTimes(listed.map((file) => ({ version: versionOf(file), modifiedMs: file.modifiedMs })));
  return new Map(times.map(({ version, timestampMs }) => [version, timestampMs]));
}

function commitsFrom(context: DeltaContext, listed: readonly LogFile[], from: number, to: number): readonly LogFile[] {
  const commits = listed.filter((file) => versionOf(file) >= from);
  if (commits.length === to - from + 1) return commits;
  const earliest = commits.findLast((file, at) => commits.length - at !== to - versionOf(file) + 1);
  const gone = earliest === undefined ? from : versionOf(earliest) + 1;
  throw new LakeError(
    "delta/no-such-version",
    `The changes from version ${from} to ${to} of ${context.store.url} cannot be told: commits among them, such as ${gone}, are no ` +
      "longer in the log. Ask from a later version.",
    { url: context.store.url, from, to, missing: gone },
  );
}

function emptyRange(context: DeltaContext, from: number, to: number, isNewest: boolean): LakeError {
  return new LakeError(
    "delta/no-such-version",
    isNewest
      ? `There are no changes of ${context.store.url} from version ${from} on: its newest version is ${to}.`
      : `The changes of ${context.store.url} are asked for from version ${from} to version ${to}, which comes before it. ` +
          "Ask for a range that begins at or before its end.",
    { url: context.store.url, from, to },
  );
}

const isRecording = ({ configuration }: Metadata): boolean => configuration.get("delta.enableChangeDataFeed")?.toLowerCase() === "true";

/** Every version of the range has to have recorded its changes: what one did not record would be missing without a trace. */
async function assertRecorded(
  context: DeltaContext,
  first: TableState,
  commits: readonly LogFile[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const from = first.segment.version;
  const begins = isRecording(first.configuration.metadata);
  for await (const { file, actions } of readCommits(context, commits.slice(1), signal)) {
    if (actions.metadata === undefined || isRecording(actions.metadata) === begins) continue;
    throw begins ? switchedOff(context, from, versionOf(file)) : notRecorded(context, from, versionOf(file));
  }
  if (!begins) throw notRecorded(context, from, undefined);
}

function switchedOff(context: DeltaContext, from: number, version: number): LakeError {
  return new LakeError(
    "delta/no-change-feed",
    `${context.store.url} stopped recording its changes with version ${version} (delta.enableChangeDataFeed). Ask for the versions from ` +
      `${from} to ${version - 1}.`,
    { url: context.store.url, from, off: version },
  );
}

function notRecorded(context: DeltaContext, from: number, on: number | undefined): LakeError {
  return new LakeError(
    "delta/no-change-feed",
    `${context.store.url} did not record its changes at version ${from} (delta.enableChangeDataFeed). ` +
      (on === undefined ? "It does not in any version of the range." : `It does from version ${on} on: ask from there.`),
    { url: context.store.url, from, ...(on === undefined ? {} : { on }) },
  );
}

interface Range {
  readonly commits: readonly LogFile[];
  readonly times: ReadonlyMap<number, number>;
  readonly first: TableState;
  readonly last: TableState;
}

async function* versionsOf(
  context: DeltaContext,
  { commits, times, first, last }: Range,
  signal: AbortSignal | undefined,
): AsyncGenerator<VersionChanges, void, undefined> {
  let then = first.configuration;
  for await (const commit of readCommits(context, commits, signal)) {
    const version = versionOf(commit.file);
    const timestampMs = commit.actions.commitInfo?.inCommitTimestamp ?? times.get(version) ?? commit.file.modifiedMs;
    then = configurationAt(commit, then);
    assertSamePartitions(context, version, then, last);
    const lens: FileLens = { configuration: last.configuration, rootUrl: context.store.url, place: { file: commit.file.key } };
    const files: ChangedRows[] = [];
    for (const changed of changedFiles(commit.actions)) files.push(await changedRows(context, changed, lens, signal));
    yield { version, timestampMs, files };
  }
}

/** Partition values are in the log alone: under another partitioning rows would lack columns. */
function assertSamePartitions(context: DeltaContext, version: number, then: TableConfiguration, last: TableState): void {
  const [keys, wanted] = [then.files.partitionKeys, last.configuration.files.partitionKeys];
  if (keys.length === wanted.length && keys.every((key, at) => key === wanted[at])) return;
  throw new LakeError(
    "delta/unsupported-feature",
    `Version ${version} of ${context.store.url} has other partition columns than version ${last.segment.version}, so that the ` +
      "changes of both cannot be given in the same columns. Ask for a range that ends before the partitioning changed, and for " +
      "another that begins there.",
    { url: context.store.url, version, features: ["changeDataFeed"] },
  );
}

/** A version's definition, as far as it is another one than before. */
function configurationAt({ file, actions }: CommitOfLog, before: TableConfiguration): TableConfiguration {
  if (actions.metadata === undefined && actions.protocol === undefined) return before;
  const place = { file: file.key };
  return tableConfiguration(actions.protocol ?? before.protocol, actions.metadata ?? before.metadata, {
    protocol: place,
    metadata: place,
  });
}

async function changedRows(
  context: DeltaContext,
  { kind, file, among }: ChangedFile,
  lens: FileLens,
  signal: AbortSignal | undefined,
): Promise<ChangedRows> {
  const size = file.size ?? (await sizeOf(context, file.path, lens, signal));
  const view = dataFileOf(addSource({ ...file, size, modificationTime: 0, dataChange: true }, lens.configuration), lens);
  if (kind === "recorded") return { kind, file: view };
  return { kind, file: view, among: rowDeletesOf(among, lens.place) };
}

/** "Add File and Remove File": the size of a remove is optional. */
async function sizeOf(
  context: DeltaContext,
  path: string,
  { rootUrl, place }: FileLens,
  signal: AbortSignal | undefined,
): Promise<number> {
  const key = decodeDataPath(path, rootUrl, place);
  const located = context.files.locate(key);
  const meta = await located.store.head(located.key, { signal });
  if (meta !== undefined) return meta.size;
  throw new LakeError(
    "storage/not-found",
    `The file ${key} of ${rootUrl}, whose rows a version of the range deleted, is no longer there: a vacuum has removed it. ` +
      "Ask for changes from a later version.",
    { key, url: rootUrl },
  );
}
