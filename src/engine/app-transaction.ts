import { noMetrics } from "../table/operation.js";
import type { Table } from "../table/table-format.js";
import type { EngineContext, NumberedVerbOptions, VerbResult } from "./context.js";

/** The result of a verb whose transaction the table has already; `undefined`: it has to be run. */
export async function ifWritten(
  context: EngineContext,
  table: Table,
  { transaction, signal }: Pick<NumberedVerbOptions, "transaction" | "signal">,
  startedMs: number,
): Promise<VerbResult | undefined> {
  if (transaction === undefined) return undefined;
  const seen = await table.snapshot.transactionVersion(transaction.appId, signal);
  return seen === undefined || seen < transaction.version ? undefined : skippedResult(context, table, startedMs);
}

/** Nothing was written, by this call at least. */
export function skippedResult(context: EngineContext, table: Table, startedMs: number): VerbResult {
  const { version, timestampMs } = table.snapshot;
  const metrics = { ...noMetrics, durationMs: context.host.now() - startedMs };
  return { table, committed: false, skipped: true, version, timestampMs, metrics };
}
