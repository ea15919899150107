import { throwIfAborted } from "../base/abort.js";
import { unreachable } from "../base/assert.js";
import { LakeError } from "../base/errors.js";
import { term } from "../base/wording.js";
import { createCommitPace } from "./commit-pace.js";
import type { DeltaContext } from "./delta-context.js";
import { listLog, readCommitAt, readCommits, type CommitOfLog } from "./log-store.js";
import type { CommitActions } from "./protocol/actions.js";
import { encodeCommit } from "./protocol/commit-encode.js";
import { commitPath } from "./protocol/log-path.js";
import type { LogFile } from "./protocol/log-segment.js";
import { versionOf } from "./table-state.js";

/** One commit to be published under the first version that it may have. */
export interface Publication {
  /** In the `commitInfo` of every attempt: tells our own commit from a rival's when a reply was lost. */
  readonly txnId: string;
  /** The version to try first. */
  readonly version: number;
  readonly attemptsMax: number;
  readonly signal?: AbortSignal | undefined;
  /** All rivals there are have to be known before the first one is judged. Default: one after the other is good enough. */
  readonly looksAhead?: boolean | undefined;
  /** The actions, as they are to stand under `version`. */
  readonly actions: (version: number) => CommitActions;
  /**
   * Told of all rival commits in the order of versions, each once; throws when ours may not follow them. `"stop"`: ours is not
   * wanted any more.
   */
  readonly judge: (rivals: readonly CommitOfLog[]) => Promise<"follow" | "stop">;
}

export interface Outcome {
  /** `"stopped"`: nothing was published and nothing will be, because `judge` said so. */
  readonly kind: "published" | "stopped";
  /** The version that was published; when stopped, the newest of the rivals. */
  readonly version: number;
  /** 1 when no rival was met and no reply lost. */
  readonly attempts: number;
  /** The commit files from `Publication.version` to `version`, oldest first, and checkpoints of them that rivals have written. */
  readonly files: readonly LogFile[];
  /** The file of `version`. */
  readonly tip: LogFile;
}

/** How often in a row the store may fail, beside what it has tried itself. */
const failuresMax = 6;

/**
 * Publishes a commit by put-if-absent: the first version whose file nobody has written.
 *
 * A version that exists may be our own: the store may have written it and lost the reply. So the files that are found are
 * searched for our `txnId` before they are rivals. When a put fails without saying what became of it, the version is read
 * back; if it is absent, or the log cannot be read either, the **same** version is tried again, which at worst finds the
 * earlier put. The loop never moves past a version of which it does not know who wrote it, so the commit is published at most
 * once.
 *
 * Any error but `delta/commit-unknown` means that nothing was published and nothing will be.
 *
 * @throws delta/conflict        no attempt is left
 * @throws delta/commit-unknown  a put may have succeeded and the log cannot be read back
 */
export async function publish(context: DeltaContext, publication: Publication): Promise<Outcome> {
  const { txnId, attemptsMax, signal } = publication;
  const { host } = context;
  const pace = createCommitPace(host);
  const rivals: LogFile[] = [];
  const checkpoints: LogFile[] = [];
  const filesTo = (last: number): readonly LogFile[] => [...rivals, ...checkpoints.filter((file) => versionOf(file) <= last)];
  let { version } = publication;
  // Set while an earlier put of `version` may still take effect.
  let doubt: LakeError | undefined;
  let failures = 0;
  for (let attempts = 1; ; attempts++) {
    if (doubt === undefined) throwIfAborted(signal);
    const startedMs = host.now();
    let waitMs: number;
    const actions = publication.actions(version);
    const isFirst = attempts === 1 && publication.looksAhead !== true;
    const step = await attempt(context, { version, txnId, actions, doubt, isFirst });
    switch (step.kind) {
      case "published":
        rivals.push(step.file);
        return { kind: "published", version, attempts, files: filesTo(version), tip: step.file };
      case "lost":
        // The version is taken: a put of ours that is still on its way finds it so.
        rivals.push(...step.rivals.map(({ file }) => file));
        checkpoints.push(...step.checkpoints);
        version += step.rivals.length;
        doubt = undefined;
        failures = 0;
        if ((await publication.judge(step.rivals)) === "stop")
          return { kind: "stopped", version: version - 1, attempts, files: filesTo(version - 1), tip: step.tip };
        // Nobody knows yet how far ahead the others are: the next attempt tells.
        waitMs = isFirst ? 0 : pace.afterLoss(step.rivals.length, host.now() - startedMs);
        break;
      case "unclear":
        failures++;
        doubt = step.doubt;
        waitMs = pace.afterFailure();
        break;
      default:
        return unreachable(step);
    }
    if (attempts >= attemptsMax || failures >= failuresMax)
      throw doubt === undefined ? exhausted(context, attempts, version) : unknownOutcome(context, version, txnId, doubt);
    // A caller who wants to leave waits until the doubt is gone: it would leave the question open.
    if (waitMs > 0) await host.sleep(waitMs, doubt === undefined ? signal : undefined);
  }
}

interface Attempt {
  readonly version: number;
  readonly txnId: string;
  readonly actions: CommitActions;
  readonly doubt: LakeError | undefined;
  readonly isFirst: boolean;
}

type Step =
  | { readonly kind: "published"; readonly file: LogFile }
  /** Rivals have this version and those that follow. */
  | ({ readonly kind: "lost"; readonly tip: LogFile } & LogAhead)
  /** The version is not there, but a put that failed may still make it; or the log could not be read. */
  | { readonly kind: "unclear"; readonly doubt: LakeError };

async function attempt(context: DeltaContext, { version, txnId, actions, doubt, isFirst }: Attempt): Promise<Step> {
  const bytes = encodeCommit(actions);
  let outcome: "created" | "exists" | LakeError;
  try {
    // No signal: a put that is cut off half way is one whose outcome nobody knows.
    outcome = await context.store.putIfAbsent(commitPath(version), bytes);
  } catch (error) {
    if (doubt === undefined && isRefusal(error)) throw error;
    outcome = asLakeError(error);
  }
  if (outcome === "created") return { kind: "published", file: await ownFile(context, version, bytes, actions) };
  try {
    const { rivals, checkpoints } =
      isFirst && outcome === "exists" ? await readNext(context, version) : await readAhead(context, version, outcome === "exists");
    const [first] = rivals;
    const last = rivals.at(-1);
    if (first === undefined || last === undefined) return { kind: "unclear", doubt: outcome === "exists" ? lostFile(version) : outcome };
    if (first.actions.commitInfo?.txnId === txnId) return { kind: "published", file: first.file };
    return { kind: "lost", rivals, checkpoints, tip: last.file };
  } catch (error) {
    // A file that is damaged is not ours: a put makes whole files only. While a put of ours is in doubt, nobody can say so.
    if (outcome === "exists" && doubt === undefined && LakeError.is(error, "delta/corrupt-log")) throw error;
    return { kind: "unclear", doubt: asLakeError(error) };
  }
}

/** What others have written to the log. */
interface LogAhead {
  /** Without a gap. */
  readonly rivals: readonly CommitOfLog[];
  readonly checkpoints: readonly LogFile[];
}

/** One rival is more likely than many, and read in one step where a listing and a read take two. */
async function readNext(context: DeltaContext, version: number): Promise<LogAhead> {
  const rival = await readCommitAt(context, version);
  return rival === undefined ? readAhead(context, version, true) : { rivals: [rival], checkpoints: [] };
}

/** The commits from `version` on. `exists`: the store has said that `version` is there. */
async function readAhead(context: DeltaContext, version: number, exists: boolean): Promise<LogAhead> {
  const listed = await listLog(context, { from: version });
  const files: LogFile[] = [];
  for (const file of listed) if (file.name.kind === "commit" && file.name.version === version + files.length) files.push(file);
  if (files.length === 0 && exists) {
    const key = commitPath(version);
    const meta = await context.store.head(key);
    if (meta !== undefined) files.push({ name: { kind: "commit", version }, ...meta });
  }
  const commits: CommitOfLog[] = [];
  try {
    for await (const commit of readCommits(context, files)) commits.push(commit);
  } catch (error) {
    // What was read answers whose `version` is; the next attempt comes back to the rest.
    if (commits.length === 0) throw error;
  }
  return { rivals: commits, checkpoints: listed.filter(({ name }) => name.kind.endsWith("checkpoint")) };
}

/** The file just written, with the time that the store gave it: the version's timestamp. */
async function ownFile(context: DeltaContext, version: number, bytes: Uint8Array, actions: CommitActions): Promise<LogFile> {
  const key = commitPath(version);
  const written: LogFile = { name: { kind: "commit", version }, key, size: bytes.length, modifiedMs: context.host.now() };
  try {
    const meta = await context.store.head(key);
    const file = { ...written, modifiedMs: meta?.modifiedMs ?? written.modifiedMs };
    context.commits.put(file, actions);
    return file;
  } catch (error) {
    // The commit is done; that its time cannot be read is no failure of it.
    context.logger.warn(`Version ${version} of ${context.store.url} is committed, but its time could not be read.`, {
      url: context.store.url,
      version,
      error: String(error),
    });
    return written;
  }
}

/** Whether a failed put certainly wrote nothing. */
function isRefusal(error: unknown): boolean {
  const codes = [
    "storage/permission-denied",
    "storage/unauthenticated",
    "storage/no-such-bucket",
    "storage/wrong-region",
    "storage/unsupported",
    "storage/no-space",
    "storage/invalid-path",
    "storage/not-found",
  ] as const;
  return codes.some((code) => LakeError.is(error, code));
}

function asLakeError(error: unknown): LakeError {
  return error instanceof LakeError ? error : new LakeError("storage/io", `The store failed: ${String(error)}`, {}, error);
}

function lostFile(version: number): LakeError {
  return new LakeError("storage/io", `The store says that version ${version} exists, and cannot find it.`, { version });
}

function exhausted(context: DeltaContext, attempts: number, version: number): LakeError {
  return new LakeError(
    "delta/conflict",
    [
      `The commit was tried ${attempts} times and each time another writer was faster, last for version ${version - 1}. ` +
        "Nothing was changed; run the operation again, or allow more attempts with ",
      term("max-attempts"),
      ".",
    ],
    { rule: "attempts-exhausted", attempts, version: version - 1, url: context.store.url },
  );
}

function unknownOutcome(context: DeltaContext, version: number, txnId: string, cause: LakeError): LakeError {
  return new LakeError(
    "delta/commit-unknown",
    `It is not known whether version ${version} was committed: the store failed (${cause.message}) and the log could not be read back. ` +
      `Look at the table's history once the store answers: when a version has the txnId ${txnId}, the commit is done; ` +
      "when none has, run the operation again. " +
      "No data file was deleted.",
    { version, txnId, url: context.store.url },
    cause,
  );
}
