import { DeltaTable } from "../../api/delta-table.js";
import type { WriteOptions } from "../../api/options.js";
import type { WriteResult } from "../../api/results.js";
import type { CommonFlags } from "../flags.js";
import type { Input } from "../input/read-input.js";
import { counted } from "../output/counted.js";
import { toJson } from "../output/json.js";
import { showProgress } from "../output/progress.js";
import { writeOut } from "../output/stdout.js";
import type { Shell } from "../shell.js";

interface Write {
  readonly verb: string;
  readonly table: DeltaTable;
  readonly flags: CommonFlags;
  /** Where the rows come from, when they come from files. */
  readonly input?: Input | undefined;
}

/** Runs a write with progress, and says what it did: a line for people, a document with `--json`, nothing when quiet. */
export async function runWrite(
  shell: Shell,
  { verb, table, flags, input }: Write,
  write: (options: Pick<WriteOptions, "onProgress">) => Promise<WriteResult>,
): Promise<void> {
  const before = table.version;
  const progress = showProgress(shell, flags.quiet === true);
  let result: WriteResult;
  try {
    result = await write({ onProgress: progress.onProgress });
  } catch (error) {
    throw input === undefined ? error : input.placed(error);
  } finally {
    progress.stop();
  }
  if (flags.json === true) await writeOut(shell, `${toJson({ table: table.url, ...result })}\n`);
  else if (flags.quiet !== true) await writeOut(shell, `${describeWrite(verb, result, before)}\n`);
}

function describeWrite(verb: string, { version, metrics }: WriteResult, before: number): string {
  const seconds = `${(metrics.durationMs / 1000).toFixed(1)} s`;
  if (version === before) return `${verb}: nothing to change, still version ${version} · ${seconds}`;
  const rows = (["Inserted", "Updated", "Deleted", "Copied"] as const)
    .map((kind) => ({ kind: kind.toLowerCase(), rows: metrics[`rows${kind}`] }))
    .filter(({ rows }) => rows > 0)
    .map(({ kind, rows }) => `${counted(rows, "row")} ${kind}`);
  const files = `${counted(metrics.filesAdded, "file")} added, ${metrics.filesRemoved} removed`;
  return [`${verb}: version ${version}`, ...rows, files, seconds].join(" · ");
}
