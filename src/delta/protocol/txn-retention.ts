import type { SetTransaction } from "./actions.js";
import { properties, readProperty } from "./properties.js";

/** Spark's `delta.setTransactionRetentionDuration`: identifiers that were not used for so long are forgotten. */
export function isForgotten({ lastUpdated }: SetTransaction, settings: ReadonlyMap<string, string>, nowMs: number): boolean {
  const retentionMs = readProperty(settings, properties.setTransactionRetentionMs);
  return retentionMs !== undefined && lastUpdated !== undefined && lastUpdated <= nowMs - retentionMs;
}
