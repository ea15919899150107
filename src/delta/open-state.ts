import { LakeError } from "../base/errors.js";
import type { VersionRef } from "../table/table-format.js";
import type { DeltaContext } from "./delta-context.js";
import { listLog, readLastCheckpoint } from "./log-store.js";
import { notATable } from "./not-a-table.js";
import { completeCheckpoints, newestCheckpoint, selectSegment, type LogFile, type LogSegment } from "./protocol/log-segment.js";
import { loadTableState, type TableState } from "./table-state.js";
import { versionAtTime } from "./version-at-time.js";

/**
 * Finds and reads a version: the hint, one listing from it on, the commits after the checkpoint, and of the checkpoint the
 * columns of protocol and metadata.
 *
 * @throws delta/not-a-table, delta/no-such-version, delta/timestamp-out-of-range, delta/log-gap, delta/corrupt-*, delta/unsupported-feature
 */
export async function openState(context: DeltaContext, ref?: VersionRef, signal?: AbortSignal): Promise<TableState> {
  if (ref !== undefined && "timestampMs" in ref) {
    const listing = await fullListing(context, signal);
    const version = await versionAtTime(context, listing, ref.timestampMs, signal);
    return loadOrFallBack(context, selectSegment(listing, version), signal);
  }
  return loadOrFallBack(context, await findSegment(context, ref?.version, signal), signal);
}

async function findSegment(context: DeltaContext, target: number | undefined, signal: AbortSignal | undefined): Promise<LogSegment> {
  const hint = await readLastCheckpoint(context, signal);
  if (hint !== undefined && hint.version <= (target ?? Infinity)) {
    const listing = await listLog(context, { from: hint.version, to: target, signal });
    // The newest checkpoint may be a later one than the hint's; any complete one will do to start from.
    if (newestCheckpoint(completeCheckpoints(listing), target ?? Infinity) !== undefined && reaches(listing, target))
      return selectSegment(listing, target);
    context.logger.debug?.("The hint of the last checkpoint led nowhere; listing the whole log.", {
      url: context.store.url,
      hint: hint.version,
    });
  }
  const listing = await listLog(context, { to: target, signal });
  if (listing.length > 0 && reaches(listing, target)) return selectSegment(listing, target);
  const complete = target === undefined ? listing : await fullListing(context, signal);
  if (complete.length === 0) throw await notATable(context, signal);
  return selectSegment(complete, target);
}

/** Whether the log goes as far as `target`; if not, the range for the message takes a full listing. */
function reaches(listing: readonly LogFile[], target: number | undefined): boolean {
  return (
    target === undefined ||
    listing.some(
      ({ name }) => (name.kind === "commit" || name.kind.endsWith("checkpoint")) && "version" in name && name.version === target,
    )
  );
}

async function fullListing(context: DeltaContext, signal: AbortSignal | undefined): Promise<readonly LogFile[]> {
  const listing = await listLog(context, { signal });
  if (listing.length === 0) throw await notATable(context, signal);
  return listing;
}

/**
 * A damaged checkpoint is passed over when an older complete one, or the commits from 0 on, lead to the version without a gap:
 * that replays to the same state. It is said, because opening then costs more than it should.
 */
async function loadOrFallBack(context: DeltaContext, segment: LogSegment, signal: AbortSignal | undefined): Promise<TableState> {
  try {
    return await loadTableState(context, segment, signal);
  } catch (error) {
    if (!LakeError.is(error, "delta/corrupt-checkpoint") || segment.checkpoint === undefined) throw error;
    const damaged = new Set(segment.checkpoint.files.map((file) => file.key));
    const listing = (await listLog(context, { to: segment.version, signal })).filter((file) => !damaged.has(file.key));
    const other = segmentOrUndefined(listing, segment.version);
    if (other === undefined) throw error;
    context.logger.warn(`The checkpoint ${[...damaged].join(", ")} of ${context.store.url} is damaged and was passed over.`, {
      url: context.store.url,
      problem: error.message,
    });
    return loadOrFallBack(context, other, signal);
  }
}

function segmentOrUndefined(listing: readonly LogFile[], version: number): LogSegment | undefined {
  try {
    return selectSegment(listing, version);
  } catch (error) {
    if (error instanceof LakeError) return undefined;
    throw error;
  }
}
