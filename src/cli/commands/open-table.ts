import { DeltaTable } from "../../api/delta-table.js";
import type { ConnectFlags, VersionFlags } from "../flags.js";

/** The newest version, to work on. */
export function openTable(url: string, { memoryLimit, maxAttempts }: ConnectFlags): Promise<DeltaTable> {
  return DeltaTable.open(url, { memoryLimit, maxAttempts });
}

/** The newest version, or the one that the flags name. */
export function openAt(url: string, { version, timestamp, memoryLimit }: VersionFlags & ConnectFlags): Promise<DeltaTable> {
  return DeltaTable.open(url, { version, timestamp, memoryLimit });
}
