import type { RecordBatch } from "apache-arrow";
import { LakeError } from "../base/errors.js";
import { changes } from "../engine/changes.js";
import type { EngineContext } from "../engine/context.js";
import type { ChangeRange } from "../table/changes.js";
import type { Table, VersionRef } from "../table/table-format.js";
import { checkOptions, type SignalOptions, type TimeTravel } from "./options.js";
import { versionRef } from "./time-travel.js";

/** Which versions' changes are wanted: both ends included, each a version or a timestamp. */
export interface ChangesOptions extends SignalOptions {
  /** A timestamp: from the first version not earlier than it. */
  readonly from: number | TimeTravel;
  /** A timestamp: to the newest version not later than it. Default: the newest version. */
  readonly to?: number | TimeTravel | undefined;
}

/** @throws usage/invalid-option, usage/invalid-timestamp */
export function changeRange(options: ChangesOptions): ChangeRange {
  checkOptions("changes", options ?? null, ["from", "to", "signal"], { variant: "the variant type" });
  const from = endOf("from", options.from);
  if (from === undefined) {
    throw new LakeError("usage/invalid-option", "changes needs to know where to begin: from is a version, or { timestamp }.", {
      option: "from",
    });
  }
  return { from, to: endOf("to", options.to) };
}

function endOf(option: "from" | "to", value: number | TimeTravel | undefined): VersionRef | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number") return versionRef({ version: value });
  if (typeof value === "object" && value !== null) {
    checkOptions("changes", value, ["version", "timestamp"]);
    const ref = versionRef(value);
    if (ref !== undefined) return ref;
  }
  throw new LakeError("usage/invalid-option", `changes takes as ${option} a version, or { timestamp }; found ${JSON.stringify(value)}.`, {
    option,
  });
}

export async function* changeBatches(
  context: EngineContext,
  table: Table,
  range: ChangeRange,
  signal: AbortSignal | undefined,
): AsyncGenerator<RecordBatch, void, undefined> {
  yield* changes(context, await table.changes(range, signal), signal);
}
