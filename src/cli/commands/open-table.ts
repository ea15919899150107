import { DeltaTable } from "../../api/delta-table.js";
import type { WriteResult } from "../../api/results.js";
import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";
import type { CommonOptions, VersionOptions } from "../program.js";

export function openAt(table: string, { version, timestamp }: VersionOptions): Promise<DeltaTable> {
  return DeltaTable.open(table, { ...(version === undefined ? {} : { version }), ...(timestamp === undefined ? {} : { timestamp }) });
}

/** What a write did: a line for people, a document with `--json`, nothing when quiet. */
export async function printWrite(verb: string, url: string, before: number, result: WriteResult, options: CommonOptions): Promise<void> {
  if (options.json === true) return writeOut(`${toJson({ table: url, ...result })}\n`);
  if (options.quiet === true) return;
  const { metrics, version } = result;
  const rows = (["Inserted", "Updated", "Deleted", "Copied"] as const)
    .map((kind) => ({ kind: kind.toLowerCase(), count: metrics[`rows${kind}`] }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count.toLocaleString("en-US")} rows ${kind}`);
  const files = `${metrics.filesAdded} files added, ${metrics.filesRemoved} removed`;
  const outcome = version === before ? `${verb}: nothing to change, still version ${version}` : `${verb}: version ${version}`;
  await writeOut(`${[outcome, ...rows, ...(version === before ? [] : [files]), `${(metrics.durationMs / 1000).toFixed(1)} s`].join(" · ")}\n`);
}
