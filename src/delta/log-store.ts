import { mapOrdered } from "../base/concurrency.js";
import { LakeError } from "../base/errors.js";
import type { DeltaContext } from "./delta-context.js";
import type { CommitActions } from "./protocol/actions.js";
import { decodeCommit } from "./protocol/decode-commit.js";
import { decodeLastCheckpoint, type LastCheckpoint } from "./protocol/last-checkpoint.js";
import { beforeVersion, commitPath, isPastVersions, lastCheckpointPath, logFolder, parseLogPath } from "./protocol/log-path.js";
import type { LogFile } from "./protocol/log-segment.js";

/** Commits read ahead of the one that is wanted: enough to hide a store's latency, few enough to bound memory. */
const commitReadAhead = 16;

export interface ListLogOptions {
  /** Only files of this version and later. */
  readonly from?: number | undefined;
  /** Nothing beyond this version; the listing ends there. */
  readonly to?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The versioned files of the log in the order of their names: one LIST, which ends at the last versioned name. */
export async function listLog(context: DeltaContext, { from, to, signal }: ListLogOptions = {}): Promise<readonly LogFile[]> {
  const after = from === undefined ? undefined : beforeVersion(from);
  const files: LogFile[] = [];
  for await (const { key, size, modifiedMs } of context.store.list({ prefix: logFolder, recursive: false, after, signal })) {
    if (isPastVersions(key)) break;
    const name = parseLogPath(key);
    if (name === undefined || !("version" in name)) continue;
    if (to !== undefined && name.version > to) break;
    files.push({ name, key, size, modifiedMs });
  }
  return files;
}

/** Whether there is a log with a version in it. */
export async function hasLog(context: DeltaContext, signal?: AbortSignal): Promise<boolean> {
  for await (const { key } of context.store.list({ prefix: logFolder, recursive: false, signal })) {
    if (isPastVersions(key)) return false;
    const kind = parseLogPath(key)?.kind;
    if (kind === "commit" || kind?.endsWith("checkpoint") === true) return true;
  }
  return false;
}

/** The hint, or `undefined` when there is none or it is no good: everything can be found without it. */
export async function readLastCheckpoint(context: DeltaContext, signal?: AbortSignal): Promise<LastCheckpoint | undefined> {
  try {
    return decodeLastCheckpoint(await context.store.get(lastCheckpointPath, { signal }));
  } catch (error) {
    if (LakeError.is(error, "storage/not-found")) return undefined;
    if (!LakeError.is(error, "delta/corrupt-log")) throw error;
    context.logger.warn(
      `The hint ${lastCheckpointPath} of ${context.store.url} is unreadable and was ignored; listing the whole log instead.`,
      {
        url: context.store.url,
        problem: error.message,
      },
    );
    return undefined;
  }
}

/** @throws delta/corrupt-log, storage/* */
export async function readCommit(context: DeltaContext, file: LogFile, signal?: AbortSignal): Promise<CommitActions> {
  const known = context.commits.get(file);
  if (known !== undefined) return known;
  const actions = decodeCommit(await context.store.get(file.key, { signal }), file.key);
  context.commits.put(file, actions);
  return actions;
}

/** The commit of a version, sought under its name alone; `undefined` when it is not there. @throws delta/corrupt-log, storage/* */
export async function readCommitAt(context: DeltaContext, version: number): Promise<CommitOfLog | undefined> {
  const key = commitPath(version);
  try {
    const [meta, bytes] = await Promise.all([context.store.head(key), context.store.get(key)]);
    if (meta === undefined) return undefined;
    const commit: CommitOfLog = { file: { name: { kind: "commit", version }, ...meta }, actions: decodeCommit(bytes, key) };
    context.commits.put(commit.file, commit.actions);
    return commit;
  } catch (error) {
    if (LakeError.is(error, "storage/not-found")) return undefined;
    throw error;
  }
}

export interface CommitOfLog {
  readonly file: LogFile;
  readonly actions: CommitActions;
}

/** The commits in the given order, read ahead in parallel. */
export function readCommits(context: DeltaContext, files: Iterable<LogFile>, signal?: AbortSignal): AsyncGenerator<CommitOfLog> {
  return mapOrdered(
    files,
    commitReadAhead,
    async (file, call) => ({ file, actions: await readCommit(context, file, call.signal) }),
    signal,
  );
}

/** The commits of a segment, newest first: the order of reconciliation. */
export function newestFirst(files: readonly LogFile[]): readonly LogFile[] {
  return [...files].reverse();
}
