import { LakeError } from "../base/errors.js";
import type { DeltaContext } from "./delta-context.js";
import { readCheckpointHead } from "./checkpoint-reader.js";
import { newestFirst, readCommit, readCommits } from "./log-store.js";
import { isFeatureActive } from "./protocol/features.js";
import type { Metadata, Protocol } from "./protocol/actions.js";
import { corruptLog, type Place } from "./protocol/action-fields.js";
import type { LogFile, LogSegment } from "./protocol/log-segment.js";
import { tableConfiguration, type TableConfiguration } from "./protocol/table-configuration.js";
import { monotonicTimes } from "./protocol/time-travel.js";

/** What opening a version reads: its segment and its configuration, no file actions. */
export interface TableState {
  readonly segment: LogSegment;
  readonly configuration: TableConfiguration;
  /** When the version was committed, milliseconds since the epoch. */
  readonly timestampMs: number;
}

interface Sourced<T> {
  readonly action: T;
  readonly place: Place;
}

/**
 * @param previous  the state of an earlier version of the same table: what lies before it is not read again
 * @throws delta/corrupt-log  there is no protocol or metadata, or they contradict themselves
 * @throws delta/unsupported-feature  the table cannot be read
 */
export async function loadTableState(context: DeltaContext, segment: LogSegment, previous?: TableState, signal?: AbortSignal): Promise<TableState> {
  const before = previous !== undefined && continues(segment, previous.segment) ? previous : undefined;
  const unread = before === undefined ? segment.commits : segment.commits.filter((file) => versionOf(file) > before.segment.version);
  let protocol: Sourced<Protocol> | undefined;
  let metadata: Sourced<Metadata> | undefined;
  for await (const { file, actions } of readCommits(context, newestFirst(unread), signal)) {
    if (actions.protocol !== undefined) protocol ??= { action: actions.protocol, place: { file: file.key } };
    if (actions.metadata !== undefined) metadata ??= { action: actions.metadata, place: { file: file.key } };
    if (protocol !== undefined && metadata !== undefined) break;
  }
  if (before !== undefined && protocol === undefined && metadata === undefined) {
    return { segment, configuration: before.configuration, timestampMs: await timestampOf(context, segment, before.configuration, signal) };
  }
  if (before !== undefined) {
    const place = { file: before.segment.tip?.key ?? "" };
    protocol ??= { action: before.configuration.protocol, place };
    metadata ??= { action: before.configuration.metadata, place };
  } else if (segment.checkpoint !== undefined && (protocol === undefined || metadata === undefined)) {
    const head = await readCheckpointHead(context, segment.checkpoint, ["protocol", "metadata"], signal);
    const place = { file: segment.checkpoint.files[0]?.key ?? "" };
    if (head.protocol !== undefined) protocol ??= { action: head.protocol, place };
    if (head.metadata !== undefined) metadata ??= { action: head.metadata, place };
  }
  const configuration = configure(segment, protocol, metadata);
  return { segment, configuration, timestampMs: await timestampOf(context, segment, configuration, signal) };
}

function configure(segment: LogSegment, protocol: Sourced<Protocol> | undefined, metadata: Sourced<Metadata> | undefined): TableConfiguration {
  const place = { file: segment.tip?.key ?? segment.checkpoint?.files[0]?.key ?? "" };
  if (protocol === undefined) throw corruptLog(place, `neither it nor anything before it has a "protocol" action`);
  if (metadata === undefined) throw corruptLog(place, `neither it nor anything before it has a "metaData" action`);
  return tableConfiguration(protocol.action, metadata.action, { protocol: protocol.place, metadata: metadata.place });
}

/** Whether `later` is `earlier` with more commits behind it. */
function continues(later: LogSegment, earlier: LogSegment): boolean {
  return later.checkpoint === earlier.checkpoint && later.version >= earlier.version && later.commits[0] === earlier.commits[0];
}

/** PROTOCOL.md "In-Commit Timestamps" where they are active, else the commit file's modification time. */
async function timestampOf(context: DeltaContext, segment: LogSegment, configuration: TableConfiguration, signal: AbortSignal | undefined): Promise<number> {
  if (segment.tip !== undefined && isFeatureActive("inCommitTimestamp", configuration.protocol, configuration)) {
    const { commitInfo } = await readCommit(context, segment.tip, signal);
    if (commitInfo?.inCommitTimestamp !== undefined) return commitInfo.inCommitTimestamp;
  }
  const times = monotonicTimes(segment.commits.map((file) => ({ version: versionOf(file), modifiedMs: file.modifiedMs })));
  return times.at(-1)?.timestampMs ?? segment.tip?.modifiedMs ?? segment.checkpoint?.files[0]?.modifiedMs ?? 0;
}

export function versionOf(file: LogFile): number {
  if ("version" in file.name) return file.name.version;
  throw new LakeError("internal/assertion", `This is a bug in laketable: ${file.key} has no version.`);
}
