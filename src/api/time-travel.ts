import { LakeError } from "../base/errors.js";
import type { VersionRef } from "../table/table-format.js";

/**
 * The version that `options` point at, or `undefined` when they name none.
 *
 * @throws usage/invalid-option   both, or a version that is no whole number ≥ 0
 * @throws usage/invalid-timestamp  text without a zone, an unreadable text, an invalid `Date`
 */
export function versionRef(options: {
  readonly version?: number | undefined;
  readonly timestamp?: string | Date | number | undefined;
}): VersionRef | undefined {
  const { version, timestamp } = options;
  if (version !== undefined && timestamp !== undefined) {
    throw new LakeError(
      "usage/invalid-option",
      `Give either a version or a timestamp, not both (version ${version}, timestamp ${String(timestamp)}).`,
    );
  }
  if (version !== undefined) {
    if (!Number.isSafeInteger(version) || version < 0) {
      throw new LakeError("usage/invalid-option", `version must be a whole number from 0, found ${String(version)}.`, {
        version: String(version),
      });
    }
    return { version };
  }
  return timestamp === undefined ? undefined : { timestampMs: timestampMs(timestamp) };
}

const isoWithZone = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?\s*(Z|[+-]\d{2}:?\d{2})$/i;

function timestampMs(timestamp: string | Date | number): number {
  if (typeof timestamp === "number" || timestamp instanceof Date) {
    const ms = Number(timestamp);
    if (Number.isFinite(ms)) return Math.floor(ms);
    throw new LakeError(
      "usage/invalid-timestamp",
      "The timestamp is no point in time. Pass a valid Date or milliseconds since the epoch.",
    );
  }
  if (!isoWithZone.test(timestamp)) {
    throw new LakeError(
      "usage/invalid-timestamp",
      `The timestamp "${timestamp}" has no zone or is not ISO text, so it could mean several moments. ` +
        `Write it like 2026-01-31T12:00:00Z or 2026-01-31T13:00:00+01:00.`,
      { timestamp },
    );
  }
  // Date.parse wants a T, no blank before the zone, and a time before a zone.
  const compact = timestamp.replace(/\s+(?=Z|[+-]\d{2}:?\d{2}$)/i, "").replace(" ", "T");
  const withTime = compact.includes("T") ? compact : compact.replace(/^(\d{4}-\d{2}-\d{2})/, "$1T00:00");
  const ms = Date.parse(withTime.replace(/([+-]\d{2})(\d{2})$/, "$1:$2").toUpperCase());
  if (Number.isNaN(ms) || !isDay(timestamp)) {
    throw new LakeError("usage/invalid-timestamp", `The timestamp "${timestamp}" names no real date and time.`, { timestamp });
  }
  return ms;
}

/** Whether the month has the day: `Date.parse` goes on to the next month instead. */
function isDay(timestamp: string): boolean {
  const [year = 0, month = 0, day = 0] = timestamp.slice(0, 10).split("-").map(Number);
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
