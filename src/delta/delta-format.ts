import type { DataFile } from "../table/data-file.js";
import type { Table, TableDefinition, TableFormat, CreateOptions } from "../table/table-format.js";
import { createTable as commitFirst, replacement } from "./create.js";
import { createDeltaContext, type DeltaContext, type DeltaContextOptions } from "./delta-context.js";
import { createTable } from "./delta-table.js";
import { hasLog } from "./log-store.js";
import { openState } from "./open-state.js";
import { selectSegment } from "./protocol/log-segment.js";
import { loadTableState } from "./table-state.js";

/** Delta Lake at the root of a store. */
export function createDeltaFormat(options: DeltaContextOptions): TableFormat {
  const context = createDeltaContext(options);
  return {
    exists: (signal) => hasLog(context, signal),
    open: async (at, signal) => createTable(context, await openState(context, at, signal)),
    create: (definition, createOptions = {}) => createOrReplace(context, definition, createOptions),
  };
}

async function createOrReplace(context: DeltaContext, definition: TableDefinition, options: CreateOptions): Promise<Table> {
  const { replace = false, userMetadata, signal } = options;
  if (replace && (await hasLog(context, signal))) {
    const table = createTable(context, await openState(context, undefined, signal));
    const files: DataFile[] = [];
    for await (const group of table.snapshot.plan({ signal })) files.push(...group);
    return (await table.commit(table.snapshot, replacement(definition, files, userMetadata), { signal })).table;
  }
  const { files } = await commitFirst(context, definition, { userMetadata, signal });
  return createTable(context, await loadTableState(context, selectSegment(files), signal));
}
