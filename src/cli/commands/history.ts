import { DeltaTable } from "../../api/delta-table.js";
import type { HistoryRecord } from "../../api/results.js";
import type { HistoryFlags } from "../flags.js";
import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";
import { renderTable, type Heading } from "../output/table.js";

export async function history(url: string, flags: HistoryFlags): Promise<void> {
  const table = await DeltaTable.open(url);
  const entries = await table.history({ limit: flags.limit });
  if (flags.json === true) return writeOut(`${toJson(entries)}\n`);
  const hasNotes = entries.some(({ userMetadata }) => userMetadata !== null);
  const headings: Heading[] = [
    { name: "version", align: "right", isWhole: true },
    { name: "timestamp", isWhole: true },
    { name: "operation", isWhole: true },
    { name: "what it did" },
    { name: "engine" },
    ...(hasNotes ? [{ name: "user metadata" }] : []),
  ];
  const rows = entries.map((entry) => [
    entry.version,
    entry.timestamp,
    entry.operation ?? "",
    changes(entry),
    entry.engineInfo ?? "",
    ...(hasNotes ? [entry.userMetadata ?? ""] : []),
  ]);
  await writeOut(`${renderTable(headings, rows)}\n`);
}

/** The counts that are not zero and no times, as the engine that committed names them; else its parameters. */
function changes({ operationMetrics, operationParameters }: HistoryRecord): string {
  const counts = Object.entries(operationMetrics).filter(([name, value]) => value !== "0" && !/Ms$/.test(name));
  if (counts.length > 0) return counts.map(([name, value]) => `${name}=${value}`).join(" ");
  return Object.entries(operationParameters)
    .map(([name, value]) => [name, typeof value === "string" ? value : toJson(value)] as const)
    .filter(([, value]) => !["", "[]", "{}", "null"].includes(value))
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}
