import type { CommitOptions, CommitResult, HistoryOptions, LogFileInfo, ProtocolInfo, Table, VersionRef } from "../table/table-format.js";
import type { PendingCommit } from "../table/pending-commit.js";
import type { Snapshot } from "../table/snapshot.js";
import { afterCommit } from "./after-commit.js";
import { writeCheckpoint } from "./checkpoint-writer.js";
import { commitPending, type CommitBase } from "./commit.js";
import type { DeltaContext } from "./delta-context.js";
import { readHistory } from "./history.js";
import { listLog } from "./log-store.js";
import { openState } from "./open-state.js";
import type { LogFile } from "./protocol/log-segment.js";
import { supportedFeatures } from "./protocol/features.js";
import { createSnapshot, stateOf, type DeltaSnapshot } from "./snapshot.js";
import { advanceTableState, type TableState, versionOf } from "./table-state.js";

/** The table at a version. Handles on later versions share its cache of commits. */
export function createTable(context: DeltaContext, state: TableState, snapshot: DeltaSnapshot = createSnapshot(context, state)): Table {
  const { segment } = state;
  const next = (later: TableState): Table => (later === state ? table : createTable(context, later));
  const table: Table = {
    snapshot,
    protocol: protocolInfo(state),
    async at(ref, signal) {
      if (ref === "latest") return next(await refreshState(context, state, signal));
      return next(await stateAt(context, state, ref, signal));
    },
    commit: (base: Snapshot, pending: PendingCommit, options?: CommitOptions) => commit(context, stateOf(base), pending, options),
    history: (options?: HistoryOptions) => readHistory(context, segment.version, options),
    changes: async (range, signal) => (await import("./changes.js")).readChanges(context, range, signal),
    checkpoint: (signal) => writeCheckpoint(context, state, signal),
    logFiles: () => Promise.resolve(logFilesOf(state)),
  };
  return Object.freeze(table);
}

async function commit(
  context: DeltaContext,
  state: TableState,
  pending: PendingCommit,
  options: CommitOptions = {},
): Promise<CommitResult> {
  const base: CommitBase = { version: state.segment.version, configuration: state.configuration };
  const { kind, version, attempts, files, tip } = await commitPending(context, base, pending, options);
  const skipped = kind === "stopped";
  const known = await stateAfterCommit(context, state, files);
  // Without the state of its own commit the table goes on from its base: it meets that commit again as a winner, and judges it.
  if (known === undefined) return { skipped, table: createTable(context, state), version, timestampMs: tip.modifiedMs, attempts };
  if (!skipped) await afterCommit(context, known, options.signal);
  return { skipped, table: createTable(context, known), version, timestampMs: known.timestampMs, attempts };
}

/** The outcome stands whatever the log's reading back gives, so a failure is said and not thrown. */
async function stateAfterCommit(context: DeltaContext, state: TableState, files: readonly LogFile[]): Promise<TableState | undefined> {
  try {
    return await advanceTableState(context, state, files);
  } catch (error) {
    context.logger.warn(`A commit to ${context.store.url} succeeded, but its version could not be read back. Refresh the table.`, {
      url: context.store.url,
      problem: error instanceof Error ? error.message : String(error),
    });
    return undefined;
  }
}

/**
 * The newest version: one listing from the current one on. The current version's own file is listed with it: when it is
 * another one now, the table was made anew, and nothing of the old state holds.
 */
async function refreshState(context: DeltaContext, state: TableState, signal: AbortSignal | undefined): Promise<TableState> {
  const { version, tip } = state.segment;
  const listing = await listLog(context, { from: version, signal });
  const known = listing.find((file) => file.name.kind === "commit" && versionOf(file) === version);
  const isSame = tip !== undefined && known !== undefined && known.size === tip.size && known.modifiedMs === tip.modifiedMs;
  if (!isSame) return openState(context, undefined, signal);
  return advanceTableState(
    context,
    state,
    listing.filter((file) => versionOf(file) > version),
    signal,
  );
}

async function stateAt(context: DeltaContext, state: TableState, ref: VersionRef, signal: AbortSignal | undefined): Promise<TableState> {
  if ("version" in ref && ref.version === state.segment.version) return state;
  return openState(context, ref, signal);
}

function protocolInfo({ configuration: { protocol } }: TableState): ProtocolInfo {
  return {
    minReaderVersion: protocol.minReaderVersion,
    minWriterVersion: protocol.minWriterVersion,
    features: [...supportedFeatures(protocol, "write")].sort(),
  };
}

function logFilesOf({ segment }: TableState): readonly LogFileInfo[] {
  const files = [...(segment.checkpoint?.files ?? []), ...segment.commits];
  return files.map((file: LogFile) => ({
    path: file.key,
    kind: file.name.kind === "commit" ? "commit" : "checkpoint",
    version: versionOf(file),
    size: file.size,
    modifiedMs: file.modifiedMs,
  }));
}
