import { LakeError } from "../../base/errors.js";
import { commitPath, multiPartCheckpointPath, type LogFileName } from "./log-path.js";

/** A file that a listing of the log has found. */
export interface LogFile {
  readonly name: LogFileName;
  /** Below the table's root. */
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedMs: number;
}

/** A complete checkpoint: all of its parts, in order. */
export interface Checkpoint {
  readonly version: number;
  readonly form: "classic" | "multi-part" | "uuid";
  readonly files: readonly LogFile[];
}

/**
 * The files that make up one version: the newest complete checkpoint not after it and every commit after that checkpoint,
 * ascending and without a gap. A segment without a checkpoint starts at commit 0.
 */
export interface LogSegment {
  readonly version: number;
  readonly checkpoint: Checkpoint | undefined;
  readonly commits: readonly LogFile[];
  /** The commit of `version` itself: the last of `commits`, or the one that the checkpoint stands for when it is still there. */
  readonly tip: LogFile | undefined;
}

/** The versions that a listing can rebuild, ends included. */
export interface VersionRange {
  readonly earliest: number;
  readonly latest: number;
}

/**
 * The segment of `target`, or of the newest version, out of a listing of the whole log (or of all of it from a complete
 * checkpoint on). Multi-part checkpoints with missing parts are ignored (PROTOCOL.md "Checkpoints").
 *
 * @throws delta/not-a-table  no commit and no checkpoint at all
 * @throws delta/no-such-version  `target` lies outside what the log can rebuild
 * @throws delta/corrupt-checkpoint  only a checkpoint with missing parts could bridge the gap
 * @throws delta/log-gap  a commit between the start and the version is missing
 */
export function selectSegment(listing: readonly LogFile[], target?: number): LogSegment {
  const commits = commitsByVersion(listing);
  const checkpoints = completeCheckpoints(listing);
  const latest = latestVersion(commits, checkpoints);
  if (latest === undefined) {
    const missing = missingParts(listing);
    if (missing !== undefined) throw missingPartError(missing);
    throw new LakeError(
      "delta/not-a-table",
      "The folder _delta_log holds no commit and no checkpoint, so there is no table here. Check the path.",
    );
  }
  const version = target ?? latest;
  if (version > latest) throw noSuchVersion(version, reconstructableRange(listing));
  const checkpoint = newestCheckpoint(checkpoints, version);
  const start = checkpoint === undefined ? 0 : checkpoint.version + 1;
  const chain: LogFile[] = [];
  for (let v = start; v <= version; v++) {
    const file = commits.get(v);
    if (file === undefined) throw missingCommit(v, version, target, listing);
    chain.push(file);
  }
  return { version, checkpoint, commits: chain, tip: commits.get(version) };
}

/**
 * A segment with the commits that follow it. Checkpoints among `newer` are left to `rebased`.
 *
 * @throws delta/log-gap  a commit between the segment and a later one is missing
 */
export function extendSegment(segment: LogSegment, newer: readonly LogFile[]): LogSegment {
  const commits = commitsByVersion(newer);
  const chain = [...segment.commits];
  let { version, tip } = segment;
  for (let next = commits.get(version + 1); next !== undefined; next = commits.get(version + 1)) {
    chain.push(next);
    tip = next;
    version++;
  }
  const last = latestVersion(commits, completeCheckpoints(newer)) ?? version;
  if (last > version) throw gapError(version + 1, last);
  return { version, checkpoint: segment.checkpoint, commits: chain, tip };
}

/** The same version on the newest complete checkpoint among `newer`, so that fewer commits have to be replayed. */
export function rebased(segment: LogSegment, newer: readonly LogFile[]): LogSegment {
  const checkpoint = newestCheckpoint(completeCheckpoints(newer), segment.version);
  if (checkpoint === undefined || checkpoint.version <= (segment.checkpoint?.version ?? -1)) return segment;
  const commits = segment.commits.filter((file) => file.name.kind === "commit" && file.name.version > checkpoint.version);
  return { ...segment, checkpoint, commits };
}

/** The newest unbroken run of versions that a full listing can rebuild; `undefined` when the newest one cannot be. */
export function reconstructableRange(listing: readonly LogFile[]): VersionRange | undefined {
  const commits = commitsByVersion(listing);
  const checkpoints = completeCheckpoints(listing);
  const latest = latestVersion(commits, checkpoints);
  if (latest === undefined) return undefined;
  let low = latest + 1;
  while (commits.has(low - 1)) low--;
  const starts = checkpoints.map((checkpoint) => checkpoint.version).filter((version) => version >= low - 1);
  if (low === 0) starts.push(0);
  return starts.length === 0 ? undefined : { earliest: starts.reduce((a, b) => Math.min(a, b)), latest };
}

/** The newest complete checkpoint not after `version`. */
export function newestCheckpoint(checkpoints: readonly Checkpoint[], version: number): Checkpoint | undefined {
  let best: Checkpoint | undefined;
  for (const checkpoint of checkpoints) {
    if (checkpoint.version <= version && (best === undefined || compareCheckpoints(checkpoint, best) > 0)) best = checkpoint;
  }
  return best;
}

/** Every complete checkpoint of a listing, the best one last. */
export function completeCheckpoints(listing: readonly LogFile[]): readonly Checkpoint[] {
  const found: Checkpoint[] = [];
  for (const [, group] of partGroups(listing)) {
    if (group.files.size === group.parts) {
      const files = [...group.files.entries()].sort(([a], [b]) => a - b).map(([, file]) => file);
      found.push({ version: group.version, form: "multi-part", files });
    }
  }
  for (const file of listing) {
    if (file.name.kind === "classic-checkpoint") found.push({ version: file.name.version, form: "classic", files: [file] });
    if (file.name.kind === "uuid-checkpoint") found.push({ version: file.name.version, form: "uuid", files: [file] });
  }
  return found.sort(compareCheckpoints);
}

/** By version; of one version a single file is better than parts, which nobody guards against a rival's parts. */
function compareCheckpoints(a: Checkpoint, b: Checkpoint): number {
  const order: readonly Checkpoint["form"][] = ["multi-part", "classic", "uuid"];
  return a.version - b.version || order.indexOf(a.form) - order.indexOf(b.form);
}

interface PartGroup {
  readonly version: number;
  readonly parts: number;
  readonly files: Map<number, LogFile>;
}

function partGroups(listing: readonly LogFile[]): Map<string, PartGroup> {
  const groups = new Map<string, PartGroup>();
  for (const file of listing) {
    if (file.name.kind !== "multi-part-checkpoint") continue;
    const { version, part, parts } = file.name;
    const key = `${version}/${parts}`;
    const group = groups.get(key) ?? { version, parts, files: new Map<number, LogFile>() };
    group.files.set(part, file);
    groups.set(key, group);
  }
  return groups;
}

interface MissingParts {
  readonly version: number;
  readonly keys: readonly string[];
}

/** The newest checkpoint not after `version` that lacks parts. */
function missingParts(listing: readonly LogFile[], version = Infinity): MissingParts | undefined {
  let newest: PartGroup | undefined;
  for (const group of partGroups(listing).values()) {
    const lacks = group.files.size < group.parts && group.version <= version;
    if (lacks && (newest === undefined || group.version > newest.version)) newest = group;
  }
  if (newest === undefined) return undefined;
  const keys: string[] = [];
  for (let part = 1; part <= newest.parts; part++) {
    if (!newest.files.has(part)) keys.push(multiPartCheckpointPath(newest.version, part, newest.parts));
  }
  return { version: newest.version, keys };
}

function commitsByVersion(listing: readonly LogFile[]): ReadonlyMap<number, LogFile> {
  const commits = new Map<number, LogFile>();
  for (const file of listing) if (file.name.kind === "commit") commits.set(file.name.version, file);
  return commits;
}

function latestVersion(commits: ReadonlyMap<number, LogFile>, checkpoints: readonly Checkpoint[]): number | undefined {
  let latest = checkpoints.at(-1)?.version;
  for (const version of commits.keys()) if (latest === undefined || version > latest) latest = version;
  return latest;
}

function missingCommit(missing: number, version: number, target: number | undefined, listing: readonly LogFile[]): LakeError {
  const range = reconstructableRange(listing);
  if (target !== undefined && range !== undefined && target < range.earliest) return noSuchVersion(target, range);
  const parts = missingParts(listing, version);
  if (parts !== undefined && parts.version >= missing) return missingPartError(parts);
  return gapError(missing, version);
}

export function noSuchVersion(version: number, range: VersionRange | undefined): LakeError {
  const available = range === undefined ? "No version can be read." : `Available are versions ${range.earliest} to ${range.latest}.`;
  return new LakeError("delta/no-such-version", `The table has no version ${version}. ${available}`, { version, ...range });
}

function gapError(missing: number, version: number): LakeError {
  return new LakeError(
    "delta/log-gap",
    `The log cannot be read up to version ${version}: ${commitPath(missing)} is missing and no checkpoint covers it. ` +
      `Restore the file from a backup, or open a version that does not need it.`,
    { missing: commitPath(missing), version },
  );
}

function missingPartError(missing: MissingParts): LakeError {
  return new LakeError(
    "delta/corrupt-checkpoint",
    `The checkpoint of version ${missing.version} lacks ${missing.keys.join(", ")}, and the commits that it stands for are gone. ` +
      `Restore the missing part from a backup.`,
    { version: missing.version, missing: missing.keys },
  );
}
