import type { RecordBatch } from "apache-arrow";
import { assert } from "../../base/assert.js";
import { sliceBatch } from "../../columnar/slice.js";
import { fromArrowSchema } from "../../schema/from-arrow.js";
import type { ChangesFlags } from "../flags.js";
import { printRows, rowFormat } from "../rows/print-rows.js";
import type { Shell } from "../shell.js";
import { openTable } from "./open-table.js";

export async function changes(url: string, flags: ChangesFlags, shell: Shell): Promise<void> {
  const format = rowFormat("changes", flags, shell);
  const table = await openTable(url, flags);
  const batches = table.changes({ from: flags.from, to: flags.to });
  try {
    // The first batch is always there, and carries the columns of the last version.
    const first = await batches.next();
    assert(first.done !== true, "a change feed gives at least one batch");
    const source = {
      schema: fromArrowSchema(first.value.schema),
      limit: flags.limit === "all" ? undefined : flags.limit,
      scan: (rowsMost: number | undefined) => upTo(rowsMost, first.value, batches),
    };
    const version = typeof flags.to === "number" ? flags.to : table.version;
    await printRows(source, format, shell, { version, quiet: flags.quiet === true });
  } finally {
    await batches.return();
  }
}

async function* upTo(limit: number | undefined, first: RecordBatch, rest: AsyncIterable<RecordBatch>): AsyncGenerator<RecordBatch> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  const take = (batch: RecordBatch): RecordBatch => {
    const taken = batch.numRows > left ? sliceBatch(batch, 0, left) : batch;
    left -= taken.numRows;
    return taken;
  };
  yield take(first);
  if (left <= 0) return;
  for await (const batch of rest) {
    yield take(batch);
    if (left <= 0) return;
  }
}
