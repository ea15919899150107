import { fileStats } from "./protocol/file-stats.js";
import type { AddFile } from "./protocol/actions.js";
import type { TableConfiguration } from "./protocol/table-configuration.js";
import type { AddSource } from "./data-file-view.js";

/** An `add` of a commit. */
export function addSource(add: AddFile, configuration: TableConfiguration): AddSource {
  return {
    path: () => add.path,
    size: () => add.size,
    partitionValues: () => add.partitionValues,
    stats: () => fileStats(add.stats, configuration.files),
    deletionVector: () => add.deletionVector,
    action: () => add,
  };
}
