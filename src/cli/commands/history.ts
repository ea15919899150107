import { DeltaTable } from "../../api/delta-table.js";
import type { HistoryRecord } from "../../api/results.js";
import type { HistoryFlags } from "../flags.js";
import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";
import { renderTable, type Heading } from "../output/table.js";
import type { Shell } from "../shell.js";
import { lookOf } from "../output/terminal.js";

export async function history(url: string, flags: HistoryFlags, shell: Shell): Promise<void> {
  const table = await DeltaTable.open(url);
  const entries = await table.history({ limit: flags.limit });
  if (flags.json === true) return writeOut(shell, `${toJson(entries)}\n`);
  const hasNotes = entries.some(({ userMetadata }) => userMetadata !== null);
  const headings: Heading[] = [
    { name: "version", align: "right", isWhole: true },
    { name: "timestamp", isWhole: true },
    { name: "operation", isWhole: true },
    { name: "what it did" },
    ...(hasNotes ? [{ name: "user metadata" }] : []),
    { name: "engine", isSpare: true },
  ];
  const rows = entries.map((entry) => [
    entry.version,
    entry.timestamp,
    entry.operation ?? "",
    whatItDid(entry),
    ...(hasNotes ? [entry.userMetadata ?? ""] : []),
    entry.engineInfo ?? "",
  ]);
  await writeOut(shell, `${renderTable(headings, rows, lookOf(shell))}\n`);
}

/** What it counted, in the words of the engine that committed; else its parameters. */
function whatItDid({ operationMetrics, operationParameters }: HistoryRecord): string {
  const counts = Object.entries(operationMetrics).filter(([name, value]) => value !== "0" && !/Ms$/.test(name));
  if (counts.length > 0)
    return counts
      .toSorted((a, b) => rankOf(a) - rankOf(b))
      .map(inWords)
      .join(", ");
  return Object.entries(operationParameters)
    .filter(([name]) => name !== "isManaged")
    .map(([name, value]) => [name, typeof value === "string" ? value : toJson(value)] as const)
    .filter(([, value]) => !["", "[]", "{}", "null"].includes(value))
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

/** Rows are what people look for, bytes what they can do without when there is little room. */
function rankOf([name]: readonly [string, unknown]): number {
  return /rows/i.test(name) ? 0 : /bytes/i.test(name) ? 2 : 1;
}

/** `numTargetRowsInserted`, `12345` → "12,345 target rows inserted". */
function inWords([name, value]: readonly [string, string]): string {
  const words = name
    .replace(/^num(?=[A-Z])/, "")
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toLowerCase();
  const count = Number(value);
  if (!Number.isSafeInteger(count)) return `${words} ${value}`;
  return `${count.toLocaleString("en-US")} ${count === 1 ? words.replace(/\b(row|file|byte)s\b/, "$1") : words}`;
}
