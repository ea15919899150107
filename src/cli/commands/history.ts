import { DeltaTable } from "../../api/delta-table.js";
import type { HistoryRecord } from "../../api/results.js";
import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";
import { renderTable } from "../output/table.js";
import type { HistoryFlags } from "../program.js";

export async function history(url: string, flags: HistoryFlags): Promise<void> {
  const table = await DeltaTable.open(url);
  const entries = await table.history(flags.limit === undefined ? {} : { limit: flags.limit });
  if (flags.json === true) return writeOut(`${toJson(entries)}\n`);
  const rows = entries.map((entry) => [entry.version, entry.timestamp, entry.operation, changes(entry), entry.engineInfo, entry.userMetadata ?? ""]);
  const withNotes = entries.some((entry) => entry.userMetadata !== null);
  const headings = ["version", "timestamp", "operation", "what it did", "engine", "user metadata"];
  const width = withNotes ? headings.length : headings.length - 1;
  await writeOut(`${renderTable(headings.slice(0, width), rows.map((row) => row.slice(0, width)))}\n`);
}

/** The metrics that are not zero and no times, as the engine that committed names them; else its parameters. */
function changes(entry: HistoryRecord): string {
  const metrics = Object.entries(entry.operationMetrics).filter(([name, value]) => value !== "0" && !/Ms$/.test(name));
  if (metrics.length > 0) return metrics.map(([name, value]) => `${name}=${value}`).join(" ");
  return Object.entries(entry.operationParameters)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : toJson(value)}`)
    .join(" ");
}
