import { LakeError } from "../../base/errors.js";

/** When a version was committed. */
export interface VersionTime {
  readonly version: number;
  readonly timestampMs: number;
}

/**
 * Commit times out of the modification times of commit files, ascending by version. Clocks go back and copies reset times: each
 * version counts as at least one millisecond later than the one before, as Spark's `DeltaHistoryManager` has it.
 */
export function monotonicTimes(commits: readonly { readonly version: number; readonly modifiedMs: number }[]): readonly VersionTime[] {
  const times: VersionTime[] = [];
  let last = -Infinity;
  for (const { version, modifiedMs } of commits) {
    last = Math.max(modifiedMs, last + 1);
    times.push({ version, timestampMs: last });
  }
  return times;
}

/**
 * The newest version not later than `timestampMs`.
 *
 * @param times ascending, and only of versions that can be rebuilt
 * @throws delta/timestamp-out-of-range  before the first or after the last of them, naming the range
 */
export function versionAt(times: readonly VersionTime[], timestampMs: number): number {
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined) {
    throw new LakeError(
      "delta/timestamp-out-of-range",
      "No commit of the table carries a time any more, so it can be opened by version only.",
      { timestampMs },
    );
  }
  if (timestampMs < first.timestampMs || timestampMs > last.timestampMs) throw outOfRange(timestampMs, first, last);
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((times[middle] ?? last).timestampMs <= timestampMs) low = middle;
    else high = middle - 1;
  }
  return (times[low] ?? first).version;
}

function outOfRange(timestampMs: number, first: VersionTime, last: VersionTime): LakeError {
  const side = timestampMs < first.timestampMs ? "before the first" : "after the last";
  return new LakeError(
    "delta/timestamp-out-of-range",
    `${iso(timestampMs)} is ${side} commit that can be read. ` +
      `The versions reach from ${iso(first.timestampMs)} (version ${first.version}) ` +
      `to ${iso(last.timestampMs)} (version ${last.version}); choose a time between them, or a version.`,
    { timestampMs, earliest: first, latest: last },
  );
}

function iso(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}
