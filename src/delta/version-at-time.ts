import { LakeError } from "../base/errors.js";
import type { DeltaContext } from "./delta-context.js";
import { readCommit } from "./log-store.js";
import { isFeatureActive } from "./protocol/features.js";
import { reconstructableRange, selectSegment, type LogFile } from "./protocol/log-segment.js";
import { monotonicTimes, versionAt, type VersionTime } from "./protocol/time-travel.js";
import { loadTableState, versionOf, type TableState } from "./table-state.js";

/**
 * The newest version of a full listing that was committed not later than `timestampMs`. Only versions that can be rebuilt
 * count. Commit times are those of the files, or with in-commit timestamps those inside the commits (PROTOCOL.md
 * "Recommendations for Readers of Tables with In-Commit Timestamps").
 *
 * @throws delta/timestamp-out-of-range
 */
export async function versionAtTime(
  context: DeltaContext,
  listing: readonly LogFile[],
  timestampMs: number,
  signal?: AbortSignal,
): Promise<number> {
  const range = reconstructableRange(listing);
  const commits = listing.filter((file) => file.name.kind === "commit");
  const times = monotonicTimes(commits.map((file) => ({ version: versionOf(file), modifiedMs: file.modifiedMs }))).filter(
    ({ version }) => range !== undefined && version >= range.earliest,
  );
  const latest = await latestState(context, listing, signal);
  const enabled = latest === undefined ? undefined : inCommitTimesFrom(latest);
  if (enabled === undefined) return versionAt(times, timestampMs);
  const inside = commits.filter((file) => versionOf(file) >= enabled.version && versionOf(file) >= (range?.earliest ?? 0));
  const before = times.filter(({ version }) => version < enabled.version);
  if (enabled.timestampMs !== undefined && timestampMs < enabled.timestampMs && before.length > 0) {
    // Between the last commit with a file time and the first with its own the former is the newest.
    return versionAt(before, Math.min(timestampMs, before.at(-1)?.timestampMs ?? timestampMs));
  }
  return searchInCommitTimes(context, inside, timestampMs, signal);
}

/** `undefined` when the newest version cannot be read by us: an older one still may be. */
async function latestState(
  context: DeltaContext,
  listing: readonly LogFile[],
  signal: AbortSignal | undefined,
): Promise<TableState | undefined> {
  try {
    return await loadTableState(context, selectSegment(listing), signal);
  } catch (error) {
    if (LakeError.is(error, "delta/unsupported-feature") || LakeError.is(error, "delta/corrupt-checkpoint")) return undefined;
    throw error;
  }
}

function inCommitTimesFrom({
  configuration,
}: TableState): { readonly version: number; readonly timestampMs: number | undefined } | undefined {
  if (!isFeatureActive("inCommitTimestamp", configuration.protocol, configuration)) return undefined;
  const { configuration: settings } = configuration.metadata;
  const version = Number(settings.get("delta.inCommitTimestampEnablementVersion") ?? 0);
  const timestamp = settings.get("delta.inCommitTimestampEnablementTimestamp");
  return { version, timestampMs: timestamp === undefined ? undefined : Number(timestamp) };
}

/** In-commit timestamps ascend, so a binary search reads the logarithm of the commits. */
async function searchInCommitTimes(
  context: DeltaContext,
  commits: readonly LogFile[],
  timestampMs: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const timeOf = async (file: LogFile): Promise<VersionTime> => {
    const { commitInfo } = await readCommit(context, file, signal);
    return { version: versionOf(file), timestampMs: commitInfo?.inCommitTimestamp ?? file.modifiedMs };
  };
  const ends = [commits[0], commits.at(-1)].filter((file) => file !== undefined);
  const bounds = await Promise.all(ends.map(timeOf));
  const [first, last] = bounds;
  if (first === undefined || last === undefined || timestampMs <= first.timestampMs || timestampMs >= last.timestampMs)
    return versionAt(bounds, timestampMs);
  let low = 0;
  let high = commits.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const file = commits[middle];
    if (file !== undefined && (await timeOf(file)).timestampMs <= timestampMs) low = middle;
    else high = middle;
  }
  const found = commits[low];
  return found === undefined ? first.version : versionOf(found);
}
