import { DeltaTable } from "../../api/delta-table.js";
import type { VersionFlags } from "../flags.js";

export function openAt(table: string, { version, timestamp }: VersionFlags): Promise<DeltaTable> {
  return DeltaTable.open(table, { version, timestamp });
}
