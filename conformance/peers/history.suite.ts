import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ModelPredicate, Program } from "../model/program.js";
import { missingPeers } from "./environment.js";
import { peers, type HistoryEntry } from "./peers.js";
import { trace } from "./trace.js";

const low: ModelPredicate = { sql: "k < 2", test: (row) => Number(row["k"]) < 2 };
const rowsOf = (...keys: readonly number[]) => keys.map((k) => ({ k, s: `s${k}` }));

/** One of each verb. */
const program: Program = {
  schema: { k: "int", s: "string" },
  partitionBy: [],
  properties: {},
  steps: [
    { kind: "append", rows: rowsOf(1, 2, 3, 4) },
    { kind: "update", update: { set: { s: "'x'" }, apply: (row) => ({ ...row, s: "x" }) }, where: low },
    { kind: "delete", where: low },
    {
      kind: "merge",
      rows: rowsOf(2, 3, 9),
      matched: [{ action: "update-all" }],
      notMatched: [{}],
      bySource: [{ action: "delete" }],
    },
    { kind: "overwrite", rows: rowsOf(7, 8) },
  ],
};

/** Counts that do not depend on how an engine lays rows out in files. */
const exact = [
  "numOutputRows",
  "numUpdatedRows",
  "numDeletedRows",
  "numSourceRows",
  "numTargetRowsInserted",
  "numTargetRowsUpdated",
  "numTargetRowsDeleted",
  "numTargetRowsMatchedUpdated",
  "numTargetRowsMatchedDeleted",
  "numTargetRowsNotMatchedBySourceUpdated",
  "numTargetRowsNotMatchedBySourceDeleted",
];

describe.skipIf(missingPeers("spark"))("DESCRIBE HISTORY in Spark", () => {
  const folder = mkdtempSync(join(tmpdir(), "laketable-peers-"));
  let ours: readonly HistoryEntry[];
  let theirs: readonly HistoryEntry[];
  beforeAll(async () => {
    await trace(program, join(folder, "ours"), [peers.ours]);
    await trace(program, join(folder, "theirs"), [peers.spark]);
    ours = await peers.spark.history(join(folder, "ours"));
    theirs = await peers.spark.history(join(folder, "theirs"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("names our operations as Spark names its own", () => {
    expect(ours.map(({ operation }) => operation)).toEqual(theirs.map(({ operation }) => operation));
    expect(ours.map(({ engineInfo }) => engineInfo?.startsWith("laketable/"))).toEqual(ours.map(() => true));
  });

  test("counts rows as Spark counts its own", () => {
    const counts = (entries: readonly HistoryEntry[]) =>
      entries.map(({ operation, operationMetrics }) => ({
        operation,
        ...Object.fromEntries(exact.flatMap((name) => (operationMetrics?.[name] === undefined ? [] : [[name, operationMetrics[name]]]))),
      }));
    expect(counts(ours)).toEqual(counts(theirs));
  });

  /** Times of steps that only Spark takes. */
  const itsOwn = { materializeSourceTimeMs: true };

  test("has every metric that Spark gives the operation, and its parameters", () => {
    for (const [index, { operation, operationMetrics, operationParameters }] of theirs.entries()) {
      const [metrics, parameters] = [ours[index]?.operationMetrics ?? {}, ours[index]?.operationParameters ?? {}];
      expect(absent(operationMetrics, { ...metrics, ...itsOwn }), `metrics of ${operation}`).toEqual([]);
      expect(absent(operationParameters, parameters), `parameters of ${operation}`).toEqual([]);
    }
  });
});

function absent(wanted: Readonly<Record<string, unknown>> | null, there: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(wanted ?? {}).filter((name) => !(name in there));
}
