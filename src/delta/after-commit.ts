import { writeCheckpoint } from "./checkpoint-writer.js";
import type { DeltaContext } from "./delta-context.js";
import { properties, readProperty } from "./protocol/properties.js";
import type { TableState } from "./table-state.js";

/**
 * What follows a commit: a checkpoint every `delta.checkpointInterval` versions. The commit stands whatever becomes of it, so a
 * failure is said and not thrown; the next one due makes up for it.
 */
export async function afterCommit(context: DeltaContext, state: TableState, signal?: AbortSignal): Promise<void> {
  const { version } = state.segment;
  try {
    const interval = readProperty(state.configuration.metadata.configuration, properties.checkpointInterval);
    if (version === 0 || version % interval !== 0) return;
    await writeCheckpoint(context, state, signal);
  } catch (error) {
    context.logger.warn(`Version ${version} of ${context.store.url} was committed, but its checkpoint could not be written.`, {
      url: context.store.url,
      version,
      problem: error instanceof Error ? error.message : String(error),
    });
  }
}
