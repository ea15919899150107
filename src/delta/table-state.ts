import { LakeError } from "../base/errors.js";
import type { DeltaContext } from "./delta-context.js";
import { readCheckpointHead } from "./checkpoint-reader.js";
import { newestFirst, readCommit, readCommits } from "./log-store.js";
import { isFeatureActive } from "./protocol/features.js";
import type { Metadata, Protocol } from "./protocol/actions.js";
import { corruptLog, type Place } from "./protocol/action-fields.js";
import { extendSegment, rebased, type LogFile, type LogSegment } from "./protocol/log-segment.js";
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
 * The state of a segment, read from its newest commits backwards and then from the checkpoint.
 *
 * @throws delta/corrupt-log  there is no protocol or metadata, or they contradict themselves
 * @throws delta/unsupported-feature  the table cannot be read
 * @throws delta/corrupt-checkpoint
 */
export async function loadTableState(context: DeltaContext, segment: LogSegment, signal?: AbortSignal): Promise<TableState> {
  let { protocol, metadata } = await newestDefinition(context, segment.commits, signal);
  if (segment.checkpoint !== undefined && (protocol === undefined || metadata === undefined)) {
    const head = await readCheckpointHead(context, segment.checkpoint, ["protocol", "metadata"], signal);
    const place = { file: segment.checkpoint.files[0]?.key ?? "" };
    if (head.protocol !== undefined) protocol ??= { action: head.protocol, place };
    if (head.metadata !== undefined) metadata ??= { action: head.metadata, place };
  }
  const configuration = configure(segment, protocol, metadata);
  return { segment, configuration, timestampMs: await timestampOf(context, segment, configuration, signal) };
}

/**
 * The state after more commits: only they are read.
 *
 * @param newer  the log files after `state`: its next commits without a gap, and perhaps newer checkpoints
 * @throws as `loadTableState`, and delta/log-gap
 */
export async function advanceTableState(
  context: DeltaContext,
  state: TableState,
  newer: readonly LogFile[],
  signal?: AbortSignal,
): Promise<TableState> {
  const extended = extendSegment(state.segment, newer);
  if (extended.version === state.segment.version) return state;
  const unread = extended.commits.filter((file) => versionOf(file) > state.segment.version);
  const { protocol, metadata } = await newestDefinition(context, unread, signal);
  const place = { file: state.segment.tip?.key ?? "" };
  const configuration =
    protocol === undefined && metadata === undefined
      ? state.configuration
      : configure(
          extended,
          protocol ?? { action: state.configuration.protocol, place },
          metadata ?? { action: state.configuration.metadata, place },
        );
  const segment = rebased(extended, newer);
  return { segment, configuration, timestampMs: await timestampOf(context, extended, configuration, signal) };
}

/** The newest `protocol` and `metaData` of some commits, ascending. */
async function newestDefinition(
  context: DeltaContext,
  commits: readonly LogFile[],
  signal: AbortSignal | undefined,
): Promise<{ readonly protocol: Sourced<Protocol> | undefined; readonly metadata: Sourced<Metadata> | undefined }> {
  let protocol: Sourced<Protocol> | undefined;
  let metadata: Sourced<Metadata> | undefined;
  for await (const { file, actions } of readCommits(context, newestFirst(commits), signal)) {
    const place = { file: file.key };
    if (actions.protocol !== undefined) protocol ??= { action: actions.protocol, place };
    if (actions.metadata !== undefined) metadata ??= { action: actions.metadata, place };
    if (protocol !== undefined && metadata !== undefined) break;
  }
  return { protocol, metadata };
}

function configure(
  segment: LogSegment,
  protocol: Sourced<Protocol> | undefined,
  metadata: Sourced<Metadata> | undefined,
): TableConfiguration {
  const place = { file: segment.tip?.key ?? segment.checkpoint?.files[0]?.key ?? "" };
  if (protocol === undefined) throw corruptLog(place, `neither it nor anything before it has a "protocol" action`);
  if (metadata === undefined) throw corruptLog(place, `neither it nor anything before it has a "metaData" action`);
  return tableConfiguration(protocol.action, metadata.action, { protocol: protocol.place, metadata: metadata.place });
}

/** PROTOCOL.md "In-Commit Timestamps" where they are active, else the commit file's modification time. */
async function timestampOf(
  context: DeltaContext,
  segment: LogSegment,
  configuration: TableConfiguration,
  signal: AbortSignal | undefined,
): Promise<number> {
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
