import { countedAdd } from "./add-columns.js";
import type { DeltaContext } from "./delta-context.js";
import type { AddFile } from "./protocol/actions.js";
import { numRecordsOf } from "./protocol/file-stats.js";
import type { TableConfiguration } from "./protocol/table-configuration.js";
import { replayFiles, type FileGroup } from "./replay.js";
import type { TableState } from "./table-state.js";

/**
 * Rows of all live files by their statistics; `undefined` as soon as one file does not say. PROTOCOL.md "Per-file Statistics":
 * where a file has a deletion vector, `numRecords` still counts the rows that it takes out.
 */
export async function countRows(context: DeltaContext, state: TableState, signal?: AbortSignal): Promise<number | undefined> {
  let total = 0;
  for await (const group of replayFiles(context, state, { add: countedAdd(state.configuration), signal })) {
    const rows = group.kind === "actions" ? countActions(group.adds) : await countCheckpointed(group, state.configuration);
    if (rows === undefined) return undefined;
    total += rows;
  }
  return total;
}

function countActions(adds: readonly AddFile[]): number | undefined {
  let total = 0;
  for (const add of adds) {
    const rows = add.stats === undefined ? undefined : numRecordsOf(add.stats);
    if (rows === undefined) return undefined;
    total += rows - (add.deletionVector?.cardinality ?? 0);
  }
  return total;
}

async function countCheckpointed(
  group: Extract<FileGroup, { kind: "rows" }>,
  configuration: TableConfiguration,
): Promise<number | undefined> {
  const { checkpointAdds } = await import("./checkpoint-adds.js");
  const adds = checkpointAdds(group.rows, configuration);
  let total = 0;
  for (const row of group.adds) {
    const rows = adds.rowCount(row);
    if (rows === undefined) return undefined;
    total += rows - (adds.deletionVector(row)?.cardinality ?? 0);
  }
  return total;
}
